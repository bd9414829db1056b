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
	same         mark = ""
	added        mark = "added"
	firstSeen    mark = "first seen" // the earlier snapshot may have left it out
	changed      mark = "changed"
	removed      mark = "removed"
	notSeen      mark = "not seen" // the later snapshot may have left it out
	incomparable mark = "not comparable"
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

// place is one group of one provider.
type place struct {
	provider string
	kind     memberships.GroupKind
	id       string
}

func placeOf(m *memberships.Membership) place {
	return place{m.Provider, m.Group.Kind, m.Group.ID}
}

// compare returns the rows of the later snapshot and the rows that it lacks, with their marks
// since the earlier one, which may be nil. A group has its former name in renamed.
func compare(earlier, later *snapshot.Snapshot) (rows []row, renamed map[place]string) {
	since := map[*memberships.Membership]row{}
	renamed = map[place]string{}
	if earlier != nil {
		for _, c := range snapshot.Diff(earlier, later) {
			r := rowOf(c)
			if c.Kind == snapshot.Changed && slices.Contains(c.Fields, "group_name") {
				renamed[placeOf(c.New)] = c.Old.Group.Name
			}
			switch {
			case c.New != nil:
				since[c.New] = r
			case r.mark.gone():
				rows = append(rows, r)
			}
		}
	}
	for i := range later.Rows {
		r, ok := since[&later.Rows[i]]
		if !ok {
			r = row{Membership: &later.Rows[i]}
		}
		rows = append(rows, r)
	}
	return rows, renamed
}

// rowOf returns the row of a change. A change of the group's name alone leaves no mark.
func rowOf(c snapshot.Change) row {
	switch c.Kind {
	case snapshot.Added:
		return row{Membership: c.New, mark: added}
	case snapshot.Removed:
		return row{Membership: c.Old, mark: removed}
	case snapshot.Changed:
		if slices.Contains(c.Fields, "role") || slices.Contains(c.Fields, "state") {
			return row{Membership: c.New, before: c.Old, mark: changed}
		}
		return row{Membership: c.New}
	case snapshot.NotSeen:
		if c.New == nil {
			return row{Membership: c.Old, mark: notSeen}
		}
		return row{Membership: c.New, mark: firstSeen}
	}
	return row{Membership: c.New, mark: incomparable}
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

// compareStanding compares role and state.
func compareStanding(a, b *memberships.Membership) int {
	return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(a.Role, b.Role), cmp.Compare(a.RoleName, b.RoleName), cmp.Compare(a.State, b.State))
}
