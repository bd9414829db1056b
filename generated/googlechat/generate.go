// Package googlechat holds what is generated from specs/googlechat: models, request builders
// and decoders. Its names follow the document and carry no promise of compatibility;
// wrappers/googlechat is the package to import.
package googlechat

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/googlechat/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/googlechat/openapi.yaml
