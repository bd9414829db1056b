// Package googlechat holds what oapi-codegen makes of specs/googlechat: models and request
// builders. Its names follow the document and carry no promise of compatibility;
// wrappers/googlechat is the package to import.
package googlechat

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/googlechat/openapi.yaml
