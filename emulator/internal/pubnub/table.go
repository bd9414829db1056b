package pubnub

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/memberships-go/memberships/emulator/internal/kit"
)

// table is rows by id in the order that the service lists them in: that of a database
// which ignores case and punctuation. Generated rows, whose ids must ascend, take no memory.
type table[M any] struct {
	roster kit.Roster[string, M]
	own    []string // the ids that are not generated, in order
}

func (t *table[M]) Len() int                { return t.roster.Len() }
func (t *table[M]) Get(id string) (M, bool) { return t.roster.Get(id) }

// Generate makes the first rows of an empty table.
func (t *table[M]) Generate(count int, at func(i int) (string, M), index func(string) (int, bool)) {
	t.roster.Generate(count, at, index)
}

// Put changes a row, or adds it.
func (t *table[M]) Put(id string, m M) {
	if t.roster.Put(id, m) {
		i, _ := slices.BinarySearchFunc(t.own, id, collate)
		t.own = slices.Insert(t.own, i, id)
	}
}

// Delete removes a row if it is there.
func (t *table[M]) Delete(id string) {
	if t.roster.Delete(id) {
		if i, own := slices.BinarySearchFunc(t.own, id, collate); own {
			t.own = slices.Delete(t.own, i, i+1)
		}
	}
}

// rank is how many generated rows come before an id.
func (t *table[M]) rank(id string) int {
	return sort.Search(t.Len()-len(t.own), func(i int) bool {
		for other := range t.roster.From(i) {
			return collate(other, id) > 0
		}
		return true
	})
}

// From yields the rows from position start on.
func (t *table[M]) From(start int) iter.Seq2[string, M] {
	return func(yield func(string, M) bool) {
		// own[i] is at position i+rank: the first i that is not before start, the rest of
		// what is before it is generated.
		i := sort.Search(len(t.own), func(i int) bool { return i+t.rank(t.own[i]) >= start })
		left := t.Len() - len(t.own) - (start - i)
		next, stop := iter.Pull2(t.roster.From(start - i))
		defer stop()
		id, m, more := next()
		for left > 0 || i < len(t.own) {
			if left <= 0 || !more || i < len(t.own) && collate(t.own[i], id) < 0 {
				if i == len(t.own) {
					return
				}
				own, _ := t.roster.Get(t.own[i])
				if !yield(t.own[i], own) {
					return
				}
				i++
				continue
			}
			if !yield(id, m) {
				return
			}
			left--
			id, m, more = next()
		}
	}
}

// collate compares as the service's database does: by letters and digits in any case,
// and only then by what else there is.
func collate(a, b string) int {
	return cmp.Or(strings.Compare(letters(a), letters(b)), strings.Compare(a, b))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
