package output

import "slices"

const (
	ColumnGap  = 2  // blanks between two columns
	proseWidth = 20 // a column of prose gets as much before the others are cut
)

// lineWidth returns the columns of a terminal that a line takes.
func lineWidth(widths []int) int {
	n := ColumnGap * max(0, len(widths)-1)
	for _, w := range widths {
		n += w
	}
	return n
}

// step is one way to win room: columns of a kind give way down to a width.
type step struct {
	kind columnKind
	to   int
}

var (
	// withoutIDs are the steps that leave every id whole.
	withoutIDs = []step{
		{proseColumn, proseWidth}, {textColumn, 10}, {textColumn, 4}, {proseColumn, 8},
		{stateColumnKind, 4}, {textColumn, 1}, {stateColumnKind, 1}, {proseColumn, 1},
	}
	// withIDs are the steps where no table has room for the ids.
	withIDs = []step{
		{proseColumn, proseWidth}, {textColumn, 10}, {idColumn, 8}, {textColumn, 4}, {proseColumn, 8},
		{stateColumnKind, 4}, {textColumn, 1}, {stateColumnKind, 1}, {proseColumn, 1}, {idColumn, 1},
	}
	// besideID are the steps where the last column is an id that no line has room for.
	besideID = []step{{textColumn, 10}, {idColumn, 8}}
)

// fit returns the widths of columns on a terminal of this width; 0 is a terminal without
// an end. An id in the last column is never cut: half an id is of no use, and a terminal
// that breaks the line keeps it whole. Every other column keeps one at least, so a table
// of many columns may still be too wide for a very narrow terminal.
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

// narrow takes steps until the line fits, or there are no more.
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
