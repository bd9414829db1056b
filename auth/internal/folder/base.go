package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxReadable is the length of the part of a file name that people can read.
const maxReadable = 40

// Base returns the file name of a text: its beginning in lower-case letters, digits, "_" and
// "-", and a hash. Two texts have two file names, also where letter case is no difference.
func Base(name string) string {
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, name)
	sum := sha256.Sum256([]byte(name))
	return readable[:min(len(readable), maxReadable)] + "-" + hex.EncodeToString(sum[:16])
}
