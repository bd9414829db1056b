package paging

import (
	"errors"

	"github.com/memberships-go/memberships"
)

// clash is a page that does not begin with the item of its overlap.
type clash struct {
	request Request
	// read is the hash of all pages before, before that of the last one of them, and page
	// that of the page itself.
	read, before, page hash
}

// clashesAgain reports whether a page clashes with the pages before it exactly as in the scan
// before. A listing that moves between the same two pages in every scan, and back in between,
// is less likely than a server that does not begin a page at any position. The next page then
// comes without an overlap, and fixedPages compares it.
func (p *scan[T]) clashesAgain(got *indexed[T]) bool {
	if !p.request.Overlap {
		return false
	}
	last, now := p.progress.clash, clash{p.request, p.read, p.whole, got.whole}
	p.progress.clash = &now
	if last == nil || *last != now {
		return false
	}
	p.probe = &now
	return true
}

// fixedPages reports whether a page after a repeated clash shows that the server has fixed
// pages, as a server of recorded traffic has: it answers the position of the overlap with
// this page, or with the page before. The other pages then have no overlap. fixedPages is
// true for any other page.
func (p *scan[T]) fixedPages(got *indexed[T]) bool {
	c := p.probe
	if c == nil {
		return true
	}
	p.probe = nil
	p.progress.fixed = c.page == got.whole || c.page == c.before
	return p.progress.fixed
}

// refusesOverlap reports whether the server has nothing at the position of an overlap, and
// records that it has fixed pages. The page without an overlap tells if the listing is gone.
func (p *scan[T]) refusesOverlap(err error) bool {
	if !p.request.Overlap || !errors.Is(err, memberships.ErrNotFound) {
		return false
	}
	p.progress.fixed = true
	return true
}
