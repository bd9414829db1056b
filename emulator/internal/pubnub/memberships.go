package pubnub

import (
	"context"

	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

func (s *server) ListMemberships(_ context.Context, req gen.ListMembershipsRequestObject) (gen.ListMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.keyset(req.SubscribeKey).membershipPage(req.UserID, listParams(req.Params))
	if err != nil {
		return nil, err
	}
	return gen.ListMemberships200JSONResponse{MembershipPageJSONResponse: gen.MembershipPageJSONResponse(*p)}, nil
}

// membershipPage returns a page of the channels of a user.
func (k *keyset) membershipPage(userID string, params listParams) (*gen.MembershipPage, error) {
	if err := checkID("path", "userId", userID); err != nil {
		return nil, err
	}
	q, err := parseQuery(params, membershipFields)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(k.in(userID), q, "channel.id", func(id string, m membership) lookup {
		return lookupIn(m, "channel.", &k.channels, id)
	})
	if err != nil {
		return nil, err
	}
	inc := include(list(params.Include))
	whole := inc.has("channel") || inc.has("channel.custom")
	out := gen.MembershipPage{Status: 200, Data: []gen.Membership{}, TotalCount: p.total, Next: p.next, Prev: p.prev}
	for _, r := range p.rows {
		out.Data = append(out.Data, gen.Membership{
			Channel: channel(r.id, find(&k.channels, r.id), inc, "channel.", whole),
			Type:    optional(inc.has("type"), r.data.kind), Status: optional(inc.has("status"), r.data.status),
			Custom: optionalObject(inc.has("custom"), r.data.custom), Updated: r.data.updated, ETag: r.data.eTag(),
		})
	}
	return &out, nil
}

func (s *server) ManageMemberships(_ context.Context, req gen.ManageMembershipsRequestObject) (gen.ManageMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, params := s.keyset(req.SubscribeKey), listParams(req.Params)
	if _, err := k.membershipPage(req.UserID, params); err != nil { // an invalid query changes nothing
		return nil, err
	}
	set, _ := req.Body.Set.Get()
	deleted, _ := req.Body.Delete.Get()
	for _, e := range set {
		if err := checkID("body", "channel.id", e.Channel.ID); err != nil {
			return nil, err
		}
	}
	edit := k.edit(s.seed.Now())
	for _, e := range deleted {
		edit.remove(req.UserID, e.Channel.ID)
	}
	for _, e := range set {
		edit.set(req.UserID, e.Channel.ID, membership{status: value(e.Status), kind: value(e.Type), custom: object(e.Custom)})
	}
	p, err := k.membershipPage(req.UserID, params)
	if err != nil {
		return nil, err
	}
	return gen.ManageMemberships200JSONResponse{MembershipPageJSONResponse: gen.MembershipPageJSONResponse(*p)}, nil
}
