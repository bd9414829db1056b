package pubnub

import (
	"context"

	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

func (s *server) ListMembers(_ context.Context, req gen.ListMembersRequestObject) (gen.ListMembersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.keyset(req.SubscribeKey).memberPage(req.ChannelID, listParams(req.Params))
	if err != nil {
		return nil, err
	}
	return gen.ListMembers200JSONResponse{MemberPageJSONResponse: gen.MemberPageJSONResponse(*p)}, nil
}

// memberPage returns a page of the users of a channel.
func (k *keyset) memberPage(channelID string, params listParams) (*gen.MemberPage, error) {
	if err := checkID("path", "channelId", channelID); err != nil {
		return nil, err
	}
	q, err := parseQuery(params, memberFields)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(k.of(channelID), q, "uuid.id", func(id string, m membership) lookup {
		return lookupIn(m, "uuid.", &k.users, id)
	})
	if err != nil {
		return nil, err
	}
	inc := include(list(params.Include))
	whole := inc.has("uuid") || inc.has("uuid.custom")
	out := gen.MemberPage{Status: 200, Data: []gen.Member{}, TotalCount: p.total, Next: p.next, Prev: p.prev}
	for _, r := range p.rows {
		out.Data = append(out.Data, gen.Member{
			UUID: user(r.id, find(&k.users, r.id), inc, "uuid.", whole),
			Type: optional(inc.has("type"), r.data.kind), Status: optional(inc.has("status"), r.data.status),
			Custom: optionalObject(inc.has("custom"), r.data.custom), Updated: r.data.updated, ETag: r.data.eTag(),
		})
	}
	return &out, nil
}

func (s *server) ManageMembers(_ context.Context, req gen.ManageMembersRequestObject) (gen.ManageMembersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, params := s.keyset(req.SubscribeKey), listParams(req.Params)
	if _, err := k.memberPage(req.ChannelID, params); err != nil { // an invalid query changes nothing
		return nil, err
	}
	set, _ := req.Body.Set.Get()
	deleted, _ := req.Body.Delete.Get()
	for _, e := range set {
		if err := checkID("body", "uuid.id", e.UUID.ID); err != nil {
			return nil, err
		}
	}
	edit := k.edit(s.seed.Now())
	for _, e := range deleted {
		edit.remove(e.UUID.ID, req.ChannelID)
	}
	for _, e := range set {
		edit.set(e.UUID.ID, req.ChannelID, membership{status: value(e.Status), kind: value(e.Type), custom: object(e.Custom)})
	}
	p, err := k.memberPage(req.ChannelID, params)
	if err != nil {
		return nil, err
	}
	return gen.ManageMembers200JSONResponse{MemberPageJSONResponse: gen.MemberPageJSONResponse(*p)}, nil
}
