package pubnub

import (
	"context"
	"net/http"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

func (s *server) ListChannels(_ context.Context, req gen.ListChannelsRequestObject) (gen.ListChannelsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := parseQuery(listParams(req.Params), channelFields)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(&s.keyset(req.SubscribeKey).channels, q, "id", lookupMetadata)
	if err != nil {
		return nil, err
	}
	out := gen.ChannelPage{Status: 200, Data: []gen.Channel{}, TotalCount: p.total, Next: p.next, Prev: p.prev}
	for _, r := range p.rows {
		out.Data = append(out.Data, channel(r.id, &r.data, list(req.Params.Include), "", true))
	}
	return gen.ListChannels200JSONResponse(out), nil
}

func (s *server) GetChannel(_ context.Context, req gen.GetChannelRequestObject) (gen.GetChannelResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := find(&s.keyset(req.SubscribeKey).channels, req.ChannelID)
	if m == nil {
		return nil, &httpapi.Problem{Status: http.StatusNotFound}
	}
	c := channel(req.ChannelID, m, list(req.Params.Include), "", true)
	return gen.GetChannel200JSONResponse{ChannelResultJSONResponse: gen.ChannelResultJSONResponse{Status: 200, Data: c}}, nil
}

func (s *server) SetChannel(_ context.Context, req gen.SetChannelRequestObject) (gen.SetChannelResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	if err := checkID("path", "channelId", req.ChannelID); err != nil {
		return nil, err
	}
	k := s.keyset(req.SubscribeKey)
	m, changed, err := s.store(&k.channels, "Channel", req.ChannelID, req.Params.IfMatch, func(old metadata) metadata {
		return old.merge(map[string]nullable.Nullable[string]{
			"name": b.Name, "description": b.Description, "type": b.Type, "status": b.Status,
		}, b.Custom)
	})
	if err != nil {
		return nil, err
	}
	if changed {
		k.metadataSet(m.updated, "channel", req.ChannelID, m, req.ChannelID)
	}
	c := channel(req.ChannelID, &m, list(req.Params.Include), "", true)
	return gen.SetChannel200JSONResponse{ChannelResultJSONResponse: gen.ChannelResultJSONResponse{Status: 200, Data: c}}, nil
}

func (s *server) RemoveChannel(_ context.Context, req gen.RemoveChannelRequestObject) (gen.RemoveChannelResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keyset(req.SubscribeKey)
	if find(&k.channels, req.ChannelID) != nil {
		k.channels.Delete(req.ChannelID)
		k.metadataDeleted(s.seed.Now(), "channel", req.ChannelID, req.ChannelID)
	}
	return gen.RemoveChannel200JSONResponse{RemoveResultJSONResponse: removed}, nil
}
