package output

import (
	"io"

	"github.com/memberships-go/memberships/internal/row"
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
		b = row.AppendString(b, f.Name)
		b = append(b, ':')
		b = row.AppendString(b, f.Text(v))
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
