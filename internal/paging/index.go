package paging

// indexed is a page with the fingerprints of its items.
type indexed[T any] struct {
	*Page[T]
	// items, hashes and repeats leave out the item of the overlap.
	items []T
	// fingerprint is the hash of the keys of items, and whole that of all keys.
	fingerprint, whole hash
	// hashes are the hashes of the keys.
	hashes []hash
	// repeats marks items whose key an earlier item has, on this page or across pages; nil if
	// there are none.
	repeats []bool
}

// trim drops the first n items.
func (p *indexed[T]) trim(n int) { p.items, p.hashes = p.items[n:], p.hashes[n:] }

// index returns a page with fingerprints, and marks the repeats within it if cursors are no
// positions.
func (l *List[T]) index(page *Page[T], overlap bool) *indexed[T] {
	got := &indexed[T]{Page: page, items: page.Items, hashes: make([]hash, len(page.Items))}
	var known *pageKeys
	if l.shape.Positions == nil {
		known = newPageKeys(len(page.Items))
	}
	for i := range page.Items {
		key := l.source.Key(&page.Items[i])
		h := l.hash(key)
		got.whole.add(h)
		if i > 0 || !overlap {
			got.fingerprint.add(h)
		}
		got.hashes[i] = h
		if known != nil && known.has(h, i, func(j int) bool { return l.source.Key(&page.Items[j]) == key }) {
			if got.repeats == nil {
				got.repeats = make([]bool, len(page.Items))
			}
			got.repeats[i] = true
		}
	}
	return got
}
