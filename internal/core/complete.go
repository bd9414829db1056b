package core

import (
	"fmt"

	"github.com/memberships-go/memberships"
)

// complete holds the end of a pass against the total that the provider told last, where
// the provider counts what it shows. One that has all rows but some of them twice has
// moved: somebody's place was taken.
func (r *Run[P, T]) complete(c *progress, rows, total int64) (again bool, _ error) {
	switch {
	case !r.counted || total < 0:
		return false, nil
	case rows < total:
		return r.again(c, rows, total)
	}
	return c.known != nil && r.start+c.yielded < total, nil
}

// beyond reports whether a page goes on behind the total that it tells. It does not ask
// that where pages are asked for by position up to the total: one of them may have been
// counted before somebody came.
func (r *Run[P, T]) beyond(rows, total int64) bool {
	return r.counted && !r.computed() && total >= 0 && rows > total
}

// again has a listing that does not fit its total read once more, as any answer that
// makes no sense is asked for again. The second time it is an error.
func (r *Run[P, T]) again(c *progress, rows, total int64) (bool, error) {
	if c.reread {
		return false, r.failed(memberships.ErrMalformed, fmt.Errorf("the listing has %d items of %d", rows, total))
	}
	c.reread = true
	return true, nil
}

// empties counts pages without items that follow one another.
type empties int

// see is told of each page that has another one behind it.
func (n *empties) see(items int) bool {
	if *n++; items > 0 {
		*n = 0
	}
	return *n <= memberships.MaxEmptyPages
}

// Trail follows pages for those who do not range over a Run. Its zero value is ready.
type Trail struct {
	seen  map[string]bool
	empty empties
}

// Step is told how many items a page had and the token of the page behind it. Its error
// says that the pages lead nowhere.
func (t *Trail) Step(v *Vendor, op memberships.Operation, items int, next string) error {
	switch {
	case next == "":
		return nil
	case t.seen[next]:
		return v.Fail(op, memberships.ErrMalformed, cycleText)
	case !t.empty.see(items):
		return v.Fail(op, memberships.ErrMalformed, emptyText)
	case t.seen == nil:
		t.seen = map[string]bool{}
	}
	t.seen[next] = true
	return nil
}

const cycleText = "the listing came back to a page it had already shown"

var emptyText = fmt.Sprintf("more than %d pages without items followed one another", memberships.MaxEmptyPages)
