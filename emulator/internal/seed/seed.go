// Package seed holds the seed data of the emulated providers: people, groups, members and
// accepted credentials. It also has the containers that generated people and members
// need.
package seed

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
)

// Person is a person that every provider has.
type Person struct {
	// N is the person's number in every provider; ids contain it.
	N                   int64
	Given, Family, Mail string
	// AsksFirst reports that the person does not accept invitations automatically.
	AsksFirst bool
	// ChatOff reports that Google Chat is disabled for the person.
	ChatOff bool
}

// Name returns the person's full name.
func (p Person) Name() string { return strings.TrimSpace(p.Given + " " + p.Family) }

// Key returns the local part of the address.
func (p Person) Key() string {
	key, _, _ := strings.Cut(p.Mail, "@")
	return key
}

// Numbers of people: named people count from 1, people created through the API from
// FirstCreated, generated people from FirstGenerated.
const (
	FirstCreated   = 100_000
	FirstGenerated = 1_000_000
)

// Generated returns the i-th generated person. The result depends on i alone.
func Generated(i int) Person {
	return Person{
		N:      FirstGenerated + int64(i),
		Given:  givenNames[i%len(givenNames)],
		Family: familyNames[i/len(givenNames)%len(familyNames)],
		Mail:   fmt.Sprintf("member-%07d@example.com", i+1),
	}
}

// GeneratedByMail returns the index of the generated person with an address.
func GeneratedByMail(mail string) (int, bool) {
	digits, ok := strings.CutPrefix(strings.ToLower(mail), "member-")
	digits, ok2 := strings.CutSuffix(digits, "@example.com")
	if !ok || !ok2 || len(digits) < 7 {
		return 0, false
	}
	i, err := strconv.Atoi(digits)
	return i - 1, err == nil && i > 0 && fmt.Sprintf("%07d", i) == digits
}

