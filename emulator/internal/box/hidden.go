package box

import (
	"sort"

	gen "github.com/memberships-go/memberships/generated/box/server"
)

// hiddenBefore is how many of a group's unseen members are before a position of its
// list. They are spread evenly, so that every long page lacks some.
func (g *group) hiddenBefore(position int) int {
	all := g.members.Len() + g.hidden
	return sort.Search(g.hidden, func(i int) bool { return (2*i+1)*all/(2*g.hidden) >= position })
}

// entriesOf are the entries in a window of a group's list. A place of somebody unseen or
// hidden is taken and empty, so a page may have fewer entries than its limit before the
// last.
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
