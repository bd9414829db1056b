package seed

import (
	"iter"
	"slices"
)

// Roster holds the members of one group in order of arrival. Generated members behave
// like all others and take no memory until they change. The order is: members put before
// Generate, generated members, members put after it.
type Roster[K comparable, M any] struct {
	head, tail []K
	own        map[K]M // members of head and tail

	count   int
	at      func(i int) (K, M)
	index   func(K) (int, bool)
	changed map[K]M
	gone    []int // sorted positions of removed generated members
}

// Generate appends count generated members. at returns the i-th key and member; index
// returns the position of a key.
func (r *Roster[K, M]) Generate(count int, at func(i int) (K, M), index func(K) (int, bool)) {
	r.head, r.tail = append(r.head, r.tail...), nil
	r.count, r.at, r.index = count, at, index
}

// Len returns the number of members.
func (r *Roster[K, M]) Len() int {
	return len(r.head) + r.count - len(r.gone) + len(r.tail)
}

// generated returns the position of k and whether k is a generated member that was not
// removed.
func (r *Roster[K, M]) generated(k K) (int, bool) {
	if r.index == nil {
		return 0, false
	}
	i, ok := r.index(k)
	if !ok || i < 0 || i >= r.count {
		return 0, false
	}
	_, gone := slices.BinarySearch(r.gone, i)
	return i, !gone
}

// Get returns the member with key k.
func (r *Roster[K, M]) Get(k K) (M, bool) {
	if m, ok := r.own[k]; ok {
		return m, true
	}
	var zero M
	i, ok := r.generated(k)
	if !ok {
		return zero, false
	}
	if m, ok := r.changed[k]; ok {
		return m, true
	}
	_, m := r.at(i)
	return m, true
}

// Put sets the member with key k, appends it if it is new, and reports whether it was
// appended.
func (r *Roster[K, M]) Put(k K, m M) (added bool) {
	if _, ok := r.own[k]; ok {
		r.own[k] = m
		return false
	}
	if _, ok := r.generated(k); ok {
		if r.changed == nil {
			r.changed = map[K]M{}
		}
		r.changed[k] = m
		return false
	}
	if r.own == nil {
		r.own = map[K]M{}
	}
	r.own[k] = m
	r.tail = append(r.tail, k)
	return true
}

// Delete removes the member with key k and reports whether there was one.
func (r *Roster[K, M]) Delete(k K) bool {
	if _, ok := r.own[k]; ok {
		delete(r.own, k)
		r.head = without(r.head, k)
		r.tail = without(r.tail, k)
		return true
	}
	i, ok := r.generated(k)
	if !ok {
		return false
	}
	delete(r.changed, k)
	at, _ := slices.BinarySearch(r.gone, i)
	r.gone = slices.Insert(r.gone, at, i)
	return true
}

func without[K comparable](s []K, k K) []K {
	if i := slices.Index(s, k); i >= 0 {
		return slices.Delete(s, i, i+1)
	}
	return s
}

// From yields the members in order, beginning at position start.
func (r *Roster[K, M]) From(start int) iter.Seq2[K, M] {
	return func(yield func(K, M) bool) {
		for ; start < len(r.head); start++ {
			if k := r.head[start]; !yield(k, r.own[k]) {
				return
			}
		}
		for i := r.skipGone(start - len(r.head)); i < r.count; i++ {
			if _, gone := slices.BinarySearch(r.gone, i); gone {
				continue
			}
			k, m := r.at(i)
			if c, ok := r.changed[k]; ok {
				m = c
			}
			if !yield(k, m) {
				return
			}
		}
		for i := max(0, start-len(r.head)-(r.count-len(r.gone))); i < len(r.tail); i++ {
			if k := r.tail[i]; !yield(k, r.own[k]) {
				return
			}
		}
	}
}

// skipGone converts an index among the remaining generated members into a position among
// all of them.
func (r *Roster[K, M]) skipGone(n int) int {
	for _, g := range r.gone {
		if g > n {
			break
		}
		n++
	}
	return n
}

// All yields every member in order.
func (r *Roster[K, M]) All() iter.Seq2[K, M] { return r.From(0) }
