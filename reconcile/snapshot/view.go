package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// entry is one membership of a view with the keys by which it is matched.
type entry struct {
	group, member string
	m             *memberships.Membership
}

// view is a snapshot prepared for a comparison.
type view struct {
	matching  Matching
	entries   []entry // sorted by their keys
	unmatched []entry // without a key of the member
	groups    map[string]groupRef
	coverage  coverage
	providers []string
}

// groupRef identifies a group in all providers.
type groupRef struct {
	provider string
	kind     memberships.GroupKind
	id       string
}

func refOf(m *memberships.Membership) groupRef {
	return groupRef{m.Provider, m.Group.Kind, m.Group.ID}
}

// key returns the key of a group by its id.
func (g groupRef) key() string { return g.provider + "\x00" + string(g.kind) + "\x00" + g.id }

// newView prepares a snapshot, whose rows stay as they are.
func newView(s *Snapshot, m Matching) *view {
	v := &view{matching: m, groups: map[string]groupRef{}, coverage: newCoverage(s), providers: s.Providers}
	keys := groupKeys(s, m.Groups)
	for i := range s.Rows {
		row := &s.Rows[i]
		ref := refOf(row)
		e := entry{keys[ref], memberKey(row, m.ByAddress), row}
		v.groups[e.group] = ref
		if e.member == "" {
			v.unmatched = append(v.unmatched, e)
		} else {
			v.entries = append(v.entries, e)
		}
	}
	slices.SortFunc(v.entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.member, b.member), compareRows(a.m, b.m))
	})
	return v
}

// groupKeys returns the keys of the groups of a snapshot.
func groupKeys(s *Snapshot, m GroupMatching) map[groupRef]string {
	keys := map[groupRef]string{}
	names := map[groupRef]string{}
	for i := range s.Rows {
		ref := refOf(&s.Rows[i])
		keys[ref] = ref.key()
		if m == GroupsAsOne {
			keys[ref] = ""
		}
		if name := s.Rows[i].Group.Name; name != "" {
			names[ref] = strings.ToLower(name)
		}
	}
	if m != GroupsByName {
		return keys
	}
	count := map[string]int{}
	for _, name := range names {
		count[name]++
	}
	for ref, name := range names {
		if count[name] == 1 {
			keys[ref] = name
		}
	}
	return keys
}

// memberKey returns the key of a row's member, "" if the row does not have it.
func memberKey(m *memberships.Membership, byAddress bool) string {
	switch kind := cmp.Or(m.Member.Kind, memberships.MemberUser); {
	case byAddress:
		return address(m)
	case m.Member.ID != "":
		return string(kind) + "\x00" + m.Member.ID
	case m.Member.Email != "":
		return string(kind) + "\x00email\x00" + address(m)
	case m.ID != "":
		return "\x00" + m.ID
	}
	return ""
}

// address returns the member's address for a comparison.
func address(m *memberships.Membership) string { return strings.ToLower(m.Member.Email) }

// compareRows orders rows with equal keys, whatever their order in the snapshot.
func compareRows(a, b *memberships.Membership) int {
	return cmp.Or(
		strings.Compare(string(a.Member.Kind), string(b.Member.Kind)),
		strings.Compare(a.Member.ID, b.Member.ID),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.Provider, b.Provider),
		strings.Compare(string(a.Group.Kind), string(b.Group.Kind)),
		strings.Compare(a.Group.ID, b.Group.ID),
		strings.Compare(string(a.State), string(b.State)),
		strings.Compare(string(a.Role), string(b.Role)),
		strings.Compare(a.RoleName, b.RoleName),
		strings.Compare(a.Member.Email, b.Member.Email),
		strings.Compare(a.Member.Name, b.Member.Name),
		strings.Compare(a.Group.Name, b.Group.Name),
		a.Created.Compare(b.Created), a.Updated.Compare(b.Updated), a.Expires.Compare(b.Expires),
	)
}

// hides returns the gap that may hide an entry of the other side.
func (v *view) hides(e entry) (memberships.Gap, bool) {
	if v.matching.Groups == GroupsAsOne {
		return v.coverage.anyHidden()
	}
	ref, present := v.groups[e.group]
	if v.matching.Groups == GroupsByName && !present {
		return v.coverage.anything()
	}
	if !present {
		ref = refOf(e.m)
	}
	if gap, hidden := v.coverage.hidden(ref); hidden || present {
		return gap, hidden
	}
	if !slices.Contains(v.providers, ref.provider) {
		return memberships.Gap{
			Level: memberships.GapScope, Code: GapUnreadProvider,
			Text: ref.provider + ": not all groups of the provider were read",
		}, true
	}
	return v.coverage.scope(ref.provider)
}
