package pubnub

import (
	"cmp"
	"maps"
	"slices"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// view returns the channels of all keysets in use with at most limit members each. Without a
// keyset in use, it returns those of any: each begins with the same data.
func (s *server) view(limit int) []httpapi.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keysets) == 0 {
		s.keyset("sub-c-emulated")
	}
	var out []httpapi.Group
	for _, key := range slices.Sorted(maps.Keys(s.keysets)) {
		k := s.keysets[key]
		for _, id := range slices.Sorted(maps.Keys(k.members)) {
			t := k.members[id]
			channel, _ := k.channels.Get(id)
			v := httpapi.Group{ID: id, Name: cmp.Or(channel.text["name"], id), Total: t.Len(), Members: []httpapi.Member{}}
			if len(s.keysets) > 1 {
				v.ID = key + "/" + id
			}
			for user, m := range t.From(0) {
				if len(v.Members) == limit {
					break
				}
				u, _ := k.users.Get(user)
				member := httpapi.Member{ID: user, Name: u.text["name"], Email: u.text["email"], State: "active"}
				if role, ok := m.custom["role"].(string); ok {
					member.Role = role
				}
				if m.status != nil {
					member.State = *m.status
				}
				v.Members = append(v.Members, member)
			}
			out = append(out, v)
		}
	}
	return out
}
