package webex

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the service signs with SHA-1
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

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
// because the emulator works offline.
func (s *server) notify(ctx context.Context, event string, r *room, n int64) {
	s.tell(ctx, event, r, n, func(int64) bool { return true })
}

// tell is notify restricted to the webhooks of people for whom to returns true.
func (s *server) tell(ctx context.Context, event string, r *room, n int64, to func(int64) bool) {
	m, ok := r.members.Get(n)
	if !ok {
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
		u, err := url.Parse(h.TargetURL)
		if err != nil || !loopback(u.Hostname()) {
			continue
		}
		secret := h.Secret
		h.Secret, h.Resource, h.Event = nil, gen.WebhookResourceMemberships, gen.WebhookEvent(event)
		body, err := json.Marshal(delivery{h, actor, data})
		if err != nil {
			continue
		}
		for _, hook := range s.deliveries.put(job{h.ID, h.TargetURL, body, secret}) {
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

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// deliverer follows no redirect, because it could lead to another machine.
var deliverer = &http.Client{
	Timeout:       5 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post sends one delivery. Any status but 2xx is a failure.
func post(j job) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, j.target, bytes.NewReader(j.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if j.secret != nil && *j.secret != "" {
		mac := hmac.New(sha1.New, []byte(*j.secret))
		mac.Write(j.body)
		req.Header.Set("X-Spark-Signature", hex.EncodeToString(mac.Sum(nil)))
	}
	resp, err := deliverer.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}
