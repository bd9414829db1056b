package webex

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // Webex signs with SHA-1
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/delivery"
)

// signatureHeader has the HMAC of a delivery. Only a webhook with a secret sends it.
const signatureHeader = "X-Spark-Signature"

// WebhookDelivery is the body of a webhook's request.
type WebhookDelivery struct {
	// Webhook is the webhook that reports. Its Resource and Event are those of the change,
	// also if it was registered for all.
	Webhook Webhook
	// ActorID identifies the person who made the change.
	ActorID string
	// Data is the resource in Webex's format.
	Data json.RawMessage
}

// Deliveries reads the requests of webhooks. secrets are those of the webhooks, at least
// one; during a rotation, give the old and the new one. A webhook without a secret sends
// unsigned requests, which are refused.
//
// An event of the resource memberships has a *Membership as the native value of its
// Membership; any event is a *WebhookDelivery natively. Webex sends no id and no time with a
// delivery. The ID is a hash of webhook, event, membership, actor and the membership's
// state, and an old request verifies when it is sent again.
func Deliveries(secrets ...string) memberships.Deliveries {
	return &delivery.Reader{
		Name: api.Name,
		Fault: delivery.Secrets(secrets, func(s string) error {
			if s == "" {
				return errors.New("is empty")
			}
			return nil
		}),
		Verify: func(r delivery.Request) error { return verifyDelivery(secrets, r) },
		Read:   readDelivery,
	}
}

// SignDelivery returns the headers with which a webhook with the secret sends body.
func SignDelivery(secret string, body []byte) map[string][]string {
	return map[string][]string{signatureHeader: {sign(secret, body)}}
}

func sign(secret string, body []byte) string {
	return hex.EncodeToString(delivery.Sum(sha1.New, []byte(secret), string(body)))
}

func verifyDelivery(secrets []string, r delivery.Request) error {
	got, err := r.Need(signatureHeader)
	if err != nil {
		return err
	}
	if len(got) == 2*sha1.Size {
		for _, secret := range secrets {
			if delivery.Same(got, sign(secret, r.Body)) {
				return nil
			}
		}
	}
	return errors.New("the signature is of another secret or body")
}

// envelope has the members of a WebhookDelivery that a Webhook lacks.
type envelope struct {
	actorID string
	data    json.RawMessage
}

var namesEnvelope = decode.Type{Names: []string{"actorId", "data"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *envelope) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesEnvelope)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // actorId
			v.actorID, p = r.String(p, "")
		case 1: // data
			v.data, p = r.Raw(p, nil)
		}
	}
	return p
}

func readDelivery(r delivery.Request) (memberships.Delivery, error) {
	w, rest := &WebhookDelivery{}, envelope{}
	if err := cmp.Or(decode.JSON(r.Body, &w.Webhook, false), decode.JSON(r.Body, &rest, false)); err != nil {
		return memberships.Delivery{}, err
	}
	w.ActorID, w.Data = rest.actorID, rest.data
	if w.Webhook.ID == "" || w.Webhook.Resource == "" || w.Webhook.Event == "" || len(w.Data) == 0 {
		return memberships.Delivery{}, errors.New("the body lacks id, resource, event or data")
	}
	e := memberships.Event{Provider: api.Name, NativeType: string(w.Webhook.Resource) + "." + string(w.Webhook.Event), Raw: r.Body}.WithNative(w)
	e.Type = memberships.EventType(e.NativeType)
	if w.ActorID != "" {
		e.Actor = memberships.Member{Kind: memberships.MemberUser, ID: w.ActorID}
	}
	out := memberships.Delivery{}
	if w.Webhook.Resource == ResourceMemberships && memberships.EventType(w.Webhook.Event).Changes() {
		m := &Membership{}
		if err := decode.JSON(w.Data, m, false); err != nil {
			return memberships.Delivery{}, fmt.Errorf("data: %w", err)
		}
		if m.ID == "" || m.RoomID == "" || m.PersonID == "" {
			return memberships.Delivery{}, errors.New("data: the membership lacks id, roomId or personId")
		}
		fill(&e, m, w.Webhook.Event)
		out.ID, out.Series = identify(w, m)
	} else {
		out.ID = delivery.ID(w.Webhook.ID, e.NativeType, w.ActorID, string(w.Data))
		if w.Webhook.Event == EventUpdated {
			out.Series = delivery.ID(w.Webhook.ID, e.NativeType)
		}
	}
	e.ID = out.ID
	out.Events = []memberships.Event{e}
	return out, nil
}

// fill adds the membership to an event.
func fill(e *memberships.Event, m *Membership, event gen.WebhookEvent) {
	e.Type, e.Membership = memberships.EventType(event), fromRoom(m)
	switch event {
	case EventCreated:
		e.Time = m.Created
	case EventDeleted:
		e.Membership.State = memberships.StateAbsent
	}
}

// identify returns the ID and the Series of a delivery about a membership. A role may come
// back, but a membership is not created twice at the same time.
func identify(w *WebhookDelivery, m *Membership) (id, series string) {
	created := ""
	if !m.Created.IsZero() {
		created = m.Created.UTC().Format(time.RFC3339Nano)
	}
	id = delivery.ID(w.Webhook.ID, string(w.Webhook.Event), m.ID, created, w.ActorID, fmt.Sprint(m.IsModerator, m.IsRoomHidden))
	if created == "" || w.Webhook.Event == EventUpdated {
		series = delivery.ID(w.Webhook.ID, m.ID, created)
	}
	return id, series
}
