// Package server holds what oapi-codegen makes of specs/pubnub for the emulator:
// routes, request and response types.
package server

//go:generate go tool oapi-codegen -config cfg.yaml ../../../specs/pubnub/openapi.yaml
//go:generate go run ../../../scripts/decodegen -spec ../../../specs/pubnub/openapi.yaml -document document.gen.json
