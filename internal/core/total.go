package core

// Totals has All tell total the size of the whole listing with every page that says it,
// from the goroutine that ranges. total may be nil. It returns r.
func (r *Run[P, T]) Totals(total func(int64)) *Run[P, T] {
	r.total = total
	return r
}

// Shown has All keep in n how many items came since the listing began, or began again as
// it had moved: what All yields holds those as well who have left by then. It returns r.
func (r *Run[P, T]) Shown(n *int64) *Run[P, T] {
	r.shown = n
	return r
}

// show adds the items of a page to those that came.
func (r *Run[P, T]) show(items int, first bool) {
	switch {
	case r.shown == nil:
	case first:
		*r.shown = int64(items)
	default:
		*r.shown += int64(items)
	}
}

// tell passes on what a page says.
func (r *Run[P, T]) tell(total int64) {
	if r.total != nil && total >= 0 {
		r.total(total)
	}
}
