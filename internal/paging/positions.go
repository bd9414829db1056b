package paging

import "strconv"

// Positions turns cursors into positions and back.
type Positions struct {
	// Of returns the position that a cursor names, or false where a page cannot begin
	// one item earlier.
	Of func(cursor string) (int64, bool)
	At func(position int64) string
	// Known says that the provider documents its cursors as positions, so that a page
	// may be asked for before another one has named it.
	Known bool
}

// Offsets are positions in decimal digits.
var Offsets = &Positions{
	Of: func(cursor string) (int64, bool) {
		n, err := strconv.ParseInt(cursor, 10, 64)
		return n, err == nil && n >= 0
	},
	At:    func(position int64) string { return strconv.FormatInt(position, 10) },
	Known: true,
}

func (l *List[T]) position(cursor string) (int64, bool) {
	if l.shape.Positions == nil {
		return 0, false
	}
	return l.shape.Positions.Of(cursor)
}

// computed reports whether the cursors are ours: positions that a provider documents go
// up with every page, and come to an end by themselves.
func (l *List[T]) computed() bool { return l.shape.Positions != nil && l.shape.Positions.Known }

// dense reports whether n items take up all positions from one cursor to the next, so
// that the last of them stands right before the latter.
func (l *List[T]) dense(from, to string, n int) bool {
	end, ok := l.position(to)
	if !ok || n == 0 {
		return false
	}
	start, ok := l.position(from)
	return (ok || from == "") && end-start == int64(n)
}
