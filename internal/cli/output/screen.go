package output

import (
	"os"

	"golang.org/x/term"
)

// screen describes stdout's terminal; it is zero for a file or a pipe.
type screen struct {
	terminal bool
	width    int // in columns, 0 if unknown
	colour   bool
}

// screen returns the terminal of stdout.
func (c *Console) screen() screen {
	if !c.StdoutTerminal {
		return screen{}
	}
	return screen{terminal: true, width: c.StdoutWidth, colour: c.Colours}
}

// TerminalWidth returns the number of columns of a terminal, 0 for any other file.
func TerminalWidth(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
