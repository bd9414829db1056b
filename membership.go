package memberships

import (
	"cmp"
	"strings"
	"time"
)

// GroupKind is the provider's word for a group. Providers may define other values.
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

// Group is a set of members. Kind and ID identify it; in an argument, an empty Kind is
// the provider's first one.
type Group struct {
	Kind GroupKind
	ID   string
	// Name is the display name, empty if the provider does not return it. In an argument
	// it identifies nothing: a Client copies it into memberships of the group that come
	// without a name.
	Name string
}

// same reports whether two groups have the same kind and id.
func (g Group) same(o Group) bool { return g.Kind == o.Kind && g.ID == o.ID }

// ParseGroup parses an id, or kind:id as in team:Y2lz.
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

// String returns the text that ParseGroup parses into g.
func (g Group) String() string {
	if g.Kind == "" {
		return g.ID
	}
	return string(g.Kind) + ":" + g.ID
}

// MemberKind is the kind of a member. Providers may define other values.
type MemberKind string

// The kinds of members.
const (
	MemberUser  MemberKind = "user"
	MemberGroup MemberKind = "group" // a group as a whole, as in Google Chat
	MemberApp   MemberKind = "app"
)

// Member is a user, an app or a group that belongs to a group. An argument identifies it
// by ID or, where the provider can look it up, by Email. ID takes precedence, and an
// empty Kind is MemberUser.
type Member struct {
	Kind      MemberKind
	ID, Email string
	// Name is the display name, empty if the provider does not return it. It identifies
	// nothing in an argument.
	Name string
}

// ParseMember parses an e-mail address, recognized by its @, or an id. The prefixes
// email:, id:, group: and app: state the form explicitly.
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

// String returns the text that ParseMember parses into m.
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

// Role is a member's role in a group. Add and Update take the roles of Capabilities.Roles
// and, with Capabilities.OwnRoles, the provider's own names. Returned memberships have
// one of the four roles below, with the provider's name in Membership.RoleName.
type Role string

// The portable roles. The package comment of each wrapper has the provider's names for
// them.
const (
	RoleMember  Role = "member"
	RoleManager Role = "manager" // may add and remove members
	RoleOwner   Role = "owner"   // has every permission, where a manager has fewer
	RoleUnknown Role = "unknown" // unknown to this release
)

// State is the stage of a membership.
type State string

// The states of a membership.
const (
	StateActive  State = "active"
	StateInvited State = "invited" // a pending invitation; Add fails with ErrAlreadyExists, Remove revokes it
	StateAbsent  State = "absent"  // a former membership, in an event; Remove returns the state before
	StateUnknown State = "unknown" // unknown to this release
)

// Membership is one member of one group, in terms that all providers share.
type Membership struct {
	Provider string
	// ID is the provider's id of the membership, empty where group and member are the key.
	ID     string
	Group  Group
	Member Member
	Role   Role
	// RoleName is the provider's own name of the role, empty if it has none.
	RoleName string
	State    State
	// Direct reports a conversation of two people, which takes no other member and lets
	// none go.
	Direct bool
	// Created and Updated are zero if the provider does not return them.
	Created, Updated time.Time
	// Expires is the time at which an invitation ends; zero for a member, and if the
	// provider does not return it.
	Expires time.Time

	native any
}

// Ref returns the reference to m for Get, Update and Remove.
func (m Membership) Ref() Ref { return Ref{ID: m.ID, Group: m.Group, Member: m.Member} }

// nameGroup copies the caller's name of the group into m if the provider returned none.
func (m *Membership) nameGroup(asked Group) {
	if asked.Name != "" && m.Group.Name == "" && m.Group.ID != "" && (asked.ID == "" || asked.ID == m.Group.ID) {
		m.Group.Name = asked.Name
	}
}

// Equal reports whether m and o are equal apart from their native values.
func (m Membership) Equal(o Membership) bool {
	m.native, o.native = nil, nil
	same := m.Created.Equal(o.Created) && m.Updated.Equal(o.Updated) && m.Expires.Equal(o.Expires)
	m.Created, m.Updated, m.Expires = time.Time{}, time.Time{}, time.Time{}
	o.Created, o.Updated, o.Expires = time.Time{}, time.Time{}, time.Time{}
	return same && m == o
}

// WithNative returns m with the provider's own value, for implementers of Provider. A
// pointer keeps copies of m cheap.
func (m Membership) WithNative(v any) Membership {
	m.native = v
	return m
}
