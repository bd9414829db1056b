package paging

// indexed is a page with the fingerprints of its items.
type indexed[T any] struct {
	*Page[T]
	// items, hashes and repeats leave out the item of the overlap.
	items []T
	// fingerprint is the hash of the keys of items, and whole that of all keys.
	fingerprint, whole hash
	// hashes are the hashes of the keys; nil if the listing has this page alone.
	hashes []hash
	// repeats marks items whose key an earlier item has, on this page or across pages; nil if
	// there are none.
	repeats []bool
}

// trim drops the first n items.
func (p *indexed[T]) trim(n int) { p.items, p.hashes = p.items[n:], p.hashes[n:] }

// index returns the page that answers r with fingerprints. A page without others is compared
// here; the others are compared with those before them.
func (l *List[T]) index(page *Page[T], r Request) *indexed[T] {
	got := &indexed[T]{Page: page, items: page.Items}
	var known *pageKeys
	if l.shape.Positions == nil && r.Cursor == "" && page.Next == "" {
		known = newPageKeys(len(page.Items))
	} else {
		got.hashes = make([]hash, len(page.Items))
	}
	for i := range page.Items {
		key := l.source.Key(&page.Items[i])
		h := l.seeds.hash(key)
		got.whole.add(h)
		if i > 0 || !r.Overlap {
			got.fingerprint.add(h)
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
