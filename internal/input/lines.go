package input

import "io"

// lineReader converts CR and CRLF to LF. A NUL is an error, because no text has one.
type lineReader struct {
	r    io.Reader
	file string

	cr           bool  // the previous byte is CR
	line, column int   // complete lines, bytes of the current line
	err          error // already returned
}

func (l *lineReader) Read(p []byte) (int, error) {
	for l.err == nil {
		n, err := l.r.Read(p)
		kept := 0
		l.err = err
		for _, c := range p[:n] {
			after := l.cr
			l.cr = c == '\r'
			switch {
			case c == 0:
				l.err = &Error{l.file, l.line + 1, l.column + 1, "a NUL byte stands here: this is no text"}
				return kept, l.err
			case c == '\n' && after:
				continue
			case c == '\r':
				c = '\n'
			}
			if l.column++; c == '\n' {
				l.line, l.column = l.line+1, 0
			}
			p[kept] = c
			kept++
		}
		if kept > 0 || len(p) == 0 {
			return kept, err
		}
	}
	return 0, l.err
}

// formulaReader converts cells such as ="007" to CSV: it quotes the cell and doubles its
// quotes. Some programs write ="007" so that a spreadsheet takes the cell as text.
type formulaReader struct {
	r         io.Reader
	separator byte

	state formulaState
	buf   []byte
	read  int // bytes read from buf
	in    [4096]byte
	err   error
}

// formulaState is the position of a formulaReader in a row.
type formulaState int

const (
	cellBegins formulaState = iota
	inCell
	inQuotes
	quoteInQuotes  // the closing quote, or the first of two
	afterEquals    // an equals sign begins the cell
	inFormula      // after ="
	quoteInFormula // the end of the formula, or a quote in it
)

func (f *formulaReader) Read(p []byte) (int, error) {
	for f.read == len(f.buf) {
		if f.err != nil {
			return 0, f.err
		}
		var n int
		n, f.err = f.r.Read(f.in[:])
		f.buf, f.read = f.buf[:0], 0
		for _, c := range f.in[:n] {
			f.take(c)
		}
		if f.err != nil {
			f.end()
		}
	}
	n := copy(p, f.buf[f.read:])
	f.read += n
	return n, nil
}

// take processes the next byte.
func (f *formulaReader) take(c byte) {
	ends := c == f.separator || c == '\n'
	switch {
	case f.state == cellBegins && c == '=':
		f.state = afterEquals
		return
	case f.state == afterEquals && c == '"':
		f.put(inFormula, `"=""`)
		return
	case f.state == inFormula && c == '"':
		f.state = quoteInFormula
		return
	case f.state == inFormula:
	case f.state == quoteInFormula && c == '"':
		f.put(inFormula, `""""`)
		return
	case f.state == quoteInFormula && ends:
		f.put(cellBegins, `"""`)
	case f.state == quoteInFormula:
		f.put(inFormula, `""`)
	case f.state == inQuotes:
		if c == '"' {
			f.state = quoteInQuotes
		}
	case f.state == quoteInQuotes && c == '"', f.state == cellBegins && c == '"':
		f.state = inQuotes
	default:
		if f.state == afterEquals {
			f.put(inCell, `=`)
		}
		switch {
		case ends:
			f.state = cellBegins
		case f.state != cellBegins || c != ' ':
			f.state = inCell
		}
	}
	f.buf = append(f.buf, c)
}

// end flushes the pending bytes.
func (f *formulaReader) end() {
	switch f.state {
	case afterEquals:
		f.put(inCell, `=`)
	case quoteInFormula:
		f.put(cellBegins, `"""`)
	}
}

func (f *formulaReader) put(next formulaState, text string) {
	f.state, f.buf = next, append(f.buf, text...)
}
