// Package pubnub is what the generator makes of specs/pubnub without any of our settings.
package pubnub

//go:generate go tool oapi-codegen -config cfg.yaml ../../../../specs/pubnub/openapi.yaml
