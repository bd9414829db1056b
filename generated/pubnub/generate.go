// Package pubnub holds what is generated from specs/pubnub: models, request builders
// and decoders. Its names follow the document and carry no promise of compatibility;
// wrappers/pubnub is the package to import.
package pubnub

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/pubnub/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/pubnub/openapi.yaml
