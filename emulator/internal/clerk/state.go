package clerk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Roles of the only role set.
const (
	roleAdmin  = "org:admin"
	roleMember = "org:member"
	roleSet    = "role_set:default"
)

var roles = map[string]struct {
	name        string
	permissions []string
}{
	roleAdmin: {"Admin", []string{
		"org:sys_profile:manage", "org:sys_profile:delete", "org:sys_memberships:read", "org:sys_memberships:manage",
		"org:sys_domains:read", "org:sys_domains:manage", "org:sys_billing:read", "org:sys_billing:manage",
		"org:sys_entconns:manage",
	}},
	roleMember: {"Member", []string{"org:sys_memberships:read", "org:sys_billing:read"}},
}

// organization is an organization with its members in order of arrival.
type organization struct {
	number           int64
	id, slug, name   string
	createdBy        string
	max              int64 // 0 means no cap
	public, private  json.RawMessage
	created, updated time.Time
	members          seed.Roster[int64, member]
	admins           int
	invitations      []*invitation
	// pending has the invitations whose status is pending by address, in lower case.
	pending map[string]*invitation
}

type member struct {
	id              string
	role            string
	public, private json.RawMessage
	joined, updated time.Time
}

// put adds or changes a member. Every change of a role goes through put, which counts
// administrators.
func (o *organization) put(n int64, m member) {
	if old, in := o.members.Get(n); in && old.role == roleAdmin {
		o.admins--
	}
	if m.role == roleAdmin {
		o.admins++
	}
	o.members.Put(n, m)
}

func (o *organization) remove(n int64) {
	if m, in := o.members.Get(n); in && m.role == roleAdmin {
		o.admins--
	}
	o.members.Delete(n)
}

func (s *server) load() {
	for _, g := range s.seed.GroupsOf("clerk") {
		o := s.add(&organization{name: g.Name, created: seed.Start, updated: seed.Start})
		if g.Key != "" {
			o.id, o.slug = "org_"+strings.ReplaceAll(g.Key, "-", "_"), g.Key
		}
		if id := g.IDs["clerk"]; id != "" {
			o.id = id
		}
		s.byID[o.id] = o
		members := g.MembersIn("clerk")
		for i, m := range members {
			role := roleMember
			if m.Role != seed.RoleMember {
				role = roleAdmin
			}
			if m.Role == seed.RoleOwner && o.createdBy == "" {
				o.createdBy = userID(m.Person.N)
			}
			o.put(m.Person.N, seeded(o, role, i))
		}
		first := len(members)
		o.members.Generate(g.Count, func(i int) (int64, member) {
			return seed.FirstGenerated + int64(i), seeded(o, roleMember, first+i)
		}, func(n int64) (int, bool) { return int(n - seed.FirstGenerated), n >= seed.FirstGenerated })
		s.loadInvitations(o, g)
	}
}

// seeded returns the i-th initial member of an organization.
func seeded(o *organization, role string, i int) member {
	at := seed.Joined(i)
	return member{id: membershipID(o.number, int64(i+1)), role: role, joined: at, updated: at}
}

// add registers an organization and sets its number, id and slug.
func (s *server) add(o *organization) *organization {
	s.made++
	o.number = s.made
	o.id = organizationID(o.number)
	o.slug = fmt.Sprintf("organization-%d", o.number)
	s.order = append(s.order, o)
	return o
}

func (s *server) drop(o *organization) {
	delete(s.byID, o.id)
	s.order = slices.DeleteFunc(s.order, func(other *organization) bool { return other == o })
}

func (s *server) bySlug(slug string) *organization {
	for _, o := range s.order {
		if o.slug == slug {
			return o
		}
	}
	return nil
}

// organization returns the organization with an id.
func (s *server) organization(id string) (*organization, error) {
	if o := s.byID[id]; o != nil {
		return o, nil
	}
	return nil, notFound("there is no organization with id %s", id)
}

// account is a user. Seeded users have little more than a name and an address; users
// created through the API may have every field.
type account struct {
	seed.Person
	username, externalID, locale string
	mails, phones, wallets       []identification
	public, private, unsafe      json.RawMessage
	banned, locked               bool
	password                     bool
	mayDelete, mayCreate         bool
	createLimit                  *int64
	created                      time.Time
	// seen is the time of the last sign-in and activity, zero if the user never signed
	// in.
	seen time.Time
}

// identification is an address, phone number or wallet.
type identification struct {
	value    string
	reserved bool // reserved for the user without verification
}

// account returns the user with a number.
func (s *server) account(n int64) (*account, bool) {
	if a := s.accounts[n]; a != nil {
		return a, true
	}
	p, ok := s.people.Get(n)
	if !ok {
		return nil, false
	}
	return &account{
		Person: p, mails: []identification{{value: p.Mail}}, mayDelete: true, mayCreate: true, created: seed.Start, seen: seed.Start,
	}, true
}

// user returns the user with an id.
func (s *server) user(id string) (*account, error) {
	if n, ok := userNumber(id); ok {
		if a, known := s.account(n); known {
			return a, nil
		}
	}
	return nil, notFound("there is no user with id %s", id)
}
