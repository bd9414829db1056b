package redact

import "strings"

// piece is the length of text that Holds searches at a time. Its views stay below maxBytes.
const piece = 32 << 10

// Holds reports whether a text of any length holds a credential in one of the encodings of
// Text. Text itself decodes short texts only.
func (r *Redactor) Holds(text string) bool {
	if r == nil || len(r.secrets) == 0 {
		return false
	}
	longest := 0
	for _, s := range r.secrets {
		longest = max(longest, len(s.plain))
	}
	overlap := 16 * longest // of two encodings, one inside of the other
	for from := 0; ; from += piece {
		end := min(from+piece+overlap, len(text))
		if r.shows(text[from:end]) {
			return true
		}
		if end == len(text) {
			return false
		}
	}
}

// SecretHeader reports whether name is that of a header for a credential.
func SecretHeader(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"authorization", "cookie", "token", "secret", "password", "signature", "api-key", "apikey"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
