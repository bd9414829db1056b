package decode

// List reads an array: nil for null, and never nil otherwise. each reads one element. prev
// is the element before, or the first element itself.
func List[T any](r *Reader, p int, each func(v *T, r *Reader, p int, prev *T) int) (list []T, next int) {
	start, ok := r.into(p, '[')
	if !ok {
		return nil, start
	}
	outer := r.listed
	r.listed = true
	list = []T{}
	p, ok = r.elem(start, true)
	for ok {
		n := len(list)
		if n == cap(list) {
			grown := make([]T, n, r.capacity(n, p, start, outer))
			copy(grown, list)
			list = grown
		}
		list = list[:n+1]
		p, ok = r.elem(each(&list[n], r, p, &list[max(n-1, 0)]), false)
	}
	r.listed = outer
	return list, p
}

// capacity returns the number of elements to allocate after n elements, whose bytes are from
// start to p. It is the estimate for the rest of the document, and at most the number of
// items requested. If that is unknown, the estimate starts after a few elements, and is at
// most a multiple of n: short first elements would make it too large.
func (r *Reader) capacity(n, p, start int, nested bool) int {
	const few, many = 16, 1024
	if n == 0 || nested {
		return 2*n + 1
	}
	rest := (len(r.buf)-p)*17/16/max((p-start)/n, 1) + 1
	if n < r.items {
		return min(n+rest, r.items)
	}
	if n < few {
		return n + min(rest, few)
	}
	return n + min(rest, max(many, 16*n))
}

// Strings reads an array of strings into v; see List. It reuses the strings of the slot's
// last array if the bytes are equal.
func (r *Reader) Strings(p, slot int, v *[]string) (next int) {
	if same, next := r.Same(p, slot); same != nil {
		*v = r.arena.strings(*same.(*[]string))
		return next
	}
	mark := p
	p, ok := r.into(p, '[')
	if !ok {
		return p
	}
	first := len(r.words)
	for p, ok = r.elem(p, true); ok; p, ok = r.elem(p, false) {
		var s string
		s, p = r.String(p, "")
		r.words = append(r.words, s)
	}
	*v = r.arena.strings(r.words[first:])
	r.words = r.words[:first]
	r.Keep(mark, p, slot, v)
	return p
}

// Map reads an object with any names. each reads the value of a member.
func Map[V any](r *Reader, p int, each func(r *Reader, p int) (V, int)) (m map[string]V, next int) {
	p, ok := r.into(p, '{')
	if !ok {
		return nil, p
	}
	m = map[string]V{}
	key, p, ok := r.key(p, true)
	for ok {
		name := r.arena.string(key, len(r.buf)-p)
		if _, twice := m[name]; twice {
			return m, r.bad(p)
		}
		m[name], p = each(r, p)
		key, p, ok = r.key(p, false)
	}
	return m, p
}
