//go:build ignore

// Package memberships pins, beside the tool line of go.mod, the generator that
// `go generate ./...` runs.
package memberships

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
