// Package generated embeds the providers' documents in the form that the emulator checks
// requests against. The folders below hold the generated code.
package generated

import "embed"

// Documents holds <provider>/server/document.gen.json for every provider.
//
//go:embed */server/document.gen.json
var Documents embed.FS
