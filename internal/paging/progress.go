package paging

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
)

// Observed is a List whose ranges report the size of the whole listing.
type Observed[T any] struct {
	list  *List[T]
	total func(memberships.Total)
	shown *int64
}

// Totals returns l with ranges that call total with the size of the whole listing at every
// page that states it, from the goroutine that ranges. total may be nil. l stays as it is,
// since other goroutines may range over it.
func (l *List[T]) Totals(total func(memberships.Total)) Observed[T] {
	return Observed[T]{list: l, total: total}
}

// Shown returns o with a range that keeps in n how many items came since the listing
// began, or began again after it moved: a range also yields items that are gone by then.
func (o Observed[T]) Shown(n *int64) Observed[T] {
	o.shown = n
	return o
}

// All is that of the List.
func (o Observed[T]) All(ctx context.Context) iter.Seq2[*T, error] { return o.list.all(ctx, o) }

// progress is how much of a listing came, over all passes of one range.
type progress struct {
	total func(memberships.Total)
	shown *int64 // see Observed.Shown
	known *set   // the items that were yielded; nil where no item comes twice
	// yielded is the size of known, reread whether a pass came short before.
	yielded int64
	reread  bool
}

// tell reports the total of a page.
func (c *progress) tell(total int64) {
	if c.total != nil && total >= 0 {
		c.total(memberships.TotalOf(total))
	}
}

// show counts the items of a page.
func (c *progress) show(items int, first bool) {
	switch {
	case c.shown == nil:
	case first:
		*c.shown = int64(items)
	default:
		*c.shown += int64(items)
	}
}

// add notes an item, and reports whether it is to be yielded.
func (c *progress) add(h hash) bool {
	if c.known == nil {
		return true
	}
	if !c.known.add(h) {
		return false
	}
	c.yielded++
	return true
}
