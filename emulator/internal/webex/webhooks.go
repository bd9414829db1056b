package webex

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

func (s *server) ListWebhooks(ctx context.Context, req gen.ListWebhooksRequestObject) (gen.ListWebhooksResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	org := req.Params.OwnedBy != nil && *req.Params.OwnedBy == "org"
	all := []gen.Webhook{}
	for _, id := range s.hookIDs {
		if h, err := s.webhook(ctx, id); err == nil && (*h.OwnedBy == "org") == org {
			all = append(all, *h)
		}
	}
	items, link, err := cut(ctx, all, req.Params.Max, req.Params.Cursor)
	if err != nil {
		return nil, err
	}
	return gen.ListWebhooks200JSONResponse{Body: gen.WebhookPage{Items: items}, Headers: gen.ListWebhooks200ResponseHeaders{Link: link}}, nil
}

func (s *server) CreateWebhook(ctx context.Context, req gen.CreateWebhookRequestObject) (gen.CreateWebhookResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	if b.Resource != gen.WebhookResourceAll && !may(ctx, string(b.Resource)+"_read") {
		return nil, scopeMissing()
	}
	if err := checkTarget(b.TargetURL); err != nil {
		return nil, err
	}
	owner := "creator"
	if b.OwnedBy != nil && *b.OwnedBy == "org" {
		owner = "org"
	}
	if b.Filter != nil {
		if err := s.checkFilter(ctx, *b.Filter, owner == "org"); err != nil {
			return nil, err
		}
	}
	s.made++
	h := &gen.Webhook{
		ID: encodeID(typeWebhook, uuid(webhookFamily, s.made)), Name: b.Name, TargetURL: b.TargetURL,
		Resource: b.Resource, Event: b.Event, Filter: b.Filter, Secret: b.Secret,
		Status: gen.WebhookStatusActive, Created: s.now(), OwnedBy: &owner,
		OrgID: &orgID, CreatedBy: httpapi.Ptr(personID(s.caller(ctx))), AppID: &appID,
	}
	s.webhooks[h.ID] = h
	s.hookIDs = append(s.hookIDs, h.ID)
	return gen.CreateWebhook200JSONResponse{WebhookJSONResponse: gen.WebhookJSONResponse(*h)}, nil
}

// webhook returns a webhook of the caller or of the organization.
func (s *server) webhook(ctx context.Context, id string) (*gen.Webhook, error) {
	h := s.webhooks[id]
	if h != nil && (*h.OwnedBy == "org" || *h.CreatedBy == personID(s.caller(ctx))) {
		return h, nil
	}
	return nil, &httpapi.Problem{Status: http.StatusNotFound}
}

func (s *server) GetWebhook(ctx context.Context, req gen.GetWebhookRequestObject) (gen.GetWebhookResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.webhook(ctx, req.WebhookID)
	if err != nil {
		return nil, err
	}
	return gen.GetWebhook200JSONResponse{WebhookJSONResponse: gen.WebhookJSONResponse(*h)}, nil
}

func (s *server) UpdateWebhook(ctx context.Context, req gen.UpdateWebhookRequestObject) (gen.UpdateWebhookResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, err := s.webhook(ctx, req.WebhookID)
	if err != nil {
		return nil, err
	}
	if err := checkTarget(req.Body.TargetURL); err != nil {
		return nil, err
	}
	h.Name, h.TargetURL = req.Body.Name, req.Body.TargetURL
	if req.Body.Secret != nil {
		h.Secret = req.Body.Secret
	}
	if req.Body.Status != nil {
		h.Status = gen.WebhookStatusActive
		delete(s.failures, h.ID)
	}
	return gen.UpdateWebhook200JSONResponse{WebhookJSONResponse: gen.WebhookJSONResponse(*h)}, nil
}

func (s *server) DeleteWebhook(ctx context.Context, req gen.DeleteWebhookRequestObject) (gen.DeleteWebhookResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.webhook(ctx, req.WebhookID); err != nil {
		return nil, err
	}
	delete(s.webhooks, req.WebhookID)
	delete(s.failures, req.WebhookID)
	s.deliveries.Forget(req.WebhookID)
	s.hookIDs = slices.DeleteFunc(s.hookIDs, func(id string) bool { return id == req.WebhookID })
	return gen.DeleteWebhook204Response{}, nil
}

func checkTarget(target string) error {
	if u, err := url.Parse(target); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return problem(http.StatusBadRequest, "targetUrl must be an http or https URL.")
	}
	return nil
}

// checkFilter returns an error for an invalid filter, or for an id that the creator
// cannot see. A webhook of the organization sees all ids.
func (s *server) checkFilter(ctx context.Context, filter string, org bool) error {
	q, err := url.ParseQuery(filter)
	if err != nil {
		return problem(http.StatusBadRequest, "The filter is not valid.")
	}
	for _, k := range slices.Sorted(maps.Keys(q)) {
		v := q.Get(k)
		fits := false
		switch k {
		case "roomId":
			u, _ := decodeID(typeRoom, v)
			_, err := s.visible(ctx, typeRoom, v)
			fits = err == nil || org && s.rooms[u] != nil
		case "personId":
			n, ok := personNumber(v)
			_, known := s.people.Get(n)
			fits = ok && known
		case "isModerator":
			fits = v == "true" || v == "false"
		case "personEmail", "roomType", "type":
			fits = v != ""
		}
		if !fits || len(q[k]) > 1 {
			return problem(http.StatusBadRequest, "invalid value for filter: %s", k)
		}
	}
	return nil
}
