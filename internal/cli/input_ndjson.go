package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

const maxInputLine = 1 << 20

// readNDJSON reads one JSON object a line. Its values are texts.
func readNDJSON(file string, r io.Reader, each func(inputRow) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxInputLine)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		row, column, err := readObject(lines.Bytes(), n)
		if err != nil {
			return &inputError{file, n, column, err.Error()}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return &inputError{file, n + 1, 1, "the line is longer than " + number(maxInputLine) + " bytes"}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// readObject reads one line, or tells in which column it goes wrong.
func readObject(line []byte, n int) (row inputRow, column int, err error) {
	row = inputRow{n, map[string]cell{}}
	d := jsontext.NewDecoder(bytes.NewReader(line))
	if d.PeekKind() != '{' {
		return row, 1, errors.New("expected one JSON object a line")
	}
	if _, err := d.ReadToken(); err != nil {
		return row, 1, err
	}
	for d.PeekKind() != '}' {
		name, column, err := readText(d)
		if err != nil {
			return row, column, err
		}
		if !knownColumn(name) {
			return row, column, fmt.Errorf("there is no field %s; there are %s", quoted(name), and(usedColumns))
		}
		text, column, err := readText(d)
		if err != nil {
			return row, column, err
		}
		row.cells[name] = cell{text, n, column}
	}
	if _, err := d.ReadToken(); err != nil {
		return row, len(line) + 1, errors.New("the object has no end")
	}
	end := int(d.InputOffset())
	if len(bytes.TrimSpace(line[end:])) > 0 {
		return row, end + 1, errors.New("expected the end of the line")
	}
	return row, 0, nil
}

// readText reads a name or a value, null as "", and tells where it begins.
func readText(d *jsontext.Decoder) (text string, column int, err error) {
	v, err := d.ReadValue()
	var bad *jsontext.SyntacticError
	switch {
	case errors.As(err, &bad):
		return "", int(bad.ByteOffset) + 1, fmt.Errorf("this is not JSON: %w", bad.Err)
	case err != nil:
		return "", int(d.InputOffset()) + 1, errors.New("the object has no end")
	}
	column = int(d.InputOffset()) - len(v) + 1
	switch v.Kind() {
	case 'n':
		return "", column, nil
	case '"':
		b, err := jsontext.AppendUnquote(nil, v)
		return string(b), column, err
	}
	return "", column, errors.New("expected a text in quotes")
}
