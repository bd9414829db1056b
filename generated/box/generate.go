// Package box holds what oapi-codegen makes of specs/box: models and request
// builders. Its names follow the document and carry no promise of compatibility;
// wrappers/box is the package to import.
package box

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/box/openapi.yaml
