package output

import (
	"io"

	"github.com/memberships-go/memberships/internal/row"
)

// jsonPrinter prints one object a line, as NDJSON or inside one array.
type jsonPrinter struct {
	w     io.Writer
	names []string
	array bool
	count int
	line  []byte
}

func (p *jsonPrinter) print(texts []string) error {
	b := p.line[:0]
	switch {
	case p.array && p.count == 0:
		b = append(b, "[\n"...)
	case p.array:
		b = append(b, ",\n"...)
	}
	for i, name := range p.names {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		b = append(b, sep)
		b = row.AppendString(b, name)
		b = append(b, ':')
		b = row.AppendString(b, texts[i])
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

func (p *jsonPrinter) end(complete bool) error {
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
