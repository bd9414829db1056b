package paging

// Shape describes the paging of a listing.
type Shape struct {
	// Size is the page size to ask for, up to MaxSize.
	Size, MaxSize int
	// SizeAt returns the page size to ask for at a cursor instead of size. It may be nil.
	SizeAt func(cursor string, size int) int
	// Limit returns an error for a cursor that the provider does not list from. It may be
	// nil.
	Limit func(cursor string) error
	// Positions is set if cursors are positions, which shift when members come or go.
	Positions *Positions
	// Counted marks a total that counts exactly the items listed: fewer items are an
	// incomplete listing, and as many end it. Some providers also count items that they
	// leave out.
	Counted bool
	// Parallel is the largest number of pages in flight. NoPrefetch fetches a page only
	// when the caller asks for its first item.
	Parallel   int
	NoPrefetch bool
}

// at returns the request of the page at a cursor.
func (s *Shape) at(cursor string) Request {
	return s.sized(Request{Cursor: cursor, Size: s.Size})
}

// after returns the request of the page at a cursor. last is the key of the item right
// before the cursor, "" if unknown; the request overlaps with a known one.
func (s *Shape) after(cursor, last string) Request {
	if at, ok := s.position(cursor); ok && at > 0 && last != "" {
		return s.sized(Request{s.Positions.At(at - 1), min(s.Size+1, s.MaxSize), true})
	}
	return s.at(cursor)
}

// guessNext returns the request of the page after a full page of r. It reports false if r
// reaches the total, or if the next page cannot overlap.
func (s *Shape) guessNext(r Request, total int64) (Request, bool) {
	at, ok := s.position(r.Cursor)
	end := at + int64(r.Size)
	if !ok || end >= total {
		return Request{}, false
	}
	next := s.after(s.Positions.At(end), "any")
	return next, next.Overlap
}

func (s *Shape) sized(r Request) Request {
	if s.SizeAt != nil {
		r.Size = s.SizeAt(r.Cursor, r.Size)
	}
	return r
}

// parallel returns the largest number of pages in flight.
func (s *Shape) parallel() int { return max(s.Parallel, 1) }
