package paging

// window is the set of the last members of a listing: of all up to mostInWindow, and of at
// least that many in a longer listing. Its memory does not grow with the listing.
type window struct{ last, before set }

// mostInWindow is the number of members of the largest pages several times over: members move
// between pages that follow one another.
const mostInWindow = 4 << 10

// addPage adds the members of a page. It marks members that the window had before, and
// returns nil if all are new.
func (w *window) addPage(page []hash) (known []bool) {
	if w.last.few.n+len(page) > mostInWindow {
		w.before.few.clear()
		w.before, w.last = w.last, w.before
	}
	known = w.last.addPage(page)
	for i, h := range page {
		if !w.before.has(h) {
			continue
		}
		if known == nil {
			known = make([]bool, len(page))
		}
		known[i] = true
	}
	return known
}
