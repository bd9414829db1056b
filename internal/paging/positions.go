package paging

import "strconv"

// Positions converts cursors into positions and back.
type Positions struct {
	// Of returns the position of a cursor, and false if a page cannot begin one item before
	// it.
	Of func(cursor string) (int64, bool)
	// At returns the cursor of a position.
	At func(position int64) string
	// Known marks cursors that the provider documents as positions: a page may be fetched
	// before another page has named its cursor.
	Known bool
}

// Offsets are documented positions in decimal digits.
var Offsets = &Positions{
	Of: func(cursor string) (int64, bool) {
		n, err := strconv.ParseInt(cursor, 10, 64)
		return n, err == nil && n >= 0
	},
	At:    func(position int64) string { return strconv.FormatInt(position, 10) },
	Known: true,
}

func (s *Shape) position(cursor string) (int64, bool) {
	if s.Positions == nil {
		return 0, false
	}
	return s.Positions.Of(cursor)
}

// computed reports whether cursors are documented positions. They grow with every page, so
// that they cannot loop.
func (s *Shape) computed() bool { return s.Positions != nil && s.Positions.Known }

// contiguous reports whether n items fill all positions between two cursors: the last item
// stands right before the second cursor.
func (s *Shape) contiguous(from, to string, n int) bool {
	end, ok := s.position(to)
	if !ok || n == 0 {
		return false
	}
	start, ok := s.position(from)
	return (ok || from == "") && end-start == int64(n)
}
