package statefile

import (
	"maps"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/wildcard"
	"github.com/memberships-go/memberships/reconcile"
)

// checkEmpty reports an authoritative group without members, which would remove everyone.
func (l *loader) checkEmpty(g *group, built reconcile.Group) {
	if built.Mode != reconcile.ModeAuthoritative || built.AllowEmpty || g.partial || len(g.members) > 0 || len(g.from) > 0 {
		return
	}
	at := g.at
	if g.place != (reconcile.Position{}) {
		at = g.place
	}
	l.add(at, "the group %s is authoritative and has no members, which removes everyone; allow_empty: true permits that", phrase.Quote(g.name))
}

// checkManagers reports an authoritative group with fewer managers than it needs. A role of
// the provider's own may be a manager's.
func (l *loader) checkManagers(g *group, built reconcile.Group) {
	if built.Mode != reconcile.ModeAuthoritative || g.partial || len(built.Members) == 0 {
		return
	}
	managers := 0
	for _, w := range built.Members {
		if manages(built, w.Role) {
			managers++
		}
	}
	if managers < built.MinManagers {
		at := g.minManagers.or(l.defaults.minManagers).at
		l.add(at, "min_managers of the group %s is %d, and its members have %s", phrase.Quote(g.name), built.MinManagers, phrase.Count(managers, "manager"))
	}
}

// manages reports whether a role may be one of a manager or an owner in a provider of the
// group.
func manages(g reconcile.Group, role memberships.Role) bool {
	if len(g.In) == 0 {
		return role != memberships.RoleMember
	}
	for provider := range g.In {
		mapped, ok := g.Roles[provider][role]
		if !ok {
			mapped = role
		}
		if mapped != memberships.RoleMember {
			return true
		}
	}
	return false
}

// checkIgnored reports members that a pattern of the group ignores.
func (l *loader) checkIgnored(ignore []given[string], g reconcile.Group) {
	if len(ignore) == 0 {
		return
	}
	in := func(provider string) bool { _, ok := g.In[provider]; return ok }
	for _, w := range g.Members {
		for _, pattern := range ignore {
			if ignores(pattern.value, l.people[w.Person].Person, in) {
				l.add(w.At, "%s is a member of the group %s, which ignores %s at %s", phrase.Quote(w.Person), phrase.Quote(g.Name), phrase.Quote(pattern.value), pattern.at)
				break
			}
		}
	}
}

// checkPatterns reports patterns that are keys of people and select none of their addresses
// and ids.
func (l *loader) checkPatterns() {
	patterns := slices.Clone(l.defaults.ignore)
	for _, g := range l.groups {
		patterns = append(patterns, g.ignore...)
	}
	every := func(string) bool { return true }
	for _, pattern := range patterns {
		if p, ok := l.people[pattern.value]; ok && !ignores(pattern.value, p.Person, every) {
			l.add(pattern.at, "%s is the key of a person; ignore compares addresses and ids, such as %s", phrase.Quote(pattern.value), phrase.Quote(anyName(p.Person)))
		}
	}
}

// ignores reports whether a pattern selects an address of a person, or an id in one of the
// providers.
func ignores(pattern string, p reconcile.Person, in func(provider string) bool) bool {
	selects := func(text string) bool { return wildcard.Match(pattern, text) }
	for provider, m := range p.IDs {
		if in(provider) && (selects(m.ID) || selects(string(m.Kind)+":"+m.ID)) {
			return true
		}
	}
	return slices.ContainsFunc(addresses(p), selects)
}

// anyName returns an address or an id of a person.
func anyName(p reconcile.Person) string {
	if all := addresses(p); len(all) > 0 {
		return all[0]
	}
	for _, provider := range slices.Sorted(maps.Keys(p.IDs)) {
		return p.IDs[provider].ID
	}
	return p.Key
}

// sameGroups reports groups of the file that are one group of a provider.
func (l *loader) sameGroups() {
	type place struct {
		given[memberships.Group]
		name string
	}
	first := map[[2]string][]place{}
	for _, g := range l.sortedGroups() {
		for _, provider := range slices.Sorted(maps.Keys(g.in)) {
			in := place{g.in[provider], g.name}
			if l.o.Listed != nil {
				in.value = l.o.Listed(provider, in.value)
			}
			id := [2]string{provider, in.value.ID}
			for _, other := range first[id] {
				if other.value.Kind == in.value.Kind || other.value.Kind == "" || in.value.Kind == "" {
					l.add(in.at, "the group %s of %s is %s here and %s at %s", phrase.Quote(in.value.ID), provider, phrase.Quote(g.name), phrase.Quote(other.name), other.at)
					break
				}
			}
			first[id] = append(first[id], in)
		}
	}
}
