package core

import (
	"context"
	"iter"
)

// Telling is a Run whose ranges tell the size of the whole listing.
type Telling[P, T any] struct {
	run   *Run[P, T]
	total func(int64)
	shown *int64
}

// Totals returns r with ranges that tell total the size of the whole listing with every
// page that says it, from the goroutine that ranges. total may be nil. r stays as it is,
// since other goroutines may range over it.
func (r *Run[P, T]) Totals(total func(int64)) Telling[P, T] {
	return Telling[P, T]{run: r, total: total}
}

// Shown returns t with a range that keeps in n how many items came since the listing
// began, or began again as it had moved: a range yields those as well who have left by then.
func (t Telling[P, T]) Shown(n *int64) Telling[P, T] {
	t.shown = n
	return t
}

// All is that of the Run.
func (t Telling[P, T]) All(ctx context.Context) iter.Seq2[*T, error] {
	return t.run.all(ctx, t)
}

// progress is how much of a listing has come, over all passes of one range.
type progress struct {
	tell  func(int64)
	shown *int64 // see Telling.Shown
	known *seen  // those who were yielded; nil where nobody comes twice
	// yielded is how many known has, reread whether a pass has come short before.
	yielded int64
	reread  bool
}

// told passes on what a page says.
func (c *progress) told(total int64) {
	if c.tell != nil && total >= 0 {
		c.tell(total)
	}
}

// show counts the items of a page among those that came.
func (c *progress) show(items int, first bool) {
	switch {
	case c.shown == nil:
	case first:
		*c.shown = int64(items)
	default:
		*c.shown += int64(items)
	}
}

// add puts one in, and reports whether it is to be yielded.
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
