package decode

// List reads an array: nil for null, and never nil otherwise. each reads one element;
// prev is the element before, and the first one's own.
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
			grown := make([]T, n, r.room(n, p, start, outer))
			copy(grown, list)
			list = grown
		}
		list = list[:n+1]
		p, ok = r.elem(each(&list[n], r, p, &list[max(n-1, 0)]), false)
	}
	r.listed = outer
	return list, p
}

// room is how many elements to have room for when n have been read, which take the bytes
// from start to p. In a page that is as many as the rest of it holds, and no more than it
// was asked for; where nobody knows that, once a few have shown how long they are. One
// that lies about that, with short first elements, does not get more than a multiple of
// what it has shown.
func (r *Reader) room(n, p, start int, nested bool) int {
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

// Strings reads an array of strings into v; see List. Where its bytes are those of the
// array that was read into the slot before, its strings are the same ones.
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

// Map reads an object with any names. each reads a member's value.
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
