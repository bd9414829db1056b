package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// Comments are the comments of a written file. Each text is one line.
type Comments struct {
	// Head are the lines below the first one.
	Head []string
	// People and Groups are the lines above an entry, by its key or name.
	People, Groups map[string][]string
}

// Write writes a state as [Write] does, with comments. A person with a comment has an entry.
func (c Comments) Write(w io.Writer, d *reconcile.Desired) error {
	var b bytes.Buffer
	state := canonical(d)
	f := &writer{Buffer: &b, comments: c}
	f.state(&state)
	l := newLoader(Options{})
	l.file(file{path: stdin, name: "state"}, b.Bytes())
	read, err := l.finish()
	if err != nil {
		return fmt.Errorf("the state makes no valid file: %w", err)
	}
	if read.Hash != Hash(&state) {
		return errors.New("the state has a value that no file can hold")
	}
	_, err = w.Write(b.Bytes())
	return err
}

// comment writes lines of comments.
func (f *writer) comment(depth int, lines []string) {
	for _, line := range lines {
		f.line(depth, "# "+strings.ReplaceAll(text.Line(line), "\ufeff", ""))
	}
}
