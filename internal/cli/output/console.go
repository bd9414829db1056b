package output

import (
	"fmt"
	"io"

	"github.com/memberships-go/memberships/internal/text"
)

// Console is the command's output: data on stdout, everything else on stderr. Stderr is
// safe for concurrent use.
type Console struct {
	Stdout, Stderr io.Writer
	// StdoutTerminal and StderrTerminal report whether the file is a terminal.
	StdoutTerminal, StderrTerminal bool
	// StdoutWidth is the number of columns of stdout's terminal, 0 if it is unknown.
	StdoutWidth int
	// Colours reports that the terminal supports colours and the user wants them.
	Colours bool
	// Quiet suppresses everything but errors on stderr.
	Quiet bool
	// Debug reserves stderr for the log, without a progress line.
	Debug bool
}

// Colours reports whether the environment allows colours. A terminal without a type, or a
// dumb one, gets none.
func Colours(getenv func(string) string) bool {
	kind := getenv("TERM")
	return kind != "" && kind != "dumb" && getenv("NO_COLOR") == ""
}

// Report writes one line to stderr, with control characters replaced.
func (c *Console) Report(format string, args ...any) {
	fmt.Fprintln(c.Stderr, "memberships: "+text.Line(fmt.Sprintf(format, args...)))
}

// Note is Report for messages that are no errors and explain no exit code.
func (c *Console) Note(format string, args ...any) {
	if !c.Quiet {
		c.Report(format, args...)
	}
}
