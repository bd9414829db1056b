// Package pubnub holds what oapi-codegen makes of specs/pubnub: models and request
// builders. Its names follow the document and carry no promise of compatibility;
// wrappers/pubnub is the package to import.
package pubnub

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/pubnub/openapi.yaml
