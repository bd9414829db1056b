package paging

// indexed is a page with the fingerprints of its items.
type indexed[T any] struct {
	*Page[T]
	// items are those of the page without the item of the overlap, and so are hashes and
	// repeats.
	items []T
	// print tells pages apart by their items.
	print hash
	// hashes are those of the keys, where items are compared across pages.
	hashes []hash
	// repeats marks items that the page had before; nil if there are none.
	repeats []bool
}

// trim takes the first n items off.
func (p *indexed[T]) trim(n int) { p.items, p.hashes = p.items[n:], p.hashes[n:] }

// index takes the fingerprints of a page's items. Where cursors are positions, items are
// compared across all pages, otherwise within the page.
func (l *List[T]) index(page *Page[T], overlap bool) *indexed[T] {
	got := &indexed[T]{Page: page, items: page.Items}
	var known *keyTable
	if l.shape.Positions == nil {
		known = newKeyTable(len(page.Items))
	} else {
		got.hashes = make([]hash, len(page.Items))
	}
	for i := range page.Items {
		key := l.source.Key(&page.Items[i])
		h := l.hash(key)
		if i > 0 || !overlap {
			got.print.add(h)
		}
		switch {
		case known == nil:
			got.hashes[i] = h
		case known.has(h, i, func(j int) bool { return l.source.Key(&page.Items[j]) == key }):
			if got.repeats == nil {
				got.repeats = make([]bool, len(page.Items))
			}
			got.repeats[i] = true
		}
	}
	return got
}
