package webex

import (
	"cmp"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// view returns the rooms and teams with at most limit members each.
func (s *server) view(limit int) []httpapi.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []httpapi.Group
	for _, id := range s.order {
		r := s.rooms[id]
		v := httpapi.Group{ID: r.data.ID, Name: cmp.Or(r.data.Title, "direct room"), Total: r.members.Len(), Members: []httpapi.Member{}}
		if r.team != nil {
			v.ID, v.Name = r.team.ID, r.team.Name
		}
		for n, m := range r.members.All() {
			if len(v.Members) == limit {
				break
			}
			p, _ := s.people.Get(n)
			role := "member"
			if m.moderator {
				role = "moderator"
			}
			v.Members = append(v.Members, httpapi.Member{ID: personID(n), Name: p.Name(), Email: p.Mail, Role: role, State: "active"})
		}
		out = append(out, v)
	}
	return out
}
