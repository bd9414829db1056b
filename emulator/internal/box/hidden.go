package box

import (
	"sort"

	gen "github.com/memberships-go/memberships/generated/box/server"
)

// hiddenBefore returns the number of hidden members before a position of the group's
// list. Hidden members are spread evenly over the list.
func (g *group) hiddenBefore(position int) int {
	all := g.members.Len() + g.hidden
	return sort.Search(g.hidden, func(i int) bool { return (2*i+1)*all/(2*g.hidden) >= position })
}

// entriesOf returns the entries in a window of a group's list. A hidden member occupies a
// position without an entry, so any page may have fewer entries than its limit.
func (s *server) entriesOf(g *group, w window) []gen.Membership {
	entries := []gen.Membership{}
	from := int(w.offset) - g.hiddenBefore(int(w.offset))
	until := int(w.offset+w.limit) - g.hiddenBefore(int(w.offset+w.limit))
	at := from
	for n, m := range g.members.From(from) {
		if at >= until {
			break
		}
		at++
		if !m.hidden {
			entries = append(entries, s.entry(g, n, m))
		}
	}
	return entries
}
