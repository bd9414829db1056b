package seed

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
)

// StateTarget is the target of one provider in the section deliveries of a state file.
type StateTarget struct {
	URL    string   `json:"url"`
	Secret string   `json:"secret,omitempty"`
	Key    string   `json:"key,omitempty"`
	Events []string `json:"events,omitempty"`
}

// delivering are the providers whose deliveries have one target, set outside of the
// provider's API. The webhooks of Webex are part of its API.
var delivering = []string{"box", "clerk", "googlechat"}

// clerkSecret is the beginning of Clerk's secrets, and leastSecret the least number of bytes
// that a consumer of signatures accepts.
const (
	clerkSecret = "whsec_"
	leastSecret = 16
)

// newOutbox returns an outbox with the clock, the log and the targets of d.
func newOutbox(d *Data) *outbox.Outbox {
	o := &outbox.Outbox{Now: func() time.Time { return d.Now() }}
	o.SetTargets(d.Deliveries)
	return o
}

// Deliver sends an event of a provider to the target that the state file or a control call
// has set. It does nothing without a target, or if the target does not want the event. body
// and sign get the target with its secret or key; body is called at once, under the caller's
// lock, and a body that is nil is not sent. sign returns the headers of one attempt.
//
// A provider calls it in the order of its changes, while it holds its own lock. It does not
// wait for the delivery.
func (d *Data) Deliver(provider, event string, body func(outbox.Target) []byte, sign func(t outbox.Target, body []byte, at time.Time) http.Header) {
	if d.Outbox != nil {
		d.Outbox.Deliver(provider, event, body, sign)
	}
}

// deliveries validates the targets of a state file.
func (p *stateParser) deliveries(s *stateFile, d *Data) error {
	targets, field, err := Targets(s.Deliveries)
	if err != nil {
		return p.fail("$.deliveries."+field, "%w", err)
	}
	d.Deliveries = targets
	d.Outbox = newOutbox(d)
	return nil
}

// Targets validates targets by provider. An error belongs to the field, such as
// "clerk.secret", and quotes no secret.
func Targets(in map[string]StateTarget) (targets map[string]outbox.Target, field string, err error) {
	targets = map[string]outbox.Target{}
	for _, provider := range slices.Sorted(maps.Keys(in)) {
		t := in[provider]
		if provider == "webex" {
			return nil, provider, errors.New("webhooks are part of Webex's own API: create one there")
		}
		if !slices.Contains(delivering, provider) {
			return nil, provider, fmt.Errorf("expected one of %s", strings.Join(delivering, ", "))
		}
		u, err := url.Parse(t.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, provider + ".url", errors.New("expected an http or https URL")
		}
		if t.Secret != "" && t.Key != "" {
			return nil, provider + ".key", errors.New("expected a secret or a key, found both")
		}
		if provider == "clerk" {
			if t.Key != "" {
				return nil, provider + ".key", errors.New("expected a secret, found a key")
			}
			encoded, ok := strings.CutPrefix(t.Secret, clerkSecret)
			if key, err := base64.StdEncoding.Strict().DecodeString(encoded); !ok || err != nil || len(key) < leastSecret {
				return nil, provider + ".secret", fmt.Errorf("expected %s and the base64 of %d bytes or more", clerkSecret, leastSecret)
			}
		}
		for i, event := range t.Events {
			if event == "" {
				return nil, fmt.Sprintf("%s.events[%d]", provider, i), errors.New("expected the type of an event")
			}
		}
		targets[provider] = outbox.Target{URL: t.URL, Secret: t.Secret, Key: t.Key, Events: slices.Clone(t.Events)}
	}
	return targets, "", nil
}
