package statefile

import (
	"bytes"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// clean returns a file's text without a byte order mark and with line feeds alone. It
// reports bytes that are no text, and characters that move or hide others.
func (l *loader) clean(name string, data []byte) ([]byte, bool) {
	begin := reconcile.Position{File: name, Line: 1, Column: 1}
	switch {
	case len(data) > maxFile:
		l.add(begin, "the file is larger than %s bytes; split it, or give members_from a CSV file", phrase.Number(maxFile))
		return nil, false
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		l.add(begin, "the file is UTF-16; save it as UTF-8")
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	at := begin
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			l.add(at, "a byte here is not UTF-8; save the file as UTF-8")
			return nil, false
		case r == '\n':
			at.Line, at.Column = at.Line+1, 0
		case r != '\t' && text.Unsafe(r), r == '\ufeff':
			l.add(at, "the control character U+%04X stands here", r)
			return nil, false
		}
		at.Column++
		i += size
	}
	return data, true
}
