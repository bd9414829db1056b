package reconcile

import (
	"fmt"

	"github.com/memberships-go/memberships"
)

// Desired is the desired state of a set of groups. Package statefile reads it from files.
type Desired struct {
	// People are the people that the groups name, by their keys.
	People map[string]Person
	// Protected are the keys of people whom no plan removes or demotes.
	Protected []string
	// Groups are in the order of their names.
	Groups []Group
	// MaxRunRemovals is the limit for the removals of all groups together,
	// DefaultMaxRunRemovals if it is nil.
	MaxRunRemovals *Limit
	// Hash identifies the content of the files; equal content has an equal hash, whatever
	// the order of its rows and files.
	Hash string
}

// Person is one person in all providers.
type Person struct {
	Key string
	// Email is the address by which a provider without an entry in IDs finds the person,
	// Aliases are further addresses of the person.
	Email   string
	Aliases []string
	// IDs are the person's ids by provider. A Kind other than MemberUser names an app or a
	// group.
	IDs map[string]memberships.Member
	At  Position
}

// Group is the desired state of one set of people, in one group of each provider.
type Group struct {
	// Name is the group's name in the file.
	Name string
	Mode Mode
	// In are the provider's groups, by provider.
	In map[string]memberships.Group
	// Members are in the order of their keys, each person once.
	Members []Wanted
	// Ignore are patterns of members that the plan leaves alone. A * stands for any text;
	// the rest is compared with the id, the address and the kind:id of a member, without
	// regard to letter case.
	Ignore []string
	// MinManagers is the least number of managers and owners after the changes.
	MinManagers int
	// MaxRemovals is the limit for the removals of the group, DefaultMaxRemovals if it is
	// nil.
	MaxRemovals *Limit
	// Ceiling is the greatest number of removals, whatever MaxRemovals is; DefaultCeiling if
	// it is 0.
	Ceiling int
	// AllowEmpty permits that the group ends without members.
	AllowEmpty bool
	// Invite permits that an address without an account is invited.
	Invite bool
	// Roles maps role names of the file to those of a provider, by provider.
	Roles map[string]map[memberships.Role]memberships.Role
	At    Position
}

// Wanted is one member of a group.
type Wanted struct {
	Person string
	// Role is the role in the group, or RoleAny.
	Role memberships.Role
	At   Position
}

// RoleAny is the role of a member who keeps the present one, whichever it is. Such a person
// is added with the role member. A missing role is the same.
const RoleAny memberships.Role = "any"

// Limit permits removals up to Count or up to Percent of the members, the larger of the two.
type Limit struct {
	Count   int
	Percent int
}

// Or returns the limit, or standard for nil.
func (l *Limit) Or(standard Limit) Limit {
	if l == nil {
		return standard
	}
	return *l
}

// exceeded reports whether n removals of total members exceed both parts of the limit.
func (l Limit) exceeded(n, total int) bool {
	return n > l.Count && n*100 > l.Percent*total
}

// DefaultMaxRemovals returns the limit of a group without a setting in the file.
func DefaultMaxRemovals() Limit { return Limit{Count: 10, Percent: 10} }

// DefaultMaxRunRemovals returns the limit of a plan without a setting in the file.
func DefaultMaxRunRemovals() Limit { return Limit{Count: 25, Percent: 5} }

// The bounds that no limit of a file raises by itself.
const (
	DefaultCeiling = 100 // removals from one group, unless its file says otherwise
	RunCeiling     = 500 // removals of one plan, unless the caller allows their number
)

// Mode is the extent of the changes to a group.
type Mode string

// The modes.
const (
	ModeAdditive      Mode = "additive"      // adds members and raises roles
	ModeNoRemovals    Mode = "no-removals"   // adds members and sets roles
	ModeAuthoritative Mode = "authoritative" // adds and removes members, and sets roles
	ModeUnmanaged     Mode = "unmanaged"     // neither reads nor changes the group
)

// Modes returns the modes, from the one with the most changes to the one with none.
func Modes() []Mode {
	return []Mode{ModeAuthoritative, ModeNoRemovals, ModeAdditive, ModeUnmanaged}
}

// Position is a place in a file. The zero value is no place.
type Position struct {
	File         string
	Line, Column int
}

// String returns file:line:column, or "" for the zero value.
func (p Position) String() string {
	if p == (Position{}) {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// InputError is a mistake in the desired state.
type InputError struct {
	At   Position
	Text string
}

// Error returns the place and the text.
func (e *InputError) Error() string {
	if at := e.At.String(); at != "" {
		return at + ": " + e.Text
	}
	return e.Text
}
