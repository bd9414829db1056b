package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// sight is the extent of a snapshot: the lack of a row proves something within it alone.
type sight struct {
	places    map[place]bool
	providers map[string]bool
	hidden    gaps
	scope     gaps
	invited   gaps // those of the scope that leave out invitations
}

// gaps are the groups and the providers that gaps concern.
type gaps struct {
	groups    map[memberships.Group]bool
	providers map[string]bool
	all       bool
}

// viewOf returns the sight of a snapshot. A provider of either snapshot may stand at the
// beginning of a gap.
func viewOf(s, other *snapshot.Snapshot) sight {
	v := sight{places: map[place]bool{}, providers: map[string]bool{}}
	known := map[string]bool{}
	for i := range s.Rows {
		v.places[placeOf(&s.Rows[i])] = true
		v.providers[s.Rows[i].Provider] = true
		known[s.Rows[i].Provider] = true
	}
	for i := range other.Rows {
		known[other.Rows[i].Provider] = true
	}
	for _, g := range s.Coverage.Gaps {
		switch {
		case g.Level != memberships.GapScope:
			v.hidden.add(g, known)
		case g.Code == memberships.GapInvitations:
			v.invited.add(g, known)
		default:
			v.scope.add(g, known)
		}
	}
	return v
}

func (s *gaps) add(g memberships.Gap, known map[string]bool) {
	provider := providerOf(g, known)
	switch {
	case g.Group.ID != "":
		if s.groups == nil {
			s.groups = map[memberships.Group]bool{}
		}
		s.groups[keyOf(g.Group)] = true
	case provider != "":
		if s.providers == nil {
			s.providers = map[string]bool{}
		}
		s.providers[provider] = true
	default:
		s.all = true
	}
}

// providerOf returns the known provider at the beginning of a gap's text, empty if the gap
// names none.
func providerOf(g memberships.Gap, known map[string]bool) string {
	best := ""
	for name := range known {
		rest, ok := strings.CutPrefix(g.Text, name)
		if next, _ := utf8.DecodeRuneInString(rest); ok && len(name) > len(best) && !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			best = name
		}
	}
	return best
}

// concern reports whether a gap may hold a row of a group.
func (s *gaps) concern(p place) bool {
	return s.all || s.providers[p.provider] || s.groups[memberships.Group{Kind: p.kind, ID: p.id}]
}

// proves reports whether the lack of m in the snapshot proves that m was not there. A gap of
// the scope may hold a whole group, and never a part of a group that was listed.
func (s *sight) proves(m *memberships.Membership) bool {
	p := placeOf(m)
	switch {
	case !s.providers[p.provider], s.hidden.concern(p):
		return false
	case m.State == memberships.StateInvited && s.invited.concern(p):
		return false
	}
	return s.places[p] || !s.scope.concern(p)
}
