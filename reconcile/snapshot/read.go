package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/memberships-go/memberships/internal/row"
)

const (
	maxLine = 64 << 20 // bytes; an end line has a text for each gap
	maxRows = 10_000_000
)

// LineError is a mistake at a line of a snapshot.
type LineError struct {
	// Line counts from one.
	Line int
	// Err has the found and the expected content.
	Err error
}

// Error returns the line and the mistake.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *LineError) Unwrap() error { return e.Err }

// ErrNoEnd is the mistake of a file without an end line.
var ErrNoEnd = errors.New("the file has no end line; expected one after the last membership, without which the file may be cut")

// Read reads what Write wrote. A missing end line, a line that is cut, repeated or empty, a
// wrong number of rows, a wrong hash and another version are errors of the type *LineError;
// unknown fields pass. Any other error is that of r.
func Read(r io.Reader) (*Snapshot, error) {
	s, sealed, line, err := read(r)
	if err == nil && !sealed {
		err = &LineError{line, errors.New("the end line has no version, time and hash; expected that of a snapshot, and this is the end line of a listing")}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// ReadListing reads a snapshot, or a listing of memberships with an end line of its own,
// which has no time and no hash. A listing has no Providers, and Hash is computed.
func ReadListing(r io.Reader) (*Snapshot, error) {
	s, _, _, err := read(r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// read reads a snapshot or a listing. It returns the number of lines, and whether the end
// line is that of a snapshot.
func read(r io.Reader) (_ *Snapshot, sealed bool, line int, _ error) {
	lines := bufio.NewScanner(withoutMark(r))
	lines.Buffer(nil, maxLine)
	s := &Snapshot{}
	var sums sums
	var end *row.End
	var encoded []byte
	for lines.Scan() && lines.Err() == nil {
		line++
		wrong := func(err error) (*Snapshot, bool, int, error) { return nil, false, line, &LineError{line, err} }
		if end != nil {
			return wrong(errors.New("a line follows the end line; expected the end of the file"))
		}
		m, last, err := row.Parse(lines.Bytes())
		switch {
		case err != nil:
			return wrong(err)
		case last != nil:
			end = last
			continue
		case len(s.Rows) == maxRows:
			return wrong(fmt.Errorf("more than %d memberships", maxRows))
		}
		encoded = row.Append(encoded[:0], m)
		if earlier, repeated := sums.add(m, encoded, line); repeated {
			return wrong(fmt.Errorf("the membership of line %d stands here again; expected each once", earlier))
		}
		s.Rows = append(s.Rows, m)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, false, line, &LineError{line + 1, fmt.Errorf("the line is longer than %d bytes", maxLine)}
	case err != nil:
		return nil, false, line, err
	case end == nil:
		return nil, false, line, &LineError{line + 1, ErrNoEnd}
	}
	if err := s.finish(end, &sums); err != nil {
		return nil, false, line, &LineError{line, err}
	}
	return s, end.Seal != nil, line, nil
}

// byteOrderMark is the mark that Windows programs write before UTF-8.
const byteOrderMark = "\ufeff"

// withoutMark returns a reader of r without a byte order mark.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = b.Discard(len(byteOrderMark))
	}
	return b
}

// finish takes the values of the end line and compares them with the rows.
func (s *Snapshot) finish(end *row.End, sums *sums) error {
	if end.Rows != len(s.Rows) {
		return fmt.Errorf("the end line counts %d memberships; expected %d, the number of lines before it", end.Rows, len(s.Rows))
	}
	s.Coverage = end.Coverage
	if end.Seal == nil {
		s.Hash = sums.hash(nil, s.Coverage)
		return nil
	}
	s.Taken, s.Providers = end.Seal.Taken, end.Seal.Providers
	if s.Hash = sums.hash(s.Providers, s.Coverage); s.Hash != end.Seal.Hash {
		return fmt.Errorf("the hash is %.64q; expected %s for these memberships: the file was changed", end.Seal.Hash, s.Hash)
	}
	return nil
}
