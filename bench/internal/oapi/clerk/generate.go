// Package clerk is what the generator makes of specs/clerk without any of our settings.
package clerk

//go:generate go tool oapi-codegen -config cfg.yaml ../../../../specs/clerk/openapi.yaml
