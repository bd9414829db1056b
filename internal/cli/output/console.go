package output

import (
	"fmt"
	"io"

	"github.com/memberships-go/memberships/internal/text"
)

// Console is where a command prints: data on stdout, everything else on stderr. Stderr is
// for several goroutines.
type Console struct {
	Stdout, Stderr io.Writer
	// StdoutTerminal and StderrTerminal report that somebody watches.
	StdoutTerminal, StderrTerminal bool
	// StdoutWidth is how many columns the terminal of stdout has, 0 where that is not known.
	StdoutWidth int
	// Colours reports that the terminal shows colours and that its user wants them.
	Colours bool
	// Quiet leaves stderr to errors.
	Quiet bool
	// Debug leaves stderr to the log, so that there is no progress line on it.
	Debug bool
}

// Colours reports what the environment says of colours. A terminal that says nothing of its
// type, or that is a dumb one, gets none.
func Colours(getenv func(string) string) bool {
	kind := getenv("TERM")
	return kind != "" && kind != "dumb" && getenv("NO_COLOR") == ""
}

// Report writes one line to stderr, whatever a provider or a file has put into it.
func (c *Console) Report(format string, args ...any) {
	fmt.Fprintln(c.Stderr, "memberships: "+text.Line(fmt.Sprintf(format, args...)))
}

// Note is report for what is no error and explains no exit code.
func (c *Console) Note(format string, args ...any) {
	if !c.Quiet {
		c.Report(format, args...)
	}
}
