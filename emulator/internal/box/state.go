package box

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

// group is a group with its members.
type group struct {
	serial  int64
	data    gen.Group
	members seed.Roster[int64, member]
	hidden  int // additional members that totals count and lists omit
}

// member is a user's membership in a group. Its id is 0 if the membership is seeded.
type member struct {
	id              int64
	admin           bool
	hidden          bool        // totals count it, lists omit it
	permissions     permissions // of an admin
	joined, changed time.Time
}

// place locates a membership by the serial number of its group and the number of its
// user.
type place struct{ serial, user int64 }

// account holds the request that created a user.
type account struct {
	request gen.CreateUserRequest
	created time.Time
}

func (s *server) load() {
	for _, g := range s.seed.GroupsOf("box") {
		made := s.newGroup(g.Name, g.IDs["box"], seed.Start)
		made.hidden = g.HiddenMembers
		at := func(i int, admin bool) member {
			t := seed.Joined(i)
			return member{admin: admin, permissions: allPermissions, joined: t, changed: t}
		}
		members := g.MembersIn("box")
		for i, m := range members {
			seeded := at(i, m.Role != seed.RoleMember)
			seeded.hidden = m.Hidden
			made.members.Put(m.Person.N, seeded)
		}
		first := len(members)
		made.members.Generate(g.Count, func(i int) (int64, member) {
			return seed.FirstGenerated + int64(i), at(first+i, false)
		}, func(n int64) (int, bool) { return int(n - seed.FirstGenerated), n >= seed.FirstGenerated })
	}
}

// newGroup creates a group. If id is empty, the group gets a new id.
func (s *server) newGroup(name, id string, at time.Time) *group {
	s.serial++
	if id == "" {
		id = groupID(s.serial)
	}
	at = date(at)
	typ, members, everybody := gen.GroupTypeManagedGroup, gen.GroupAudienceAdminsAndMembers, gen.GroupAudienceAllManagedUsers
	g := &group{serial: s.serial, data: gen.Group{
		ID: id, Type: "group", Name: &name, GroupType: &typ, CreatedAt: &at, ModifiedAt: &at,
		InvitabilityLevel: &everybody, MemberViewabilityLevel: &members,
	}}
	s.groups[id], s.bySerial[g.serial] = g, g
	s.order = append(s.order, g)
	return g
}

// drop deletes a group with its memberships.
func (s *server) drop(g *group) {
	maps.DeleteFunc(s.added, func(_ int64, at place) bool { return at.serial == g.serial })
	delete(s.groups, g.data.ID)
	delete(s.bySerial, g.serial)
	s.order = slices.DeleteFunc(s.order, func(o *group) bool { return o == g })
}

// exists reports whether the caller's user was not deleted.
func (s *server) exists(c *httpapi.Caller) bool {
	_, ok := s.people.ByMail(c.Email)
	return ok || c.Email == ""
}

// numberOf returns the number of the caller's user.
func (s *server) numberOf(c *httpapi.Caller) int64 {
	if p, ok := s.people.ByMail(c.Email); ok {
		return p.N
	}
	return s.seed.People[0].N
}

func (s *server) caller(ctx context.Context) int64 { return s.numberOf(httpapi.CallerOf(ctx)) }

// isAdmin reports whether a person administers the enterprise: the first person of the
// state, or a co-admin.
func (s *server) isAdmin(n int64) bool {
	a := s.accounts[n]
	return n == s.seed.People[0].N || a != nil && a.request.Role != nil && *a.request.Role == gen.CreateUserRequestRoleCoadmin
}

// isExternal reports whether a person belongs to another enterprise: a seeded person
// whose mail domain differs from the first person's.
func (s *server) isExternal(p seed.Person) bool {
	return s.accounts[p.N] == nil && !strings.EqualFold(domain(p.Mail), domain(s.seed.People[0].Mail))
}

func domain(mail string) string {
	_, domain, _ := strings.Cut(mail, "@")
	return domain
}

// Scopes that the operations require.
const (
	manageGroups = "manage_groups"
	manageUsers  = "manage_managed_users"
)

// scoped returns an error if the token lacks the scope. A token without scopes has all of
// them.
func scoped(ctx context.Context, scope string) error {
	if c := httpapi.CallerOf(ctx); len(c.Scopes) == 0 || slices.Contains(c.Scopes, scope) {
		return nil
	}
	return &refusal{
		status: http.StatusForbidden, code: "insufficient_scope",
		message: "The request requires higher privileges than provided by the access token.",
	}
}

// adminOnly returns an error unless the caller administers the enterprise.
func (s *server) adminOnly(ctx context.Context, scope string) error {
	if err := scoped(ctx, scope); err != nil {
		return err
	}
	if !s.isAdmin(s.caller(ctx)) {
		return refuse(http.StatusForbidden)
	}
	return nil
}

// group returns the group with an id.
func (s *server) group(ctx context.Context, id string) (*group, error) {
	if err := scoped(ctx, manageGroups); err != nil {
		return nil, err
	}
	if g := s.groups[id]; g != nil {
		return g, nil
	}
	return nil, noSuch("group", id)
}

// mayManage returns an error unless the caller administers the enterprise or the group.
func (s *server) mayManage(ctx context.Context, g *group) error {
	n := s.caller(ctx)
	if m, in := g.members.Get(n); s.isAdmin(n) || in && m.admin {
		return nil
	}
	return refuse(http.StatusForbidden)
}

// maySee returns an error unless the group shows its members to the caller.
func (s *server) maySee(ctx context.Context, g *group) error {
	_, in := g.members.Get(s.caller(ctx))
	switch level := *g.data.MemberViewabilityLevel; {
	case level == gen.GroupAudienceAllManagedUsers:
	case level == gen.GroupAudienceAdminsAndMembers && in:
	default:
		return s.mayManage(ctx, g)
	}
	return nil
}

// user returns the person with an id; "me" is the caller.
func (s *server) user(ctx context.Context, id string) (seed.Person, error) {
	n, ok := userNumber(id)
	if id == "me" {
		n, ok = s.caller(ctx), true
	}
	p, known := s.people.Get(n)
	if !ok || !known {
		return p, noSuch("user", id)
	}
	return p, nil
}
