package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// Kind is the kind of a difference.
type Kind string

// The kinds of differences.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	// NotSeen is a membership of one side that a gap of the other side may hide.
	NotSeen Kind = "not_seen"
	// Unmatched is a membership without the id or address by which members are matched.
	Unmatched Kind = "unmatched"
)

// Change is one difference between two snapshots.
type Change struct {
	Kind Kind
	// Old and New are the two memberships. Added has New alone, Removed has Old alone, and
	// NotSeen and Unmatched have the one that was seen.
	Old, New *memberships.Membership
	// Fields are the names of the changed fields: role, state and group_name.
	Fields []string
	// Gap is the part that was not seen, of NotSeen alone.
	Gap memberships.Gap
}

// Matching sets which memberships of two snapshots belong together.
type Matching struct {
	// ByAddress matches members by their addresses, ignoring letter case. Otherwise ids
	// match, and addresses where a member has no id.
	ByAddress bool
	Groups    GroupMatching
}

// GroupMatching sets which groups of two snapshots belong together.
type GroupMatching int

// The ways to match groups.
const (
	GroupsByID   GroupMatching = iota // the same provider, kind and id
	GroupsByName                      // the same name, ignoring letter case, if one group on each side has it
	GroupsAsOne                       // each side is a single group
)

// Diff returns the differences between two snapshots, sorted by group, address and member.
// A membership that one side lacks counts as removed or added only if that side has seen
// the group.
func Diff(old, new *Snapshot) []Change { return Compare(old, new, Matching{}) }

// Compare is Diff with a matching. Memory grows with the number of rows.
func Compare(old, new *Snapshot, m Matching) []Change {
	from, to := newView(old, m), newView(new, m)
	var all []difference
	var left, right []entry
	i, j := 0, 0
	for i < len(from.entries) || j < len(to.entries) {
		switch c := compareHeads(from.entries[i:], to.entries[j:]); {
		case c < 0:
			left = append(left, from.entries[i])
			i++
		case c > 0:
			right = append(right, to.entries[j])
			j++
		default:
			all = appendChanged(all, from.entries[i], to.entries[j], m)
			i, j = i+1, j+1
		}
	}
	if !m.ByAddress {
		all, left, right = pairByAddress(all, left, right, m)
	}
	for _, e := range left {
		all = append(all, difference{e, missing(to, e, Change{Kind: Removed, Old: e.m})})
	}
	for _, e := range right {
		all = append(all, difference{e, missing(from, e, Change{Kind: Added, New: e.m})})
	}
	for _, e := range from.unmatched {
		all = append(all, difference{e, Change{Kind: Unmatched, Old: e.m}})
	}
	for _, e := range to.unmatched {
		all = append(all, difference{e, Change{Kind: Unmatched, New: e.m}})
	}
	return sorted(all)
}

// difference is a change and the entry that gives its place in the order.
type difference struct {
	at entry
	Change
}

// compareHeads compares the first entries of two sorted lists, one of which has entries.
func compareHeads(a, b []entry) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return cmp.Or(strings.Compare(a[0].group, b[0].group), strings.Compare(a[0].member, b[0].member))
}

// missing returns the change of an entry without a counterpart in other.
func missing(other *view, e entry, c Change) Change {
	if gap, hidden := other.hides(e); hidden {
		c.Kind, c.Gap = NotSeen, gap
	}
	return c
}

// appendChanged appends the change from a to b, if there is one.
func appendChanged(all []difference, a, b entry, m Matching) []difference {
	var fields []string
	known := func(field, x, y string) {
		if x != "" && y != "" && x != y && !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	known("role", string(a.m.Role), string(b.m.Role))
	if a.m.Provider == b.m.Provider {
		known("role", a.m.RoleName, b.m.RoleName)
	}
	known("state", string(a.m.State), string(b.m.State))
	if m.Groups == GroupsByID {
		known("group_name", a.m.Group.Name, b.m.Group.Name)
	}
	if fields == nil {
		return all
	}
	return append(all, difference{b, Change{Kind: Changed, Old: a.m, New: b.m, Fields: fields}})
}

// pairByAddress pairs entries of one group and address of which one has no id, such as an
// invitation and the membership after it. It returns the entries that remain.
func pairByAddress(all []difference, left, right []entry, m Matching) (_ []difference, _, _ []entry) {
	type key struct{ group, address string }
	keyOf := func(e entry) key { return key{e.group, address(e.m)} }
	waiting := map[key][]int{}
	for j, e := range right {
		if k := keyOf(e); k.address != "" {
			waiting[k] = append(waiting[k], j)
		}
	}
	paired := make([]bool, len(right))
	left = slices.DeleteFunc(left, func(e entry) bool {
		for _, j := range waiting[keyOf(e)] {
			if !paired[j] && (e.m.Member.ID == "" || right[j].m.Member.ID == "") {
				paired[j] = true
				all = appendChanged(all, e, right[j], m)
				return true
			}
		}
		return false
	})
	rest := right[:0]
	for j, e := range right {
		if !paired[j] {
			rest = append(rest, e)
		}
	}
	return all, left, rest
}

// sorted returns the changes in the order of groups, addresses and members.
func sorted(all []difference) []Change {
	slices.SortStableFunc(all, func(a, b difference) int {
		return cmp.Or(
			strings.Compare(a.at.group, b.at.group),
			strings.Compare(address(a.at.m), address(b.at.m)),
			compareRows(a.at.m, b.at.m),
			strings.Compare(string(a.Kind), string(b.Kind)),
		)
	})
	changes := make([]Change, len(all))
	for i, d := range all {
		changes[i] = d.Change
	}
	return changes
}
