package box

import "github.com/memberships-go/memberships/emulator/internal/httpapi"

// view returns the groups with at most limit members each.
func (s *server) view(limit int) []httpapi.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []httpapi.Group
	for _, g := range s.order {
		v := httpapi.Group{ID: g.data.ID, Name: *g.data.Name, Total: g.members.Len() + g.hidden, Members: []httpapi.Member{}}
		for n, m := range g.members.All() {
			if len(v.Members) == limit {
				break
			}
			p, _ := s.people.Get(n)
			role, state := "member", "active"
			if m.admin {
				role = "admin"
			}
			if m.hidden {
				state = "hidden"
			}
			v.Members = append(v.Members, httpapi.Member{ID: userID(n), Name: p.Name(), Email: p.Mail, Role: role, State: state})
		}
		out = append(out, v)
	}
	return out
}
