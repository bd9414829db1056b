package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/internal/chain"
)

// maxLine is the largest size of a line in bytes.
const maxLine = 1 << 20

// Content is the content of a journal.
type Content struct {
	Entries []reconcile.Entry
	// Cut reports that the last line was cut, as by the end of the process. It is not in
	// Entries.
	Cut bool
	// Size is the number of bytes of the whole lines.
	Size int64
	// Sum is the checksum of the last line, which stands for all lines.
	Sum string

	chain chain.Chain
}

// IsFinished reports whether the last run has ended, and left no change.
func (c *Content) IsFinished() bool {
	n := len(c.Entries)
	return n > 0 && !c.Cut && c.Entries[n-1].Kind == reconcile.EntryEnd && c.Entries[n-1].Left == 0
}

// IsEnded reports whether the last run has ended.
func (c *Content) IsEnded() bool {
	n := len(c.Entries)
	return n > 0 && !c.Cut && c.Entries[n-1].Kind == reconcile.EntryEnd
}

// Error is a line that does not belong to its journal.
type Error struct {
	File string
	Line int
	Err  error
}

// Error returns file:line and the reason.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Read reads a journal file, or that of a journal's folder, and verifies every line. A
// changed, missing, repeated or moved line is an [*Error]. Lines that are missing at the end
// are noticed if the run had ended.
func Read(path string) (*Content, error) {
	dir := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir, path = path, filepath.Join(path, FileName)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	c, err := read(path, f)
	if err == nil {
		err = checkHead(dir, c)
	}
	return c, err
}

// read reads the lines of a journal. name is for errors.
func read(name string, r io.Reader) (*Content, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	c := &Content{}
	for {
		text, err := readLine(b)
		switch {
		case errors.Is(err, io.EOF):
			c.Cut = len(text) > 0
			c.Sum = c.chain.Sum
			return c, nil
		case err != nil:
			return nil, &Error{name, c.chain.Lines + 1, err}
		}
		var e reconcile.Entry
		if err := c.chain.Next(text, &e); err != nil {
			return nil, &Error{name, len(c.Entries) + 1, err}
		}
		if len(c.Entries) == 0 && e.Kind != reconcile.EntryBegin {
			return nil, &Error{name, 1, fmt.Errorf("the first entry is %q, want %q", e.Kind, reconcile.EntryBegin)}
		}
		c.Entries = append(c.Entries, e)
		c.Size += int64(len(text))
	}
}

// readLine returns the next line with its end. At the end of the file it returns the rest
// and io.EOF.
func readLine(b *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		part, err := b.ReadSlice('\n')
		if text = append(text, part...); len(text) > maxLine {
			return nil, fmt.Errorf("the line is longer than %d bytes", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, err
		}
	}
}

// head is the content of the file of the last checksum.
type head struct {
	Lines int    `json:"lines"`
	Sum   string `json:"sum"`
}

// writeHead replaces the file of the last checksum as a whole: after a crash it has the
// former content or the new one.
func writeHead(files Files, dir string, c chain.Chain) error {
	text, err := json.Marshal(head{c.Lines, c.Sum})
	if err != nil {
		return err
	}
	name := filepath.Join(dir, headName)
	f, err := files.Open(name + ".new")
	if err != nil {
		return err
	}
	if err = f.Truncate(0); err == nil { // a crash may have left one
		_, err = f.Write(append(text, '\n'))
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, reason(err))
	}
	return files.Rename(name+".new", name)
}

// checkHead compares a journal with the last checksum of a run that ended. Later runs may
// have appended lines.
func checkHead(dir string, c *Content) error {
	text, err := os.ReadFile(filepath.Join(dir, headName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var h head
	if err := json.Unmarshal(text, &h); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, headName), err)
	}
	if len(c.Entries) < h.Lines {
		return &Error{filepath.Join(dir, FileName), len(c.Entries) + 1, fmt.Errorf("the journal had %d lines, and has %d: lines are missing at the end", h.Lines, len(c.Entries))}
	}
	return nil
}
