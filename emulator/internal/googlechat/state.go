package googlechat

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// space is a space with its members.
type space struct {
	id      string
	data    gen.Space // without member counts
	creator key
	pair    [2]key // the two members of a direct message
	members seed.Roster[key, member]
	events  []change // the oldest first
	// people and groups count the joined members.
	people, groups int32
	// conflicts reports that a repeated add is an error.
	conflicts bool
}

type member struct {
	role    gen.MembershipRole // "" for groups and invited people
	invited bool
	since   time.Time
}

// request records the space that a request id created.
type request struct {
	caller key
	space  string
}

var roles = map[seed.Role]gen.MembershipRole{
	seed.RoleMember:  gen.MembershipRoleMember,
	seed.RoleManager: gen.MembershipRoleAssistantManager,
	seed.RoleOwner:   gen.MembershipRoleManager,
}

// load creates a named space for every group. The app is in a space if the state says so,
// and by default if the state has an app's credential. The first person also has direct
// messages with the second person and with the app. No list shows them, because they have
// no message.
func (s *server) load() {
	withApp := slices.ContainsFunc(s.seed.Credentials["googlechat"], func(c seed.Credential) bool {
		return c.App || isApp(short(c.Scopes))
	})
	for _, g := range s.seed.GroupsOf("googlechat") {
		id := cmp.Or(strings.TrimPrefix(g.IDs["googlechat"], "spaces/"), s.nextID())
		sp := s.add(id, key{user: s.seed.People[0].N}, gen.Space{
			DisplayName: httpapi.Ptr(g.Name), SpaceType: httpapi.Ptr(gen.SpaceTypeSpace), CreateTime: &seed.Start,
			ExternalUserAllowed: httpapi.Ptr(true),
		})
		members := g.MembersIn("googlechat")
		sp.conflicts = g.RefusesRepeats
		for i, m := range members {
			if m.Role == seed.RoleOwner {
				sp.creator = key{user: m.Person.N}
			}
			sp.put(key{user: m.Person.N}, member{role: roles[m.Role], since: seed.Joined(i), invited: m.Invited})
		}
		first := len(members)
		sp.members.Generate(g.Count, func(i int) (key, member) {
			return key{user: seed.FirstGenerated + int64(i)}, member{role: gen.MembershipRoleMember, since: seed.Joined(first + i)}
		}, func(k key) (int, bool) { return int(k.user - seed.FirstGenerated), k.user >= seed.FirstGenerated })
		sp.people += int32(g.Count)
		for i := range g.Anonymous {
			sp.put(key{user: firstAnonymous - int64(i)}, member{role: gen.MembershipRoleMember, since: seed.Joined(first + g.Count + i)})
		}
		if g.WithApp == nil && withApp || g.WithApp != nil && *g.WithApp {
			sp.put(app, member{role: gen.MembershipRoleMember, since: seed.Start})
		}
	}
	first := key{user: s.seed.People[0].N}
	s.direct(first, app, seed.Start)
	if len(s.seed.People) > 1 {
		s.direct(first, key{user: s.seed.People[1].N}, seed.Start)
	}
}

// direct creates a direct message of two members.
func (s *server) direct(a, b key, since time.Time) *space {
	s.pairs++
	sp := s.add(directMessageID(s.pairs), a, gen.Space{
		SpaceType: httpapi.Ptr(gen.SpaceTypeDirectMessage), SingleUserBotDM: httpapi.Ptr(b == app),
	})
	sp.pair = [2]key{a, b}
	for _, k := range sp.pair {
		sp.put(k, member{role: gen.MembershipRoleMember, since: since})
	}
	return sp
}

// add creates a space without members and sets the fields that Google sets.
func (s *server) add(id string, creator key, data gen.Space) *space {
	data.Name = "spaces/" + id
	data.Type, data.SpaceThreadingState = httpapi.Ptr(gen.LegacySpaceTypeRoom), httpapi.Ptr(gen.SpaceThreadingStateUnthreaded)
	switch {
	case *data.SpaceType == gen.SpaceTypeSpace:
		data.SpaceThreadingState = httpapi.Ptr(gen.SpaceThreadingStateThreaded)
		data.SpaceURI, data.Customer = httpapi.Ptr("https://chat.google.com/room/"+id), httpapi.Ptr("customers/C00emulator")
	case data.SingleUserBotDM != nil:
		data.Type = httpapi.Ptr(gen.LegacySpaceTypeDM)
	}
	if data.SpaceHistoryState == nil {
		data.SpaceHistoryState = httpapi.Ptr(gen.HistoryStateOn)
	}
	sp := &space{id: id, creator: creator, data: data}
	s.spaces[id] = sp
	s.order = append(s.order, id)
	return sp
}

// put adds or changes a member.
func (sp *space) put(k key, m member) {
	if old, in := sp.members.Get(k); in {
		sp.count(k, old, -1)
	}
	sp.members.Put(k, m)
	sp.count(k, m, 1)
}

func (sp *space) remove(k key) {
	if old, in := sp.members.Get(k); in {
		sp.count(k, old, -1)
		sp.members.Delete(k)
	}
}

func (sp *space) count(k key, m member, by int32) {
	switch {
	case k.group != "":
		sp.groups += by
	case k != app && !m.invited:
		sp.people += by
	}
}

func (sp *space) is(t gen.SpaceType) bool { return *sp.data.SpaceType == t }

func (sp *space) importing() bool { return sp.data.ImportMode != nil && *sp.data.ImportMode }

// now returns the time in Google's precision.
func (s *server) now() time.Time { return s.seed.Now().UTC().Truncate(time.Microsecond) }

// answer returns the space as a caller sees it.
func (sp *space) answer() gen.Space {
	data := sp.data
	data.MembershipCount = &gen.MembershipCount{
		JoinedDirectHumanUserCount: httpapi.Ptr(sp.people),
		JoinedGroupCount:           httpapi.Ptr(sp.groups),
	}
	return data
}

// outside reports whether a person is external to the organization. Seeded people are the
// organization and accept every invitation. An unknown address creates an external
// account, which stays invited.
func outside(n int64) bool { return n >= seed.FirstCreated && n < seed.FirstGenerated }