var (
	givenNames = []string{"Amara", "Björn", "Chiara", "Dmitri", "Elif", "Farah", "Goran", "Hana", "Ines", "Jamal",
		"Keiko", "Luca", "Maren", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove"}
	familyNames = []string{"Abara", "Bergström", "Conti", "Duarte", "Eriksen", "Fontaine", "García", "Haddad", "Ito",
		"Jensen", "Kowalski", "Lindqvist", "Moreau", "Novák", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tanaka"}
)

// Role is a member's role in a group, the same word for every provider.
type Role string

// The roles of a state file.
const (
	RoleMember  Role = "member"
	RoleManager Role = "manager"
	RoleOwner   Role = "owner"
)

// Member is one person in a group.
type Member struct {
	Person Person
	Role   Role
	// Invited reports that the person has not accepted yet.
	Invited bool
	// Hidden reports that Box counts the member in totals but omits it from listings.
	Hidden bool
}

// Invitation is the invitation of an address, which need not belong to one of the people.
type Invitation struct {
	Mail string
	Role Role
	// Status is Clerk's word for the state, "" for pending.
	Status string
}

// Group is a group with members. Providers names the providers that have it.
type Group struct {
	Name string
	// Key is the name in lower case with hyphens, "" if the name has no ASCII letter or
	// digit.
	Key string
	// Kind is "team" or "room" in Webex; "" is the provider's ordinary kind.
	Kind string
	// Direct reports that a Webex room is the direct room of two people.
	Direct bool
	// Team is the name of the Webex team that a room belongs to.
	Team string
	// Moderated reports that only moderators of a Webex room may change its members.
	Moderated bool
	// Anonymous is the number of additional members that Google Chat lists without an
	// identity.
	Anonymous int
	// HiddenMembers is the number of additional members that Box counts but omits from
	// listings.
	HiddenMembers int
	// WithApp reports whether a Google Chat space has the calling app. If it is nil, the
	// credentials decide.
	WithApp *bool
	// RefusesRepeats makes Google Chat answer a repeated add with a conflict.
	RefusesRepeats bool
	// Providers are the names of the providers that have the group; none means all.
	Providers []string
	// IDs maps a provider's name to the group's id there.
	IDs map[string]string
	// Members are the named members; Count generated people follow them.
	Members []Member
	Count   int
	// Invitations are those of a Clerk organization.
	Invitations []Invitation
}

// In reports whether a provider has the group.
func (g *Group) In(provider string) bool {
	if len(g.Providers) == 0 {
		return true
	}
	return slices.Contains(g.Providers, provider)
}

// MembersIn returns the named members of the group in one provider. A provider without
// invitations has no invited members.
func (g *Group) MembersIn(provider string) []Member {
	if slices.Contains(inviting, provider) {
		return g.Members
	}
	return slices.DeleteFunc(slices.Clone(g.Members), func(m Member) bool { return m.Invited })
}

// Credential is a credential that a provider accepts.
type Credential struct {
	Token string
	// Mail is the address of the person that the credential acts as; "" is the first
	// person.
	Mail string
	// Scopes are the granted scopes; none means all.
	Scopes []string
	// App reports that the credential belongs to an app and acts as no person.
	App bool
	// ChatOff reports that Google Chat is disabled for the caller, NoApp that the
	// credential's project has no configured Chat app.
	ChatOff, NoApp bool
}

// Data is the seed data of an emulator. It does not change after Parse, except in Outbox.
type Data struct {
	People []Person
	Groups []Group
	// Credentials maps a provider's name to its accepted credentials. A provider without
	// an entry accepts any non-empty credential.
	Credentials map[string][]Credential
	// OAuth maps a provider's name to the state of its authorization server. AutoApprove
	// reports that it approves every sign-in at once.
	OAuth       map[string]OAuth
	AutoApprove bool
	// SignIn has a function for each provider that returns its OAuth as it is now.
	SignIn map[string]func() (OAuth, error)
	// Deliveries are the targets of deliveries by provider, as the state file has them.
	Deliveries map[string]outbox.Target
	// Outbox sends the deliveries. Parse makes one with the targets of the file.
	Outbox *outbox.Outbox
	// Began is the time of the first start, zero for now. Advanced is the distance of the
	// clock from that of the machine, and History has the writes since the start.
	Began    time.Time
	Advanced time.Duration
	History  []Entry
	// Now is the clock.
	Now func() time.Time
	// Log receives events that appear in no response; nil means slog.Default.
	Log *slog.Logger
}

// Entry is one write with its time and the status of its response.
type Entry struct {
	httpapi.Write
	At     time.Time
	Status int
}

// Fresh returns a copy of d with an Outbox and a SignIn of its own. The rest is shared, and only Now and
// Log may be set.
func (d *Data) Fresh() *Data {
	own := *d
	own.Outbox = newOutbox(&own)
	own.SignIn = map[string]func() (OAuth, error){}
	return &own
}

// Logger returns Log, or slog.Default if it is nil.
func (d *Data) Logger() *slog.Logger { return cmp.Or(d.Log, slog.Default()) }

// Generated returns the number of generated people, which is the Count of the largest
// group.
func (d *Data) Generated() int {
	n := 0
	for i := range d.Groups {
		n = max(n, d.Groups[i].Count)
	}
	return n
}

// GroupsOf returns the groups of one provider in the order of the state file.
func (d *Data) GroupsOf(provider string) []*Group {
	var out []*Group
	for i := range d.Groups {
		if d.Groups[i].In(provider) {
			out = append(out, &d.Groups[i])
		}
	}
	return out
}

// Start is the creation time of all seed data. Members join one second after another.
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Joined returns the join time of the i-th member of a group.
func Joined(i int) time.Time { return Start.Add(time.Hour + time.Duration(i)*time.Second) }

// Caller returns the caller that a token of a provider identifies, nil if the token is
// not accepted.
func (d *Data) Caller(provider, token string) *httpapi.Caller {
	if token == "" {
		return nil
	}
	accepted := d.Credentials[provider]
	if len(accepted) == 0 {
		return &httpapi.Caller{Token: token}
	}
	for _, c := range accepted {
		if c.Token == token {
			return &httpapi.Caller{Token: token, Email: c.Mail, Scopes: c.Scopes, App: c.App, ChatOff: c.ChatOff, NoApp: c.NoApp}
		}
	}
	return nil
}
