package webex

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// room is a room with its members. A team and its General room are one room with one
// uuid, so they always have the same members.
type room struct {
	uuid    string
	data    gen.Room
	team    *gen.Team // set if this is a team with its General room
	members seed.Roster[int64, member]
}

type member struct {
	moderator, hidden bool
	joined            time.Time
}

func (s *server) load() {
	teams, inTeam := map[string]*room{}, map[*room]string{}
	for _, g := range s.seed.GroupsOf("webex") {
		var r *room
		if g.Kind == "team" {
			r = s.newTeam(g.Name, "", began)
			teams[g.Name] = r
		} else {
			r = s.newRoom(g.Name, began)
			inTeam[r] = g.Team
		}
		if g.Direct {
			r.data.Type, r.data.Title = gen.RoomTypeDirect, ""
		}
		moderated := g.Moderated
		r.data.IsLocked = &moderated
		if id := g.IDs["webex"]; id != "" {
			delete(s.rooms, r.uuid)
			r.uuid, s.order[len(s.order)-1] = id, id
			s.rooms[id] = r
			s.identify(r)
		}
		creator := int64(1)
		members := g.MembersIn("webex")
		for i, m := range members {
			moderator := m.Role != seed.RoleMember
			locked := *r.data.IsLocked || moderator
			r.data.IsLocked = &locked
			if m.Role == seed.RoleOwner {
				creator = m.Person.N
			}
			r.members.Put(m.Person.N, member{moderator: moderator, joined: millis(seed.Joined(i))})
		}
		r.data.CreatorID = httpapi.Ptr(personID(creator))
		first := len(members)
		r.members.Generate(g.Count, func(i int) (int64, member) {
			return seed.FirstGenerated + int64(i), member{joined: millis(seed.Joined(first + i))}
		}, func(n int64) (int, bool) { return int(n - seed.FirstGenerated), n >= seed.FirstGenerated })
	}
	for r, name := range inTeam { // a room may precede its team in the state
		if t := teams[name]; t != nil {
			r.data.TeamID = &t.team.ID
		}
	}
}

func (s *server) newRoom(title string, at time.Time) *room {
	s.made++
	no := false
	r := &room{uuid: uuid(roomFamily, s.made), data: gen.Room{
		Title: title, Type: gen.RoomTypeGroup, Created: at, IsLocked: &no,
		LastActivity: &at, OwnerID: &orgID, IsPublic: &no, IsReadOnly: &no, IsAnnouncementOnly: &no,
	}}
	s.identify(r)
	s.rooms[r.uuid] = r
	s.order = append(s.order, r.uuid)
	return r
}

func (s *server) newTeam(name, description string, at time.Time) *room {
	r := s.newRoom(name, at)
	r.team = &gen.Team{Name: name, Description: httpapi.Ptr(description), Created: at}
	s.identify(r)
	return r
}

func (s *server) identify(r *room) {
	r.data.ID = encodeID(typeRoom, r.uuid)
	if r.team != nil {
		r.team.ID = encodeID(typeTeam, r.uuid)
		r.data.TeamID = &r.team.ID
	}
}

// caller returns the number of the person who makes the request.
func (s *server) caller(ctx context.Context) int64 {
	c := httpapi.CallerOf(ctx)
	if c != nil && c.Email != "" {
		if p, ok := s.people.ByMail(c.Email); ok {
			return p.N
		}
	}
	return s.seed.People[0].N
}

// visible returns the room with an id if the caller is a member or may see all rooms.
func (s *server) visible(ctx context.Context, typ, id string) (*room, error) {
	u, ok := decodeID(typ, id)
	r := s.rooms[u]
	if !ok || r == nil || typ == typeTeam && r.team == nil {
		return nil, notFound(typ)
	}
	if _, in := r.members.Get(s.caller(ctx)); !in && !officer(ctx) {
		return nil, notFound(typ)
	}
	return r, nil
}

func notFound(typ string) *httpapi.Problem {
	switch typ {
	case typeRoom:
		return problem(http.StatusNotFound, "Could not find a room with provided ID.")
	case typeTeam:
		return problem(http.StatusNotFound, "Could not find a team with provided ID.")
	case typeMembership, typeTeamMembership:
		return problem(http.StatusNotFound, "Failed to get membership.")
	}
	return &httpapi.Problem{Status: http.StatusNotFound}
}

// person returns the person that a request names; an id overrides an address. If invite
// is set, an unknown address creates a guest account.
func (s *server) person(id, mail *string, invite bool) (seed.Person, error) {
	switch {
	case id != nil && *id != "":
		n, ok := personNumber(*id)
		p, known := s.people.Get(n)
		if !ok || !known {
			return p, problem(http.StatusNotFound, "Could not find a person with provided ID.")
		}
		return p, nil
	case mail != nil && *mail != "":
		p, ok := s.people.ByMail(*mail)
		if !ok && invite && strings.Contains(*mail, "@") {
			return s.people.Create(seed.Person{Given: *mail, Mail: strings.ToLower(*mail)}), nil
		}
		if !ok {
			return p, problem(http.StatusNotFound, "Could not find a person with provided email.")
		}
		return p, nil
	}
	return seed.Person{}, problem(http.StatusBadRequest, "Must specify either personId or personEmail.")
}

// mayChange returns an error if the caller may not change the members of a moderated
// room.
func (s *server) mayChange(ctx context.Context, r *room) error {
	m, in := r.members.Get(s.caller(ctx))
	if officer(ctx) {
		return nil
	}
	if !in {
		return notFound(typeRoom)
	}
	if *r.data.IsLocked && !m.moderator {
		return problem(http.StatusForbidden, "Only moderators may change the members of a moderated room.")
	}
	return nil
}

// promote makes a member a moderator and sends the event. The first promotion makes the
// room moderated and the caller a moderator too, with another event.
func (s *server) promote(ctx context.Context, r *room, n int64) {
	s.setModerator(ctx, r, n, true)
	if !*r.data.IsLocked {
		s.lock(ctx, r)
	}
}

// lock makes a room moderated and the caller its moderator.
func (s *server) lock(ctx context.Context, r *room) {
	yes := true
	r.data.IsLocked = &yes
	s.setModerator(ctx, r, s.caller(ctx), true)
}

// setModerator changes a member's moderator flag and sends the event. It does nothing if
// there is no change.
func (s *server) setModerator(ctx context.Context, r *room, n int64, moderator bool) {
	m, in := r.members.Get(n)
	if !in || m.moderator == moderator {
		return
	}
	m.moderator = moderator
	r.members.Put(n, m)
	s.notify(ctx, "updated", r, n)
}

// direct reports whether a room is a direct room of two people.
func (r *room) direct() bool { return r.data.Type == gen.RoomTypeDirect }

// lastModerator reports whether n is the only moderator of a team's General room.
func lastModerator(r *room, n int64) bool {
	if m, ok := r.members.Get(n); !ok || !m.moderator || r.team == nil {
		return false
	}
	for other, m := range r.members.All() {
		if other != n && m.moderator {
			return false
		}
	}
	return true
}
