package pubnub

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// table is rows by id in the order that the service lists them in: that of a database
// which ignores case and punctuation. Generated rows, whose ids must ascend, take no memory.
type table[M any] struct {
	roster seed.Roster[string, M]
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

// From yields the rows from position start on: between two of the table's own, those
// generated ones that belong there.
func (t *table[M]) From(start int) iter.Seq2[string, M] {
	return func(yield func(string, M) bool) {
		// own[i] is at position i+rank. What is before start and is not own is generated.
		i := sort.Search(len(t.own), func(i int) bool { return i+t.rank(t.own[i]) >= start })
		for at := start - i; ; i++ {
			until := t.Len() - len(t.own)
			if i < len(t.own) {
				until = t.rank(t.own[i])
			}
			for id, m := range t.roster.From(at) {
				if at >= until {
					break
				}
				if !yield(id, m) {
					return
				}
				at++
			}
			if i >= len(t.own) {
				return
			}
			if m, _ := t.roster.Get(t.own[i]); !yield(t.own[i], m) {
				return
			}
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
