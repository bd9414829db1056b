package clerk

import "github.com/memberships-go/memberships/emulator/internal/httpapi"

// view returns the organizations with at most limit members each, pending invitations last.
func (s *server) view(limit int) []httpapi.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var out []httpapi.Group
	for _, o := range s.order {
		v := httpapi.Group{ID: o.id, Name: o.name, Total: o.members.Len() + o.outstanding(now), Members: []httpapi.Member{}}
		for n, m := range o.members.All() {
			if len(v.Members) == limit {
				break
			}
			a, ok := s.account(n)
			if !ok {
				continue
			}
			v.Members = append(v.Members, httpapi.Member{ID: userID(n), Name: a.Name(), Email: first(a.mails), Role: m.role, State: "active"})
		}
		for _, i := range o.invitations {
			if i.state(now) == pending && len(v.Members) < limit {
				v.Members = append(v.Members, httpapi.Member{ID: i.id, Email: i.mail, Role: i.role, State: "invited"})
			}
		}
		out = append(out, v)
	}
	return out
}
