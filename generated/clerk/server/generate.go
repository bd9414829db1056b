// Package server holds what oapi-codegen makes of specs/clerk for the emulator:
// routes, request and response types.
package server

//go:generate go tool oapi-codegen -config cfg.yaml ../../../specs/clerk/openapi.yaml
//go:generate go run ../../../scripts/decodegen -spec ../../../specs/clerk/openapi.yaml -document document.gen.json
