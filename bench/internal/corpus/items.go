package corpus

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Item is one of a provider's members as JSON, with the places where a member's own
// number stands.
type Item struct {
	text   []byte
	places []int
	// id, role and user are as long as what a client reads there.
	id, role, user int
}

// digits is how long a member's number is, with zeros before it.
const digits = 10

// mark stands in the texts below for the number of a member or of its group.
const mark = "{number...}"

// Items returns what the members of a provider look like; member i is of the i-th kind,
// over and over.
func Items(provider string) []Item {
	items := make([]Item, len(people))
	for i, p := range people {
		items[i] = newItem(shapes[provider](p))
	}
	return items
}

// Append appends member i of g to page.
func (it *Item) Append(page []byte, g Group, i int) []byte {
	start := len(page)
	page = append(page, it.text...)
	n := scatter(g.number(i))
	var number [digits]byte
	for d := digits - 1; d >= 0; d-- {
		number[d] = byte('0' + n%10)
		n /= 10
	}
	for _, at := range it.places {
		copy(page[start+at:], number[:])
	}
	return page
}

// scatter maps the numbers of up to ten digits to each other. Without it a compressed page
// would be much shorter than a provider's, whose ids have no order.
func scatter(n int) int { return n * 618_033_989 % 10_000_000_000 }

// Want is what a client that reads groups to their end has seen.
func Want(provider string, groups []Group) Tally {
	items := Items(provider)
	var t Tally
	for _, g := range groups {
		for i := range g.Size {
			it := &items[i%len(items)]
			t.Members++
			t.Text += int64(it.id + it.role + it.user)
		}
	}
	return t
}

// member is a member's JSON and what a client is to read in it.
type member struct{ text, id, role, user string }

func newItem(m member) Item {
	it := Item{id: length(m.id), role: length(m.role), user: length(m.user)}
	for rest := m.text; ; {
		before, after, found := strings.Cut(rest, mark)
		it.text = append(it.text, before...)
		if !found {
			return it
		}
		it.places = append(it.places, len(it.text))
		it.text = append(it.text, strings.Repeat("0", digits)...)
		rest = after
	}
}

func length(s string) int {
	return len(strings.ReplaceAll(s, mark, strings.Repeat("0", digits)))
}

// person is what differs between members besides their number.
type person struct {
	first, last string
	role        int // 0 is the one of most members
	hour        int
}

func (p person) name() string { return p.first + " " + p.last }

func (p person) email() string {
	ascii := strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(p.first+p.last))
	return ascii + "." + mark + "@example.com"
}

// people has names of several lengths and scripts, and a few administrators.
var people = func() []person {
	first := []string{"Ada", "Grace", "Zoë", "Jean-Luc", "Mary Ann", "Ivo", "Søren", "Katherine"}
	last := []string{"Lovelace", "Hopper", "O’Neill", "Brontë", "van der Berg", "Li", "Johnson", "Ångström"}
	var all []person
	for i := range len(first) * len(last) {
		p := person{first: first[i%len(first)], last: last[(i+i/len(first))%len(last)], hour: i % 24}
		if i%16 == 5 {
			p.role = 1
		}
		all = append(all, p)
	}
	return all
}()

// quoted is s as JSON.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("%q is no text: %v", s, err))
	}
	return string(b)
}
