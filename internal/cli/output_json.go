package cli

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonPrinter prints an object a line: alone, or as one array over all lines.
type jsonPrinter[T any] struct {
	w      io.Writer
	fields []field[T]
	array  bool
	count  int
	line   []byte
}

func (p *jsonPrinter[T]) print(v T) error {
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
		b = appendString(b, f.name)
		b = append(b, ':')
		b = appendString(b, f.text(v))
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

func appendString(b []byte, s string) []byte {
	out, err := jsontext.AppendQuote(b, s)
	if err != nil { // invalid UTF-8, all that can be wrong
		out, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\ufffd"))
	}
	return out
}

func (p *jsonPrinter[T]) end(complete bool) error {
	text := ""
	switch {
	case !p.array:
	case !complete && p.count > 0:
		text = "\n"
	case complete && p.count == 0:
		text = "[]\n"
	case complete:
		text = "\n]\n"
	}
	if text == "" {
		return nil
	}
	_, err := io.WriteString(p.w, text)
	return err
}
