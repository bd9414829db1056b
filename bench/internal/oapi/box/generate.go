// Package box is what the generator makes of specs/box without any of our settings.
package box

//go:generate go tool oapi-codegen -config cfg.yaml ../../../../specs/box/openapi.yaml
