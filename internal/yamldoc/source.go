package yamldoc

import (
	"bytes"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/text"
)

// clean returns a file's text without a byte order mark and with line feeds alone. It
// reports bytes that are no text, and characters that move or hide others.
func (p *parser) clean(data []byte) ([]byte, bool) {
	at := p.at(1, 1)
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		p.fail(at, "the file is UTF-16; save it as UTF-8")
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			p.fail(at, "a byte here is not UTF-8; save the file as UTF-8")
			return nil, false
		case r == '\n':
			at.Line, at.Column = at.Line+1, 0
		case !p.AnyCharacter && (r != '\t' && text.Unsafe(r) || r == '\ufeff'):
			p.fail(at, "the control character U+%04X stands here", r)
			return nil, false
		}
		at.Column++
		i += size
	}
	return data, true
}
