// Package webex is generated from specs/webex/openapi.yaml. oapi-codegen makes the models and,
// by specs/templates/client.tmpl, a function for each operation that returns its endpoint;
// scripts/decodegen makes the decoders of answers. The wrapper runs the endpoints. Names
// follow the document and carry no promise of compatibility; wrappers/webex is the package
// to import.
package webex

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/webex/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/webex/openapi.yaml
