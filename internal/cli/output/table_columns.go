package output

// columnKind determines how a column shrinks if a table is wider than the terminal.
type columnKind int

const (
	textColumn      columnKind = iota // is cut
	proseColumn                       // is wrapped if it is the last column
	stateColumnKind                   // is cut, and has colours
	idColumn                          // is cut as a last resort, but never as the last column
)

// kindOf returns the kind of a table's column by its name.
func kindOf(column string) columnKind {
	switch column {
	case "group", "member":
		return idColumn
	case "state", "result":
		return stateColumnKind
	case "detail", "advice":
		return proseColumn
	}
	return textColumn
}

const (
	noColour = "\x1b[0m"
	green    = "\x1b[32m"
	yellow   = "\x1b[33m"
	red      = "\x1b[31m"
)

// colourOf returns the escape sequence for the colour of a state or result, "" for a word
// without colour.
func colourOf(word string) string {
	switch word {
	case "active", ResultAdded, ResultUpdated, ResultRemoved:
		return green
	case ResultInvited, ResultAlready, ResultAlreadyInvited, ResultAbsent, ResultRepeated, ResultPartly:
		return yellow
	case ResultFailed, ResultUnknown:
		return red
	}
	return ""
}
