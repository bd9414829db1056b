package events

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

// key identifies a membership: by the member's id, or by the address of an invitation.
type key struct {
	groupKind  memberships.GroupKind
	group      string
	memberKind memberships.MemberKind
	id, email  string
}

func keyOf(m memberships.Membership) key {
	k := key{groupKind: m.Group.Kind, group: m.Group.ID, memberKind: m.Member.Kind, id: m.Member.ID}
	if k.memberKind == "" {
		k.memberKind = memberships.MemberUser
	}
	if k.id == "" {
		k.email = strings.ToLower(m.Member.Email)
	}
	return k
}

// ref returns the reference to the membership of a key.
func (k key) ref() memberships.Ref {
	return memberships.Ref{
		Group:  memberships.Group{Kind: k.groupKind, ID: k.group},
		Member: memberships.Member{Kind: k.memberKind, ID: k.id, Email: k.email},
	}
}

func (k key) sameMember(o key) bool {
	return k.id == o.id && k.email == o.email && k.memberKind == o.memberKind
}

func (k key) inGroup(g memberships.Group) bool { return k.group == g.ID && k.groupKind == g.Kind }

// row is a membership of the mirror.
type row struct {
	memberships.Membership
	// listed is the number of the last listing that showed the row.
	listed int
	// read is the time of the last reading that an event has led to.
	read time.Time
}

// same reports whether two readings of a membership agree. Listings and single readings
// differ in the other fields.
func same(a, b memberships.Membership) bool {
	return a.ID == b.ID && a.Role == b.Role && a.RoleName == b.RoleName && a.State == b.State
}

// keys returns the keys of the rows that in selects, in a fixed order.
func (f *follower) keys(in func(key) bool) []key {
	var keys []key
	for k := range f.rows {
		if in(k) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.groupKind, b.groupKind), cmp.Compare(a.group, b.group),
			cmp.Compare(a.memberKind, b.memberKind), cmp.Compare(a.id, b.id), cmp.Compare(a.email, b.email))
	})
	return keys
}
