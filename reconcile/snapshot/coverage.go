package snapshot

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// coverage is the coverage of a snapshot by provider and group. A gap without a provider
// concerns all of them, and has the provider "" here.
type coverage struct {
	all    []memberships.Gap
	group  map[groupRef]memberships.Gap // hidden parts of a group
	whole  map[string]memberships.Gap   // hidden parts of a provider
	scopes map[string]memberships.Gap   // groups outside of the scope
}

func newCoverage(s *Snapshot) coverage {
	c := coverage{
		all: s.Coverage.Gaps, group: map[groupRef]memberships.Gap{},
		whole: map[string]memberships.Gap{}, scopes: map[string]memberships.Gap{},
	}
	names := s.providerNames()
	for _, g := range slices.Backward(s.Coverage.Gaps) { // the first one stays
		provider := providerOf(g, names)
		switch ref := (groupRef{provider, g.Group.Kind, g.Group.ID}); {
		case g.Group.ID != "":
			c.group[ref] = g
		case g.Level == memberships.GapScope:
			c.scopes[provider] = g
		default:
			c.whole[provider] = g
		}
	}
	return c
}

// providerNames returns the names of the providers that were read or have rows.
func (s *Snapshot) providerNames() []string {
	names := slices.Clone(s.Providers)
	for i := range s.Rows {
		if n := s.Rows[i].Provider; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// providerOf returns the one of the names that begins the text of a gap, "" if none does.
func providerOf(g memberships.Gap, names []string) string {
	for _, n := range names {
		if strings.HasPrefix(g.Text, n+": ") {
			return n
		}
	}
	return ""
}

// hidden returns the gap that hides a part of a group.
func (c *coverage) hidden(ref groupRef) (memberships.Gap, bool) {
	nowhere := ref
	nowhere.provider = ""
	for _, r := range []groupRef{ref, nowhere} {
		if g, ok := c.group[r]; ok {
			return g, true
		}
	}
	return either(c.whole, ref.provider)
}

// scope returns the gap that keeps groups of a provider out of the scope.
func (c *coverage) scope(provider string) (memberships.Gap, bool) {
	return either(c.scopes, provider)
}

// either returns the gap of a provider, or one without a provider.
func either(gaps map[string]memberships.Gap, provider string) (memberships.Gap, bool) {
	if g, ok := gaps[provider]; ok {
		return g, true
	}
	g, ok := gaps[""]
	return g, ok
}

// anyHidden returns the first gap that is not one of the scope.
func (c *coverage) anyHidden() (memberships.Gap, bool) {
	for _, g := range c.all {
		if g.Level != memberships.GapScope {
			return g, true
		}
	}
	return memberships.Gap{}, false
}

// anything returns the first gap.
func (c *coverage) anything() (memberships.Gap, bool) {
	if len(c.all) == 0 {
		return memberships.Gap{}, false
	}
	return c.all[0], true
}

// Only returns the part of a snapshot about one provider, or about one of its groups if
// group has an id. Gaps about others are left out. The part has no hash.
func (s *Snapshot) Only(provider string, group memberships.Group) *Snapshot {
	part := &Snapshot{Taken: s.Taken}
	if slices.Contains(s.Providers, provider) {
		part.Providers = []string{provider}
	}
	for _, m := range s.Rows {
		if m.Provider == provider && (group.ID == "" || m.Group.Kind == group.Kind && m.Group.ID == group.ID) {
			part.Rows = append(part.Rows, m)
		}
	}
	names := s.providerNames()
	for _, g := range s.Coverage.Gaps {
		of := providerOf(g, names)
		same := group.ID == "" || g.Group.ID == "" || g.Group.Kind == group.Kind && g.Group.ID == group.ID
		if same && (of == "" || of == provider) {
			part.Coverage.Gaps = append(part.Coverage.Gaps, g)
		}
	}
	return part
}
