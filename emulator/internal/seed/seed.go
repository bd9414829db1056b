// Package world is what the emulated services start from: one cast of people, the
// groups they are in, and who may call.
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
)

// Person is somebody whom every provider knows.
type Person struct {
	// N is the same in every provider; their ids are made of it.
	N                   int64
	Given, Family, Mail string
	// AsksFirst says that the person does not accept invitations automatically.
	AsksFirst bool
	// ChatOff says that Google Chat is not switched on for the person.
	ChatOff bool
}

// Name is the person's full name.
func (p Person) Name() string { return strings.TrimSpace(p.Given + " " + p.Family) }

// Key is the part of the address before the @: a short name.
func (p Person) Key() string {
	key, _, _ := strings.Cut(p.Mail, "@")
	return key
}

// The numbers of people: the named ones count from 1, those made through an endpoint
// from firstCreated, the generated ones from FirstGenerated.
const (
	FirstCreated   = 100_000
	FirstGenerated = 1_000_000
)

// Generated makes up the i-th generated person, always the same.
func Generated(i int) Person {
	return Person{
		N:      FirstGenerated + int64(i),
		Given:  givenNames[i%len(givenNames)],
		Family: familyNames[i/len(givenNames)%len(familyNames)],
		Mail:   fmt.Sprintf("member-%07d@example.com", i+1),
	}
}

// GeneratedByMail is the inverse of Generated for the address.
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

// Role is a member's place in a group, in no provider's words.
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
	// Invited says that the person has not accepted yet.
	Invited bool
	// Hidden says that listings count the member and leave it out, in Box.
	Hidden bool
}

// Group is a container with members, in the providers that it names.
type Group struct {
	Name string
	// Key is the name in lower case with hyphens, "" if it has no letters of ASCII.
	Key string
	// Kind tells a Webex team from a room; "" is the provider's ordinary kind.
	Kind string
	// Direct says that a Webex room is the direct one of two people.
	Direct bool
	// Team is the name of the Webex team that a room belongs to.
	Team string
	// Moderated says that the moderators of a Webex room decide about its members.
	Moderated bool
	// Anonymous is how many members more Google Chat shows without saying who they are.
	Anonymous int
	// HiddenMembers is how many members more Box counts and leaves out of listings.
	HiddenMembers int
	// WithApp says whether the calling app is in a Google Chat space; nil leaves it to
	// the credentials.
	WithApp *bool
	// RefusesRepeats says that adding a member again is a conflict in Google Chat.
	RefusesRepeats bool
	// Providers are those that have the group; none means all.
	Providers []string
	// IDs sets the group's id in a provider.
	IDs map[string]string
	// Members come first, then Count generated people.
	Members []Member
	Count   int
}

// In reports whether a provider has the group.
func (g *Group) In(provider string) bool {
	if len(g.Providers) == 0 {
		return true
	}
	return slices.Contains(g.Providers, provider)
}

// MembersIn returns the members whom one provider has. A provider without invitations
// does not have those who are invited.
func (g *Group) MembersIn(provider string) []Member {
	if slices.Contains(inviting, provider) {
		return g.Members
	}
	return slices.DeleteFunc(slices.Clone(g.Members), func(m Member) bool { return m.Invited })
}

// Credential is one that a provider accepts.
type Credential struct {
	Token string
	// Mail says as whom it acts; "" is the first person.
	Mail string
	// Scopes limit what it may do; none means everything.
	Scopes []string
	// App says that it is an app's and acts as nobody.
	App bool
	// ChatOff says that Google Chat is not switched on for the caller, NoApp that no Chat
	// app is configured for the credential's project.
	ChatOff, NoApp bool
}

// Data is the state that all emulators start from. It does not change.
type Data struct {
	People []Person
	Groups []Group
	// Credentials are the accepted ones by provider; a provider without any accepts
	// whatever is not empty.
	Credentials map[string][]Credential
	// Now is the clock.
	Now func() time.Time
	// Log gets what no answer tells; nil is slog's default.
	Log *slog.Logger
}

// Logger is where to tell what no answer does.
func (d *Data) Logger() *slog.Logger { return cmp.Or(d.Log, slog.Default()) }

// Generated is how many generated people there are: as many as the largest group has.
func (d *Data) Generated() int {
	n := 0
	for i := range d.Groups {
		n = max(n, d.Groups[i].Count)
	}
	return n
}

// GroupsOf returns the groups of one provider, in the order of the state.
func (d *Data) GroupsOf(provider string) []*Group {
	var out []*Group
	for i := range d.Groups {
		if d.Groups[i].In(provider) {
			out = append(out, &d.Groups[i])
		}
	}
	return out
}

// Start is when everything that was there from the beginning was made; generated
// and listed members came one second after another.
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Joined is when the i-th member of a group came in.
func Joined(i int) time.Time { return Start.Add(time.Hour + time.Duration(i)*time.Second) }

// Caller returns the identity behind a token in a provider's words-free form, nil if
// the token is not accepted.
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
