package cli

import (
	"os"

	"golang.org/x/term"
)

// screen is the terminal that shows stdout, zero for a file or a pipe.
type screen struct {
	terminal bool
	width    int // in columns, 0 where it is not known
	colour   bool
}

// screen returns the terminal of a run. A terminal that says nothing of its type, or that
// is a dumb one, gets no colours.
func (a *app) screen() screen {
	if !a.StdoutTerminal {
		return screen{}
	}
	kind := a.Getenv("TERM")
	return screen{
		terminal: true, width: a.StdoutWidth,
		colour: kind != "" && kind != "dumb" && a.Getenv("NO_COLOR") == "",
	}
}

// terminalWidth returns the columns of a terminal, 0 for everything else.
func terminalWidth(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
