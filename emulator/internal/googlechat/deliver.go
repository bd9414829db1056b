package googlechat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// ServiceAccount is the account that signs the emulator's push requests. Their audience is
// the URL of the target.
const ServiceAccount = "push@emulator.iam.gserviceaccount.com"

const (
	eventsResource = "//workspaceevents.googleapis.com/"
	lifecycle      = "google.workspace.events.subscription.v1."
	// builtIn is the subscription of the events that a target gets while the caller's API
	// has none: all of them, with their resources.
	builtIn = "subscriptions/emulator"
)

// cloudEvent has the attributes of a CloudEvent and its data.
type cloudEvent struct {
	id, typ, subject string
	source           string // the name of the subscription
	at               time.Time
	data             any
}

// push is the body of a push request of Pub/Sub.
type push struct {
	Message      pushMessage `json:"message"`
	Subscription string      `json:"subscription"`
}

type pushMessage struct {
	Attributes     map[string]string `json:"attributes"`
	Data           []byte            `json:"data"`
	MessageID      string            `json:"messageId"`
	MessageIDAgain string            `json:"message_id"`
	OrderingKey    string            `json:"orderingKey"`
	PublishTime    time.Time         `json:"publishTime"`
	PublishedAgain time.Time         `json:"publish_time"`
}

// deliver sends an event to the target.
func (s *server) deliver(e cloudEvent) {
	s.seed.Deliver("googlechat", e.typ, func(outbox.Target) []byte {
		data, err := json.Marshal(e.data)
		if err != nil {
			return nil
		}
		s.pushed++
		id, now := fmt.Sprintf("7%015d", s.pushed), s.now()
		source := eventsResource + e.source
		body, err := json.Marshal(push{
			Subscription: "projects/emulator/subscriptions/memberships",
			Message: pushMessage{
				Data: data, MessageID: id, MessageIDAgain: id, OrderingKey: source, PublishTime: now, PublishedAgain: now,
				Attributes: map[string]string{
					"ce-datacontenttype": "application/json", "ce-specversion": "1.0", "ce-id": e.id, "ce-type": e.typ,
					"ce-source": source, "ce-subject": e.subject, "ce-time": e.at.Format(time.RFC3339Nano),
				},
			},
		})
		if err != nil {
			return nil
		}
		return body
	}, func(t outbox.Target, _ []byte, at time.Time) http.Header {
		return http.Header{"Authorization": {"Bearer " + sign(t.URL, at)}}
	})
}

// deliverChange delivers a change once for every subscription that covers it. Without any
// subscription of the API it is delivered with the resource.
func (s *server) deliverChange(sp *space, c *change) {
	if len(s.subscriptions) == 0 {
		s.deliver(s.changeEvent(sp, c, builtIn, &access{caller: key{user: s.seed.People[0].N}}, true))
	}
	for _, sub := range s.subscriptions {
		if s.covers(sub, sp, c.kind) {
			s.deliver(s.changeEvent(sp, c, sub.Name, &access{caller: sub.owner}, sub.resources()))
		}
	}
}

// changeEvent returns a change as a CloudEvent, with the resource or the names alone.
func (s *server) changeEvent(sp *space, c *change, source string, a *access, resources bool) cloudEvent {
	entries := make([]gen.MembershipEventData, len(c.keys))
	for i, k := range c.keys {
		if entries[i] = s.current(a, sp, c.kind, k); !resources {
			entries[i].Membership = &gen.Membership{Name: "spaces/" + sp.id + "/members/" + k.id()}
		}
	}
	e := cloudEvent{id: c.name(sp), typ: c.typ(), subject: chatResource + "spaces/" + sp.id, source: source, at: c.at, data: entries[0]}
	if c.batch {
		e.data = gen.MembershipBatchEventData{Memberships: &entries}
	}
	return e
}

// deliverLifecycle delivers an event about a subscription. Its data has names in
// snake_case, as Google's documents show them.
func (s *server) deliverLifecycle(sub *subscription, kind string, at time.Time) {
	data := map[string]string{"name": sub.Name, "expire_time": sub.ExpireTime.Format(time.RFC3339Nano)}
	if sub.SuspensionReason != nil {
		data["suspension_reason"] = string(*sub.SuspensionReason)
	}
	if kind == "suspended" {
		data["state"] = string(gen.SubscriptionStateSuspended)
	}
	s.deliver(cloudEvent{
		id: fmt.Sprintf("%s/%s/%d", sub.Name, kind, at.UnixMicro()), typ: lifecycle + kind, source: sub.Name,
		subject: eventsResource + sub.Name, at: at, data: map[string]any{"subscription": data},
	})
}
