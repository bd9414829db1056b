package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// readJSON reads objects in sequence, as in NDJSON, or in an array. before is the number
// of lines above them.
func (s *Source) readJSON(b *bufio.Reader, before int, each func(Row) error) error {
	bound := &rowBound{r: b, left: maxLine + readAhead}
	places := &placeReader{r: bound, line: before + 1, column: 1}
	r := &jsonReader{source: s, bound: bound, places: places, decoder: jsontext.NewDecoder(places)}
	if r.decoder.PeekKind() == '[' {
		if _, err := r.decoder.ReadToken(); err != nil {
			return r.wrong(err)
		}
		r.array = true
	}
	for {
		bound.left = maxLine + readAhead
		kind := r.decoder.PeekKind()
		switch {
		case kind == ']' && r.array:
			if _, err := r.decoder.ReadToken(); err != nil {
				return r.wrong(err)
			}
			r.array, r.closed = false, true
			continue
		case kind == '{' && !r.closed:
			if err := r.object(each); err != nil {
				return err
			}
			continue
		case kind != 0:
			at := r.next()
			return &Error{s.Name, at.Line, at.Column, "expected an object for each row"}
		}
		_, err := r.decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && r.array, errors.Is(err, io.ErrUnexpectedEOF) && r.array:
			at := r.next()
			return &Error{s.Name, at.Line, at.Column, "the array has no end: the listing was not read to its end"}
		case errors.Is(err, io.EOF):
			return nil
		}
		return r.wrong(err)
	}
}

// jsonReader reads the rows of one file.
type jsonReader struct {
	source        *Source
	bound         *rowBound
	places        *placeReader
	decoder       *jsontext.Decoder
	array, closed bool
	ended         bool // the end line was read

	names   []string // of the previous object, and their columns
	columns []column
}

// next returns the position of the next value.
func (r *jsonReader) next() Cell {
	r.decoder.PeekKind()
	unread := r.decoder.UnreadBuffer()
	between := len(unread) - len(bytes.TrimLeft(unread, " \t\n,:"))
	return r.places.at(r.decoder.InputOffset() + int64(between))
}

// wrong converts an error of the decoder into an error of the file.
func (r *jsonReader) wrong(err error) error {
	var bad *jsontext.SyntacticError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at := r.places.at(r.decoder.InputOffset())
		return &Error{r.source.Name, at.Line, at.Column, "the object has no end"}
	}
	if errors.As(err, &bad) {
		at := r.places.at(bad.ByteOffset)
		return &Error{r.source.Name, at.Line, at.Column, "this is not JSON: " + bad.Err.Error()}
	}
	return r.source.lineError(err, r.places.at(r.decoder.InputOffset()).Line)
}

// object reads an object, which is a row or the end line.
func (r *jsonReader) object(each func(Row) error) error {
	begin := r.next()
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.wrong(err)
	}
	var names []string
	var values []Cell
	var raw []jsontext.Value
	for r.decoder.PeekKind() != '}' {
		for _, part := range []string{"name", "value"} {
			at := r.next()
			v, err := r.decoder.ReadValue()
			if err != nil {
				return r.wrong(err)
			}
			if part == "name" {
				name, err := jsontext.AppendUnquote(nil, v)
				if err != nil {
					return r.wrong(err)
				}
				names, values = append(names, string(name)), append(values, at)
				continue
			}
			raw, values = append(raw, v.Clone()), append(values, at)
		}
	}
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.wrong(err)
	}
	if len(names) == 1 && names[0] == "end" && raw[0].Kind() == '{' && !r.ended && !r.array && !r.closed {
		r.ended = true
		return r.source.end(begin, raw[0])
	}
	if r.ended {
		return &Error{r.source.Name, begin.Line, begin.Column, "this stands behind the end line, which ends a listing"}
	}
	return r.row(begin, names, values, raw, each)
}

// row passes on a row. places are the positions of names and values, alternating.
func (r *jsonReader) row(begin Cell, names []string, places []Cell, raw []jsontext.Value, each func(Row) error) error {
	if r.columns == nil || !slices.Equal(names, r.names) {
		columns, wrong := r.source.Columns.of(names)
		if wrong != nil {
			at := places[2*wrong.index]
			return &Error{r.source.Name, at.Line, at.Column, wrong.Text}
		}
		r.source.skipped.addAll(columns)
		r.names, r.columns = names, columns
	}
	row := Row{Line: begin.Line, Cells: make(map[string]Cell, len(names)), JSON: true}
	for i, c := range r.columns {
		at := places[2*i+1]
		switch {
		case c.target == "":
			continue
		case raw[i].Kind() == '"':
			text, err := jsontext.AppendUnquote(nil, raw[i])
			if err != nil {
				return r.wrong(err)
			}
			at.Text = string(text)
		case raw[i].Kind() != 'n':
			return &Error{r.source.Name, at.Line, at.Column, "expected a text in quotes"}
		}
		row.Cells[c.target] = c.read(at)
	}
	return each(row)
}

// placeReader knows the line and column of recently read bytes.
type placeReader struct {
	r            io.Reader
	offset       int64
	line, column int    // of offset
	kept         []byte // from offset on
}

func (p *placeReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.kept = append(p.kept, b[:n]...)
	return n, err
}

// at returns the position of an offset. Offsets must not decrease between calls.
func (p *placeReader) at(offset int64) Cell {
	n := min(max(0, offset-p.offset), int64(len(p.kept)))
	for _, c := range p.kept[:n] {
		if p.column++; c == '\n' {
			p.line, p.column = p.line+1, 1
		}
	}
	p.offset, p.kept = p.offset+n, p.kept[n:]
	return Cell{Line: p.line, Column: p.column}
}
