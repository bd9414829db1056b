package evidence

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/memberships-go/memberships/reconcile/internal/chain"
)

// record is one line: exactly one of its parts is set.
type record struct {
	Evidence   *header     `json:"evidence,omitempty"`
	Search     *Search     `json:"search,omitempty"`
	Membership *Membership `json:"membership,omitempty"`
	End        *end        `json:"end,omitempty"`
}

// header is the first line.
type header struct {
	Format  string    `json:"format"`
	Actor   string    `json:"actor"`
	Started time.Time `json:"started"`
	Plan    string    `json:"plan,omitempty"`
	People  []Person  `json:"people"`
}

// end is the last line.
type end struct {
	Finished    time.Time `json:"finished"`
	Searches    int       `json:"searches"`
	Memberships int       `json:"memberships"`
	// Complete is that of IsComplete.
	Complete bool `json:"complete"`
}

// Write writes the lines of the evidence.
func (e *Evidence) Write(w io.Writer) error {
	records := []record{{Evidence: &header{Format, e.Actor, e.Started, e.Plan, e.People}}}
	for i := range e.Searches {
		records = append(records, record{Search: &e.Searches[i]})
	}
	for i := range e.Memberships {
		records = append(records, record{Membership: &e.Memberships[i]})
	}
	records = append(records, record{End: &end{e.Finished, len(e.Searches), len(e.Memberships), e.IsComplete()}})
	b := bufio.NewWriter(w)
	var c chain.Chain
	for _, r := range records {
		line, err := c.Append(r)
		if err != nil {
			return err
		}
		if _, err := b.Write(line); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Error is a line that does not belong to its evidence.
type Error struct {
	Line int
	Err  error
}

// Error returns the line and the reason.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// maxLine is the largest size of a line in bytes.
const maxLine = 1 << 20

// Is reports whether a file begins as evidence does.
func Is(content []byte) bool {
	return bytes.HasPrefix(content, []byte(`{"line":1,"before":"","entry":{"evidence":`))
}

// Read reads evidence and verifies every line. A changed, missing, repeated or moved line is
// an [*Error]. sum is the checksum of the last line, which stands for all lines.
func Read(r io.Reader) (e *Evidence, sum string, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	lines.Split(scanLine)
	e = &Evidence{}
	var c chain.Chain
	ended := false
	for lines.Scan() {
		var rec record
		err := c.Next(lines.Bytes(), &rec)
		if err == nil {
			err = e.add(rec, c.Lines, ended)
		}
		if err != nil {
			return nil, "", &Error{c.Lines + 1, err}
		}
		ended = ended || rec.End != nil
	}
	switch {
	case lines.Err() != nil:
		return nil, "", &Error{c.Lines + 1, lines.Err()}
	case !ended:
		return nil, "", &Error{c.Lines + 1, errors.New("the last line is missing")}
	}
	return e, c.Sum, nil
}

// scanLine splits at line feeds, and keeps them.
func scanLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	for i, b := range data {
		if b == '\n' {
			return i + 1, data[:i+1], nil
		}
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// add adds the content of a line.
func (e *Evidence) add(r record, line int, ended bool) error {
	switch {
	case ended:
		return errors.New("a line follows the last one")
	case (line == 1) != (r.Evidence != nil):
		return errors.New("the header is not the first line")
	case r.Evidence != nil:
		if r.Evidence.Format != Format {
			return fmt.Errorf("the format is %q, and this release reads %q", r.Evidence.Format, Format)
		}
		e.Actor, e.Started, e.Plan, e.People = r.Evidence.Actor, r.Evidence.Started, r.Evidence.Plan, r.Evidence.People
	case r.Search != nil:
		e.Searches = append(e.Searches, *r.Search)
	case r.Membership != nil:
		e.Memberships = append(e.Memberships, *r.Membership)
	case r.End != nil:
		e.Finished = r.End.Finished
		if r.End.Searches != len(e.Searches) || r.End.Memberships != len(e.Memberships) {
			return fmt.Errorf("the last line counts %d searches and %d memberships, and there are %d and %d", r.End.Searches, r.End.Memberships, len(e.Searches), len(e.Memberships))
		}
	default:
		return errors.New("the line has no content that this release knows")
	}
	return nil
}
