package pubnub

import (
	"context"
	"net/http"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

func (s *server) ListUsers(_ context.Context, req gen.ListUsersRequestObject) (gen.ListUsersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := parseQuery(listParams(req.Params), userFields)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(&s.keyset(req.SubscribeKey).users, q, "id", lookupMetadata)
	if err != nil {
		return nil, err
	}
	out := gen.UserPage{Status: 200, Data: []gen.User{}, TotalCount: p.total, Next: p.next, Prev: p.prev}
	for _, r := range p.rows {
		out.Data = append(out.Data, user(r.id, &r.data, list(req.Params.Include), "", true))
	}
	return gen.ListUsers200JSONResponse(out), nil
}

func (s *server) GetUser(_ context.Context, req gen.GetUserRequestObject) (gen.GetUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := find(&s.keyset(req.SubscribeKey).users, req.UserID)
	if m == nil {
		return nil, &httpapi.Problem{Status: http.StatusNotFound}
	}
	u := user(req.UserID, m, list(req.Params.Include), "", true)
	return gen.GetUser200JSONResponse{UserResultJSONResponse: gen.UserResultJSONResponse{Status: 200, Data: u}}, nil
}

func (s *server) SetUser(_ context.Context, req gen.SetUserRequestObject) (gen.SetUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	if err := checkID("path", "userId", req.UserID); err != nil {
		return nil, err
	}
	k := s.keyset(req.SubscribeKey)
	m, changed, err := s.store(&k.users, "User", req.UserID, req.Params.IfMatch, func(old metadata) metadata {
		return old.merge(map[string]nullable.Nullable[string]{
			"name": b.Name, "externalId": b.ExternalID, "profileUrl": b.ProfileURL, "email": b.Email, "type": b.Type, "status": b.Status,
		}, b.Custom)
	})
	if err != nil {
		return nil, err
	}
	if changed {
		k.metadataSet(m.updated, "uuid", req.UserID, m, k.userChannels(req.UserID)...)
	}
	u := user(req.UserID, &m, list(req.Params.Include), "", true)
	return gen.SetUser200JSONResponse{UserResultJSONResponse: gen.UserResultJSONResponse{Status: 200, Data: u}}, nil
}

func (s *server) RemoveUser(_ context.Context, req gen.RemoveUserRequestObject) (gen.RemoveUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keyset(req.SubscribeKey)
	if find(&k.users, req.UserID) != nil {
		k.users.Delete(req.UserID)
		k.metadataDeleted(s.seed.Now(), "uuid", req.UserID, k.userChannels(req.UserID)...)
	}
	return gen.RemoveUser200JSONResponse{RemoveResultJSONResponse: removed}, nil
}

var removed = gen.RemoveResultJSONResponse{Status: 200, Data: nullable.NewNullNullable[map[string]any]()}
