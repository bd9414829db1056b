package output

import "slices"

const (
	ColumnGap  = 2  // spaces between two columns
	proseWidth = 20 // minimum width of a prose column while others can be cut
)

// lineWidth returns the number of terminal columns that a line takes.
func lineWidth(widths []int) int {
	n := ColumnGap * max(0, len(widths)-1)
	for _, w := range widths {
		n += w
	}
	return n
}

// step shrinks columns of a kind to a minimum width.
type step struct {
	kind columnKind
	to   int
}

var (
	// withoutIDs are the steps that keep every id whole.
	withoutIDs = []step{
		{proseColumn, proseWidth}, {textColumn, 10}, {textColumn, 4}, {proseColumn, 8},
		{stateColumnKind, 4}, {textColumn, 1}, {stateColumnKind, 1}, {proseColumn, 1},
	}
	// withIDs are the steps for a table that is too wide with whole ids.
	withIDs = []step{
		{proseColumn, proseWidth}, {textColumn, 10}, {idColumn, 8}, {textColumn, 4}, {proseColumn, 8},
		{stateColumnKind, 4}, {textColumn, 1}, {stateColumnKind, 1}, {proseColumn, 1}, {idColumn, 1},
	}
	// besideID are the steps for a table whose last column is an id that no line has room
	// for.
	besideID = []step{{textColumn, 10}, {idColumn, 8}}
)

// fit returns the widths of columns on a terminal; width 0 means unlimited. It never cuts
// an id in the last column, because a terminal wraps it and half an id is useless. Every
// other column keeps at least one character, so a table with many columns may exceed a
// very narrow terminal.
func fit(widths []int, kinds []columnKind, width int) []int {
	if width == 0 || lineWidth(widths) <= width {
		return widths
	}
	if whole := narrow(widths, kinds, width, withoutIDs); lineWidth(whole) <= width {
		return whole
	}
	last := len(kinds) - 1
	if kinds[last] != idColumn {
		return narrow(widths, kinds, width, withIDs)
	}
	others := narrow(widths[:last], kinds[:last], width-ColumnGap-widths[last], besideID)
	return append(others, widths[last])
}

// narrow applies steps until the line fits or no step is left.
func narrow(widths []int, kinds []columnKind, width int, steps []step) []int {
	widths = slices.Clone(widths)
	over := lineWidth(widths) - width
	for _, s := range steps {
		for ; over > 0; over-- {
			widest := -1
			for i, kind := range kinds {
				if kind == s.kind && widths[i] > s.to && (widest < 0 || widths[i] >= widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
		}
	}
	return widths
}
