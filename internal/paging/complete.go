package paging

import (
	"fmt"

	"github.com/memberships-go/memberships"
)

// complete compares the items of a finished scan with the last total of a Counted listing.
// It reports whether the listing moved: as many items came as the total says, but some of
// them twice, and others are missing.
func (p *scan[T]) complete() (moved bool, _ error) {
	l, c := p.list, p.progress
	switch {
	case !l.shape.Counted || p.lastTotal < 0:
		return false, nil
	case p.rows < p.lastTotal:
		return p.reread(p.lastTotal)
	}
	return c.known != nil && c.yielded < p.lastTotal, nil
}

// exceedsTotal reports whether more items came than the page's total says. It is false for
// computed cursors: the total of a page that was fetched in parallel may be older than its
// last member.
func (p *scan[T]) exceedsTotal() bool {
	return p.list.shape.Counted && !p.list.shape.computed() && p.total >= 0 && p.rows > p.total
}

// reachesTotal reports whether the items so far are as many as the total of the last page
// says, so that no page is left to request. Computed cursors need no such end: their
// listing ends by position.
func (p *scan[T]) reachesTotal() bool {
	return p.list.shape.Counted && !p.list.shape.computed() && p.total >= 0 && p.rows == p.total
}

// reread restarts a listing whose items do not match its total. The second mismatch is an
// error.
func (p *scan[T]) reread(total int64) (moved bool, _ error) {
	if p.progress.reread {
		return false, p.list.source.Fail(memberships.ErrMalformed, fmt.Errorf("the listing has %d items of %d", p.rows, total))
	}
	p.progress.reread = true
	return true, nil
}
