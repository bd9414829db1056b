// Package server holds what oapi-codegen makes of specs/box for the emulator:
// routes, request and response types.
package server

//go:generate go tool oapi-codegen -config cfg.yaml ../../../specs/box/openapi.yaml
//go:generate go run ../../../scripts/decodegen -spec ../../../specs/box/openapi.yaml -document document.gen.json
