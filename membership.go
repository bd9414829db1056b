package memberships

import (
	"cmp"
	"strings"
	"time"
)

// GroupKind is what a provider calls its groups. Other values may come.
type GroupKind string

// The kinds of the five providers.
const (
	KindChannel      GroupKind = "channel"      // PubNub
	KindGroup        GroupKind = "group"        // Box
	KindOrganization GroupKind = "organization" // Clerk
	KindRoom         GroupKind = "room"         // Webex
	KindSpace        GroupKind = "space"        // Google Chat
	KindTeam         GroupKind = "team"         // Webex
)

var groupKinds = []GroupKind{KindChannel, KindGroup, KindOrganization, KindRoom, KindSpace, KindTeam}

// Group is what members belong to. Kind and ID name it; as an argument, an empty Kind
// is the provider's first one.
type Group struct {
	Kind GroupKind
	ID   string
	// Name is what people see, "" where the provider does not tell. As an argument it names
	// nothing: a Client puts it into the memberships of the group whose provider tells none.
	Name string
}

// same reports whether two groups have the same kind and id.
func (g Group) same(o Group) bool { return g.Kind == o.Kind && g.ID == o.ID }

// ParseGroup reads a group as people write it: an id, or kind:id as in team:Y2lz.
func ParseGroup(s string) Group {
	if kind, id, ok := strings.Cut(s, ":"); ok {
		for _, k := range groupKinds {
			if kind == string(k) {
				return Group{Kind: k, ID: id}
			}
		}
	}
	return Group{ID: s}
}

// String is what ParseGroup reads.
func (g Group) String() string {
	if g.Kind == "" {
		return g.ID
	}
	return string(g.Kind) + ":" + g.ID
}

// MemberKind is what a member is. Other values may come.
type MemberKind string

// The kinds of members.
const (
	MemberUser  MemberKind = "user"
	MemberGroup MemberKind = "group" // a group as a whole, as in Google Chat
	MemberApp   MemberKind = "app"
)

// Member is who belongs to a group. As an argument it is named by ID or, where the
// provider can find somebody by it, by Email; ID counts if both are there, and an
// empty Kind is MemberUser.
type Member struct {
	Kind      MemberKind
	ID, Email string
	// Name is what people see, "" where the provider does not tell. It names nothing as
	// an argument.
	Name string
}

// ParseMember reads a member as people write one: an e-mail address, which is what has
// an @ in it, or an id. A prefix says what it is where that is not enough: email:, id:,
// group: or app:.
func ParseMember(s string) Member {
	if kind, rest, ok := strings.Cut(s, ":"); ok {
		switch kind {
		case "email":
			return Member{Kind: MemberUser, Email: rest}
		case "id":
			return Member{Kind: MemberUser, ID: rest}
		case string(MemberGroup), string(MemberApp):
			return Member{Kind: MemberKind(kind), ID: rest}
		}
	}
	if strings.Contains(s, "@") {
		return Member{Kind: MemberUser, Email: s}
	}
	return Member{Kind: MemberUser, ID: s}
}

// String is what ParseMember reads.
func (m Member) String() string {
	switch {
	case m.Kind == MemberGroup || m.Kind == MemberApp:
		return string(m.Kind) + ":" + cmp.Or(m.ID, m.Email)
	case m.ID == "" && strings.Contains(m.Email, "@") && !strings.Contains(m.Email, ":"):
		return m.Email
	case m.ID == "":
		return "email:" + m.Email
	case strings.ContainsAny(m.ID, "@:"):
		return "id:" + m.ID
	}
	return m.ID
}

// Role is what a member may do in a group. Add and Update take the roles of
// Capabilities.Roles and, with Capabilities.OwnRoles, the provider's own names; read
// back, a role is one of the four here and Membership.RoleName the provider's.
type Role string

// The portable roles. What each is called by a provider stands in its package comment.
const (
	RoleMember  Role = "member"
	RoleManager Role = "manager" // may change who belongs to the group
	RoleOwner   Role = "owner"   // may do everything, where that is more than a manager may
	RoleUnknown Role = "unknown" // a role that this release does not know
)

// State is how far a membership has come.
type State string

// The states of a membership.
const (
	StateActive  State = "active"
	StateInvited State = "invited" // counts as there: nobody is to be invited twice
	StateAbsent  State = "absent"  // has been one: the answer to a removal, not to a listing
	StateUnknown State = "unknown" // a state that this release does not know
)

// Membership is one member of one group, in the words that all providers share.
type Membership struct {
	Provider string
	// ID is the provider's name for the membership, "" where group and member are the key.
	ID     string
	Group  Group
	Member Member
	Role   Role
	// RoleName is the provider's own spelling of the role, "" where it has none.
	RoleName string
	State    State
	// Created and Updated are zero where the provider does not tell.
	Created, Updated time.Time

	native any
}

// Ref names the membership to Get, Update and Remove.
func (m Membership) Ref() Ref { return Ref{ID: m.ID, Group: m.Group, Member: m.Member} }

// nameGroup gives the group of m the name that the caller has for it, where the provider
// tells none.
func (m *Membership) nameGroup(asked Group) {
	if asked.Name != "" && m.Group.Name == "" && m.Group.ID != "" && (asked.ID == "" || asked.ID == m.Group.ID) {
		m.Group.Name = asked.Name
	}
}

// Equal compares all but the providers' own values.
func (m Membership) Equal(o Membership) bool {
	m.native, o.native = nil, nil
	created, updated := m.Created.Equal(o.Created), m.Updated.Equal(o.Updated)
	m.Created, m.Updated, o.Created, o.Updated = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return created && updated && m == o
}

// WithNative returns m with the provider's own value, for implementers of Provider. It
// should be a pointer, so that copies of m stay cheap.
func (m Membership) WithNative(v any) Membership {
	m.native = v
	return m
}
