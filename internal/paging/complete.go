package paging

import (
	"fmt"

	"github.com/memberships-go/memberships"
)

// complete compares the end of a pass with the last total, where the provider counts the
// items that it shows. It reports whether the listing moved: all rows came, but some of
// them twice, so that another item is missing.
func (p *pass[T]) complete() (moved bool, _ error) {
	l, c := p.list, p.progress
	switch {
	case !l.shape.Counted || p.lastTotal < 0:
		return false, nil
	case p.rows < p.lastTotal:
		return p.reread(p.lastTotal)
	}
	return c.known != nil && c.yielded < p.lastTotal, nil
}

// beyond reports whether more items came than the page's total announces. It leaves out
// computed cursors: a page that was fetched in parallel may have been counted before a
// member came.
func (p *pass[T]) beyond() bool {
	return p.list.shape.Counted && !p.list.computed() && p.total >= 0 && p.rows > p.total
}

// reread starts a listing again whose items do not fit its total. The second time it is
// an error.
func (p *pass[T]) reread(total int64) (moved bool, _ error) {
	if p.progress.reread {
		return false, p.list.source.Fail(memberships.ErrMalformed, fmt.Errorf("the listing has %d items of %d", p.rows, total))
	}
	p.progress.reread = true
	return true, nil
}
