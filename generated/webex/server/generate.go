// Package server holds what oapi-codegen makes of specs/webex for the emulator:
// routes, request and response types.
package server

//go:generate go tool oapi-codegen -config cfg.yaml ../../../specs/webex/openapi.yaml
//go:generate go run ../../../scripts/decodegen -spec ../../../specs/webex/openapi.yaml -document document.gen.json
