package keyring

import (
	"fmt"
	"strings"
)

// escaped returns the name of an entry: lower-case letters, digits and a few marks stay, any
// other byte is % and two digits. Windows ignores letter case, and macOS gets the name in a
// line of commands.
func escaped(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '/', c == '.', c == '_', c == '-', c == '@', c == '+':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}
