// Package webex holds what oapi-codegen makes of specs/webex: models and request
// builders. Its names follow the document and carry no promise of compatibility;
// wrappers/webex is the package to import.
package webex

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/webex/openapi.yaml
