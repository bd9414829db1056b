package output

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

// screen returns the terminal of stdout.
func (c *Console) screen() screen {
	if !c.StdoutTerminal {
		return screen{}
	}
	return screen{terminal: true, width: c.StdoutWidth, colour: c.Colours}
}

// TerminalWidth returns the columns of a terminal, 0 for everything else.
func TerminalWidth(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
