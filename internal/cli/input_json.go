package cli

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// readJSON reads objects one after the other, as in NDJSON, or in an array. Values are
// texts; before is how many lines stand above.
func (s *inputSource) readJSON(b *bufio.Reader, before int, each func(inputRow) error) error {
	bound := &rowBound{r: b, left: maxInputLine + readAhead}
	places := &placeReader{r: bound, line: before + 1, column: 1}
	r := &jsonReader{source: s, bound: bound, places: places, decoder: jsontext.NewDecoder(places)}
	if r.decoder.PeekKind() == '[' {
		if _, err := r.decoder.ReadToken(); err != nil {
			return r.wrong(err)
		}
		r.array = true
	}
	for {
		bound.left = maxInputLine + readAhead
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
			return &inputError{s.name, at.line, at.column, "expected an object for each row"}
		}
		_, err := r.decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && r.array, errors.Is(err, io.ErrUnexpectedEOF) && r.array:
			at := r.next()
			return &inputError{s.name, at.line, at.column, "the array has no end: the listing was not read to its end"}
		case errors.Is(err, io.EOF):
			return nil
		}
		return r.wrong(err)
	}
}

// jsonReader reads the rows of one file.
type jsonReader struct {
	source        *inputSource
	bound         *rowBound
	places        *placeReader
	decoder       *jsontext.Decoder
	array, closed bool
	ended         bool // the end line has come

	names   []string // of the object before, and what they are
	columns []column
}

// next is the place of what is read next.
func (r *jsonReader) next() cell {
	r.decoder.PeekKind()
	unread := r.decoder.UnreadBuffer()
	between := len(unread) - len(bytes.TrimLeft(unread, " \t\n,:"))
	return r.places.at(r.decoder.InputOffset() + int64(between))
}

// wrong is an error of the decoder as a mistake of the file.
func (r *jsonReader) wrong(err error) error {
	var bad *jsontext.SyntacticError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at := r.places.at(r.decoder.InputOffset())
		return &inputError{r.source.name, at.line, at.column, "the object has no end"}
	}
	if errors.As(err, &bad) {
		at := r.places.at(bad.ByteOffset)
		return &inputError{r.source.name, at.line, at.column, "this is not JSON: " + bad.Err.Error()}
	}
	return r.source.lineError(err, r.places.at(r.decoder.InputOffset()).line)
}

// object reads an object: a row, or the end line.
func (r *jsonReader) object(each func(inputRow) error) error {
	begin := r.next()
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.wrong(err)
	}
	var names []string
	var values []cell
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
		return &inputError{r.source.name, begin.line, begin.column, "this stands behind the end line, which ends a listing"}
	}
	return r.row(begin, names, values, raw, each)
}

// row passes on a row. places are those of names and values, in turn.
func (r *jsonReader) row(begin cell, names []string, places []cell, raw []jsontext.Value, each func(inputRow) error) error {
	if r.columns == nil || !slices.Equal(names, r.names) {
		columns, wrong := r.source.columns.of(names)
		if wrong != nil {
			at := places[2*wrong.index]
			return &inputError{r.source.name, at.line, at.column, wrong.text}
		}
		r.source.skipped.addAll(columns)
		r.names, r.columns = names, columns
	}
	row := inputRow{line: begin.line, cells: make(map[string]cell, len(names)), json: true}
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
			at.text = string(text)
		case raw[i].Kind() != 'n':
			return &inputError{r.source.name, at.line, at.column, "expected a text in quotes"}
		}
		row.cells[c.target] = c.read(at)
	}
	return each(row)
}

// placeReader knows the line and column of what it has read lately.
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

// at returns the place of an offset. Offsets only grow.
func (p *placeReader) at(offset int64) cell {
	n := min(max(0, offset-p.offset), int64(len(p.kept)))
	for _, c := range p.kept[:n] {
		if p.column++; c == '\n' {
			p.line, p.column = p.line+1, 1
		}
	}
	p.offset, p.kept = p.offset+n, p.kept[n:]
	return cell{line: p.line, column: p.column}
}
