// Package webex holds what is generated from specs/webex: models, request builders
// and decoders. Its names follow the document and carry no promise of compatibility;
// wrappers/webex is the package to import.
package webex

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/webex/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/webex/openapi.yaml
