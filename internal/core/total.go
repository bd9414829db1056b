package core

// Totals has All tell total the size of the whole listing with every page that says it,
// from the goroutine that ranges. total may be nil. It returns r.
func (r *Run[P, T]) Totals(total func(int64)) *Run[P, T] {
	r.total = total
	return r
}

// tell passes on what a page says.
func (r *Run[P, T]) tell(total int64) {
	if r.total != nil && total >= 0 {
		r.total(total)
	}
}
