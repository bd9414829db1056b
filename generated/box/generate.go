// Package box holds what is generated from specs/box: models, request builders
// and decoders. Its names follow the document and carry no promise of compatibility;
// wrappers/box is the package to import.
package box

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/box/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/box/openapi.yaml
