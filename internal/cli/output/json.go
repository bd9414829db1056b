package output

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships/internal/text"
)

// jsonPrinter prints one object a line, as NDJSON or inside one array.
type jsonPrinter[T any] struct {
	w      io.Writer
	fields []Field[T]
	array  bool
	count  int
	line   []byte
}

func (p *jsonPrinter[T]) Print(v T) error {
	b := p.line[:0]
	switch {
	case p.array && p.count == 0:
		b = append(b, "[\n"...)
	case p.array:
		b = append(b, ",\n"...)
	}
	for i, f := range p.fields {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		b = append(b, sep)
		b = appendString(b, f.Name)
		b = append(b, ':')
		b = appendString(b, f.Text(v))
	}
	b = append(b, '}')
	if !p.array {
		b = append(b, '\n')
	}
	p.line = b
	p.count++
	_, err := p.w.Write(b)
	return err
}

// appendString appends s as JSON and escapes all characters that are unsafe for
// terminals. JSON itself requires that for C0 alone.
func appendString(b []byte, s string) []byte {
	from := len(b)
	out, err := jsontext.AppendQuote(b, s)
	if err != nil { // invalid UTF-8, the only possible error
		out, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\ufffd"))
	}
	if text.Safe(s) {
		return out
	}
	quoted := string(out[from:])
	return appendEscaped(out[:from], quoted, "")
}

// appendEscaped appends s with JSON escapes for the characters that are unsafe for
// terminals, except for those in keep.
func appendEscaped(b []byte, s, keep string) []byte {
	const hex = "0123456789abcdef"
	for _, r := range s {
		if text.Unsafe(r) && !strings.ContainsRune(keep, r) { // no unsafe character is above U+FFFF
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

func (p *jsonPrinter[T]) end(complete bool) error {
	tail := ""
	switch {
	case !p.array:
	case !complete && p.count > 0:
		tail = "\n"
	case complete && p.count == 0:
		tail = "[]\n"
	case complete:
		tail = "\n]\n"
	}
	if tail == "" {
		return nil
	}
	_, err := io.WriteString(p.w, tail)
	return err
}
