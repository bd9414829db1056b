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

// table holds rows by id in PubNub's order, which ignores case and punctuation. The ids
// of generated rows, which take no memory, must ascend.
type table[M any] struct {
	roster seed.Roster[string, M]
	own    []string // ids that are not generated, in order
}

func (t *table[M]) Len() int                { return t.roster.Len() }
func (t *table[M]) Get(id string) (M, bool) { return t.roster.Get(id) }

// Generate adds count generated rows to an empty table.
func (t *table[M]) Generate(count int, at func(i int) (string, M), index func(string) (int, bool)) {
	t.roster.Generate(count, at, index)
}

// Put changes or adds a row.
func (t *table[M]) Put(id string, m M) {
	if t.roster.Put(id, m) {
		i, _ := slices.BinarySearchFunc(t.own, id, collate)
		t.own = slices.Insert(t.own, i, id)
	}
}

// Delete removes a row if it exists.
func (t *table[M]) Delete(id string) {
	if t.roster.Delete(id) {
		if i, own := slices.BinarySearchFunc(t.own, id, collate); own {
			t.own = slices.Delete(t.own, i, i+1)
		}
	}
}

// rank returns the number of generated rows before an id.
func (t *table[M]) rank(id string) int {
	return sort.Search(t.Len()-len(t.own), func(i int) bool {
		for other := range t.roster.From(i) {
			return collate(other, id) > 0
		}
		return true
	})
}

// From yields the rows in order from position start on. It merges the table's own rows
// with the generated ones.
func (t *table[M]) From(start int) iter.Seq2[string, M] {
	return func(yield func(string, M) bool) {
		// own[i] is at position i+rank; the other rows before start are generated.
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

// collate compares ids as PubNub does: by letters and digits ignoring case, then by all
// characters.
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
