// Package server holds what oapi-codegen makes of specs/googlechat for the emulator:
// routes, request and response types.
package server

//go:generate go tool oapi-codegen -config cfg.yaml ../../../specs/googlechat/openapi.yaml
//go:generate go run ../../../scripts/decodegen -spec ../../../specs/googlechat/openapi.yaml -document document.gen.json
