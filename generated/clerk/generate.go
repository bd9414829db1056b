// Package clerk holds what oapi-codegen makes of specs/clerk: models and request
// builders. Its names follow the document and carry no promise of compatibility;
// wrappers/clerk is the package to import.
package clerk

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/clerk/openapi.yaml
