// Package webex is what the generator makes of specs/webex without any of our settings.
package webex

//go:generate go tool oapi-codegen -config cfg.yaml ../../../../specs/webex/openapi.yaml
