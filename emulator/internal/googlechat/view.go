package googlechat

import "github.com/memberships-go/memberships/emulator/internal/httpapi"

// view returns the spaces with at most limit members each.
func (s *server) view(limit int) []httpapi.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []httpapi.Group
	for _, id := range s.order {
		sp := s.spaces[id]
		v := httpapi.Group{ID: sp.data.Name, Name: sp.data.Name, Total: sp.members.Len(), Members: []httpapi.Member{}}
		if sp.data.DisplayName != nil {
			v.Name = *sp.data.DisplayName
		}
		for k, m := range sp.members.All() {
			if len(v.Members) == limit {
				break
			}
			p, _ := s.people.Get(k.user)
			member := httpapi.Member{ID: "users/" + k.id(), Name: p.Name(), Email: p.Mail, Role: string(m.role), State: "active"}
			switch {
			case k.group != "":
				member = httpapi.Member{ID: "groups/" + k.group, Name: k.group, State: "active"}
			case k == app:
				member.Name = "Emulated app"
			case k.anonymous():
				member.State = "hidden"
			case m.invited:
				member.State = "invited"
			}
			v.Members = append(v.Members, member)
		}
		out = append(out, v)
	}
	return out
}
