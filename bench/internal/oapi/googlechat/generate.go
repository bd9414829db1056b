// Package googlechat is what the generator makes of specs/googlechat without any of our settings.
package googlechat

//go:generate go tool oapi-codegen -config cfg.yaml ../../../../specs/googlechat/openapi.yaml
