package snapshot

import (
	"io"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/row"
)

// Write writes a snapshot as NDJSON: a membership a line, then the end line with the number
// of rows, the coverage, the time and the hash, which Write computes. A membership that is
// equal to an earlier one is written once.
func Write(w io.Writer, s *Snapshot) error {
	out := NewWriter(w)
	for _, m := range s.Rows {
		if err := out.Row(m); err != nil {
			return err
		}
	}
	_, err := out.End(s.Taken, s.Providers, s.Coverage)
	return err
}

// Writer writes a snapshot row by row, as Write does. It is not safe for concurrent use.
type Writer struct {
	w    io.Writer
	sums sums
	rows int
	line []byte
}

// NewWriter returns a Writer to w, to which every row is one call of Write.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Row writes a membership. An error is that of the underlying writer.
func (w *Writer) Row(m memberships.Membership) error {
	w.line = row.Append(w.line[:0], m)
	if _, repeated := w.sums.add(m, w.line, w.rows+1); repeated {
		return nil
	}
	w.rows++
	w.line = append(w.line, '\n')
	_, err := w.w.Write(w.line)
	return err
}

// Rows returns the number of rows so far.
func (w *Writer) Rows() int { return w.rows }

// End writes the end line and returns the snapshot's hash. Without a call of End, what was
// written is no snapshot. The time loses its fractions of a second.
func (w *Writer) End(taken time.Time, providers []string, c memberships.Coverage) (hash string, _ error) {
	hash = w.sums.hash(providers, c)
	_, err := w.w.Write(row.AppendEnd(nil, row.End{
		Rows: w.rows, Coverage: c,
		Seal: &row.Seal{Version: row.Version, Taken: taken, Providers: providers, Hash: hash},
	}))
	return hash, err
}
