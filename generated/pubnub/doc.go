// Package pubnub is generated from specs/pubnub/openapi.yaml. oapi-codegen makes the models and,
// by specs/templates/client.tmpl, a function for each operation that returns its endpoint;
// scripts/decodegen makes the decoders of answers. The wrapper runs the endpoints. Names
// follow the document and carry no promise of compatibility; wrappers/pubnub is the package
// to import.
package pubnub

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/pubnub/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/pubnub/openapi.yaml
