package text

import "strings"

// EscapeCell puts an apostrophe before a cell of a table that a spreadsheet would run as a
// formula.
func EscapeCell(cell string) string {
	if runs(cell) {
		return "'" + cell
	}
	return cell
}

// UnescapeCell reverses EscapeCell.
func UnescapeCell(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && runs(rest) {
		return rest
	}
	return cell
}

// runs reports whether a spreadsheet would run a cell as a formula, or the cell looks
// escaped already.
func runs(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0]))
}
