package webex

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the service signs with SHA-1
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// delivery is the body of a webhook request.
type delivery struct {
	gen.Webhook
	ActorID string         `json:"actorId"`
	Data    gen.Membership `json:"data"`
}

// notify queues an event for every webhook that matches it and belongs to the
// organization or to a member of the room. A target outside this machine gets nothing,
// unless the emulator allows it, because the emulator works offline.
func (s *server) notify(ctx context.Context, event string, r *room, n int64) {
	s.tell(ctx, event, r, n, func(int64) bool { return true })
}

// tell is notify restricted to the webhooks of people for whom to returns true.
func (s *server) tell(ctx context.Context, event string, r *room, n int64, to func(int64) bool) {
	m, ok := r.members.Get(n)
	if !ok || s.seed.Outbox.Muted() {
		return
	}
	actor := personID(s.caller(ctx))
	for _, id := range s.hookIDs {
		h := *s.webhooks[id]
		owner, _ := personNumber(*h.CreatedBy)
		data := s.membership(owner, r, n, m)
		_, in := r.members.Get(owner)
		if !in && *h.OwnedBy != "org" || !to(owner) || h.Status != gen.WebhookStatusActive ||
			h.Resource != gen.WebhookResourceMemberships && h.Resource != gen.WebhookResourceAll ||
			string(h.Event) != event && h.Event != gen.WebhookEventAll || !wanted(h.Filter, data) {
			continue
		}
		if !s.seed.Outbox.Allowed(h.TargetURL) {
			continue
		}
		secret := h.Secret
		h.Secret, h.Resource, h.Event = nil, gen.WebhookResourceMemberships, gen.WebhookEvent(event)
		body, err := json.Marshal(delivery{h, actor, data})
		if err != nil {
			continue
		}
		for _, hook := range s.deliveries.Put(outbox.Delivery{
			Provider: "webex", Event: "memberships." + event, Line: h.ID, URL: h.TargetURL, Body: body, Sign: sign(secret, body),
		}) {
			s.dropped(hook)
		}
	}
}

func wanted(filter *string, m gen.Membership) bool {
	if filter == nil {
		return true
	}
	q, err := url.ParseQuery(*filter)
	if err != nil {
		return false
	}
	have := map[string]string{
		"roomId": m.RoomID, "personId": m.PersonID, "personEmail": m.PersonEmail,
		"isModerator": strconv.FormatBool(m.IsModerator), "roomType": string(*m.RoomType),
	}
	for k := range q {
		if v, ok := have[k]; ok && !strings.EqualFold(v, q.Get(k)) {
			return false
		}
	}
	return true
}

// sign returns the headers of a delivery; one without a secret has none.
func sign(secret *string, body []byte) func(time.Time) http.Header {
	if secret == nil || *secret == "" {
		return nil
	}
	return func(time.Time) http.Header {
		mac := hmac.New(sha1.New, []byte(*secret))
		mac.Write(body)
		return http.Header{"X-Spark-Signature": {hex.EncodeToString(mac.Sum(nil))}}
	}
}
