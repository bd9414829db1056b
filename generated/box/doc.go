// Package box is generated from specs/box/openapi.yaml. oapi-codegen makes the models and,
// by specs/templates/client.tmpl, a function for each operation that returns its endpoint;
// scripts/decodegen makes the decoders of answers. The wrapper runs the endpoints.
//
// Its types are the models, params and requests that wrappers/box names, and are covered by
// semantic versioning as those of the wrapper are: docs/api lists what is promised. The
// functions, and the methods DecodeJSON, are for the wrapper alone and may change.
package box

//go:generate go tool oapi-codegen -config cfg.yaml ../../specs/box/openapi.yaml
//go:generate go run ../../scripts/decodegen -spec ../../specs/box/openapi.yaml
