package output

import "github.com/memberships-go/memberships/internal/cli/exit"

// Stream prints the records of one command.
type Stream[T any] struct {
	rows
	fields []Field[T]
	row    []string
}

// Open opens stdout for records. doing describes the command's work for the progress
// line.
func Open[T any](c *Console, o *Flags, s Schema[T], doing string) *Stream[T] {
	fields := s.shown(o)
	return &Stream[T]{rows: openRows(c, o, names(fields), s.Widths, doing), fields: fields}
}

// Print prints one record and counts it.
func (s *Stream[T]) Print(v T) error {
	s.progress.Add(1)
	s.row = texts(s.fields, v, s.row[:0])
	return s.print(s.row)
}

// rows prints the rows of one command.
type rows struct {
	printer
	console  *Console
	table    bool
	report   func()
	flush    *flusher
	progress *progress
}

func openRows(c *Console, o *Flags, names []string, widths []int, doing string) rows {
	p := c.progress(doing)
	hide := p.hide
	if !c.StdoutTerminal {
		hide = nil
	}
	f := newFlusher(c.Stdout, hide)
	printer, report := terminalPrinter(c, f, o, names, widths, false)
	return rows{printer, c, o.Format == "table", report, f, p}
}

// Flush writes the printed records now.
func (r *rows) Flush() error { return r.flush.Flush() }

// Expect sets the total number of records for the progress line.
func (r *rows) Expect(n int64) { r.progress.total(n) }

// HideProgress removes the progress line until its next update.
func (r *rows) HideProgress() { r.progress.hide() }

// Close ends the output. err is the reason that it is incomplete. Close returns err, or
// an error of writing.
func (r *rows) Close(err error) error {
	r.progress.stop()
	if exit.IsBrokenPipe(err) {
		return err
	}
	ended := r.end(err == nil)
	if flushed := r.flush.Close(); ended == nil {
		ended = flushed
	}
	r.report()
	if err == nil {
		err = ended
	}
	return err
}
