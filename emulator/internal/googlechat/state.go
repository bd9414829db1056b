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
	data    gen.Space // without the count of members
	creator key
	pair    [2]key // the two of a direct message
	members seed.Roster[key, member]
	// people and groups count the members that have joined.
	people, groups int32
	// conflicts says that adding a member again is refused.
	conflicts bool
}

type member struct {
	role    gen.MembershipRole // "" for groups and for people who are invited
	invited bool
	since   time.Time
}

// request is what a request id stands for.
type request struct {
	caller key
	space  string
}

var roles = map[seed.Role]gen.MembershipRole{
	seed.RoleMember:  gen.MembershipRoleMember,
	seed.RoleManager: gen.MembershipRoleAssistantManager,
	seed.RoleOwner:   gen.MembershipRoleManager,
}

// load makes a named space of every group. The app is in a space where the state says so,
// and otherwise if the state has a credential of an app. The first person also has a direct message with the second and
// one with the app; nothing was written there yet, so no list shows them.
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

// direct makes a direct message between two.
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

// add makes a space without members and fills in what the service sets itself.
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

// now is the time in the service's precision.
func (s *server) now() time.Time { return s.seed.Now().UTC().Truncate(time.Microsecond) }

// answer is the space as a caller sees it.
func (sp *space) answer() gen.Space {
	data := sp.data
	data.MembershipCount = &gen.MembershipCount{
		JoinedDirectHumanUserCount: httpapi.Ptr(sp.people),
		JoinedGroupCount:           httpapi.Ptr(sp.groups),
	}
	return data
}

// outside tells whether somebody has an account outside the organization. The people of
// the state are the organization and accept every invitation; an address that none of
// them has makes an outside account, which stays invited.
func outside(n int64) bool { return n >= seed.FirstCreated && n < seed.FirstGenerated }
