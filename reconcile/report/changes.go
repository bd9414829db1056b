package report

import (
	"cmp"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// mark is the difference of a row since the earlier snapshot.
type mark string

const (
	same      mark = ""
	added     mark = "added"
	firstSeen mark = "first seen" // the earlier snapshot may have left it out
	changed   mark = "changed"
	removed   mark = "removed"
	notSeen   mark = "not seen" // the later snapshot may have left it out
)

// gone reports whether a row with the mark is one of the earlier snapshot alone.
func (m mark) gone() bool { return m == removed || m == notSeen }

// row is a membership of a report.
type row struct {
	*memberships.Membership
	// before is the membership of the earlier snapshot, if the mark is changed.
	before *memberships.Membership
	mark   mark
	person *person
}

// slot is one identity in one group.
type slot struct {
	place
	identity
}

// place is one group of one provider.
type place struct {
	provider string
	kind     memberships.GroupKind
	id       string
}

func placeOf(m *memberships.Membership) place {
	return place{m.Provider, m.Group.Kind, m.Group.ID}
}

// changes returns the rows of the later snapshot and those that it lacks, with their marks
// since the earlier one, which may be nil.
func changes(earlier, later *snapshot.Snapshot, ids *identities) []row {
	rows := make([]row, 0, len(later.Rows))
	if earlier == nil {
		for i := range later.Rows {
			rows = append(rows, row{Membership: &later.Rows[i]})
		}
		return rows
	}
	before, after := slots(earlier, ids), slots(later, ids)
	then, now := viewOf(earlier, later), viewOf(later, earlier)
	for at, list := range after {
		rows = append(rows, differences(before[at], list, then, now)...)
	}
	for at, list := range before {
		if _, ok := after[at]; !ok {
			rows = append(rows, differences(list, nil, then, now)...)
		}
	}
	return rows
}

// slots returns the rows of a snapshot by group and identity. A list has more than one row if
// a member is there and invited too.
func slots(s *snapshot.Snapshot, ids *identities) map[slot][]*memberships.Membership {
	m := make(map[slot][]*memberships.Membership, len(s.Rows))
	for i := range s.Rows {
		r := &s.Rows[i]
		at := slot{placeOf(r), ids.of(r)}
		m[at] = append(m[at], r)
	}
	return m
}

// differences returns the rows of one slot. Equal rows belong together first, then the others
// in their order.
func differences(before, after []*memberships.Membership, then, now sight) []row {
	var rows []row
	before, after = slices.Clone(before), slices.Clone(after)
	slices.SortFunc(before, compareMemberships)
	slices.SortFunc(after, compareMemberships)
	var rest []*memberships.Membership
	for _, m := range after {
		if i := slices.IndexFunc(before, func(o *memberships.Membership) bool { return compareStanding(m, o) == 0 }); i >= 0 {
			before = slices.Delete(before, i, i+1)
			rows = append(rows, row{Membership: m})
			continue
		}
		rest = append(rest, m)
	}
	for i, m := range rest {
		switch {
		case i < len(before):
			rows = append(rows, row{Membership: m, before: before[i], mark: changed})
		case then.proves(m):
			rows = append(rows, row{Membership: m, mark: added})
		default:
			rows = append(rows, row{Membership: m, mark: firstSeen})
		}
	}
	for _, m := range before[min(len(rest), len(before)):] {
		if now.proves(m) {
			rows = append(rows, row{Membership: m, mark: removed})
		} else {
			rows = append(rows, row{Membership: m, mark: notSeen})
		}
	}
	return rows
}

// compareStanding compares role and state, in which a change is one for a reviewer.
func compareStanding(a, b *memberships.Membership) int {
	return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(a.Role, b.Role), cmp.Compare(a.RoleName, b.RoleName), cmp.Compare(a.State, b.State))
}

// rank orders the roles, from the one with the most permissions.
func rank(r memberships.Role) int {
	switch r {
	case memberships.RoleOwner:
		return 0
	case memberships.RoleManager:
		return 1
	case memberships.RoleMember:
		return 2
	}
	return 3
}
