// Package specs embeds the OpenAPI documents of this project.
package specs

import "embed"

// FS holds <provider>/openapi.yaml for every provider.
//
//go:embed */openapi.yaml
var FS embed.FS
