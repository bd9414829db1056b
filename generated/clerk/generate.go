// Package clerk holds what is generated from specs/clerk: models, request builders
// and decoders. Its names follow the document and carry no promise of compatibility;
// wrappers/clerk is the package to import.
package clerk

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/clerk/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/clerk/openapi.yaml
