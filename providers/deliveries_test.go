package providers_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// TestDeliveries checks that each value verifies what is signed with it.
func TestDeliveries(t *testing.T) {
	const a, b = "whsec_AAECAwQFBgcICQoLDA0ODw==", "whsec_EBESExQVFhcYGRobHB0eHw=="
	body, now := []byte("{}"), time.Now()
	signClerk := func(secret string) map[string][]string {
		headers, err := clerk.SignDelivery(secret, "msg_1", now, body)
		if err != nil {
			t.Fatal(err)
		}
		return headers
	}
	for _, tt := range []struct {
		provider string
		values   map[string]string
		headers  map[string][]string
		ok       bool
	}{
		{"webex", map[string]string{"webhook_secret": "x", "access_token": "y"}, webex.SignDelivery("x", body), true},
		{"webex", map[string]string{"webhook_secret": "x", "access_token": "y"}, webex.SignDelivery("y", body), false},
		{"clerk", map[string]string{"webhook_secret": a}, signClerk(a), true},
		{"clerk", map[string]string{"webhook_secret": a}, signClerk(b), false},
		{"clerk", map[string]string{"webhook_secret": a + "," + b}, signClerk(a), true},
		{"clerk", map[string]string{"webhook_secret": a + "," + b}, signClerk(b), true},
		{"box", map[string]string{"webhook_primary": "p"}, box.SignDelivery("p", "", now, body), true},
		{"box", map[string]string{"webhook_secondary": "s"}, box.SignDelivery("", "s", now, body), true},
		{"box", map[string]string{"webhook_primary": "p", "webhook_secondary": "s"}, box.SignDelivery("s", "p", now, body), false},
	} {
		d, err := providers.Deliveries(tt.provider, tt.values)
		if err != nil || d.Provider() != tt.provider {
			t.Errorf("%v: got %v, %v", tt.values, d, err)
			continue
		}
		_, err = d.Open(t.Context(), tt.headers, body, now.Add(time.Second))
		if errors.Is(err, memberships.ErrUnauthenticated) == tt.ok {
			t.Errorf("%v: got %v, want ok %v", tt.values, err, tt.ok)
		}
	}
}

func TestDeliveriesMistakes(t *testing.T) {
	for _, tt := range []struct {
		provider string
		values   map[string]string
		kind     error
		want     string
	}{
		{"slack", nil, memberships.ErrInvalidArgument, `Deliveries: invalid argument: there is no provider "slack"`},
		{"pubnub", nil, memberships.ErrUnsupported, "pubnub: Deliveries: unsupported: the provider has no webhooks"},
		{"webex", map[string]string{"access_token": "canary"}, memberships.ErrInvalidArgument, "webex: Deliveries: invalid argument: missing: webhook_secret (WEBEX_WEBHOOK_SECRET)"},
		{"box", nil, memberships.ErrInvalidArgument, "box: Deliveries: invalid argument: missing: webhook_primary (BOX_WEBHOOK_PRIMARY_KEY), or webhook_secondary (BOX_WEBHOOK_SECONDARY_KEY)"},
		{"webex", map[string]string{"webhook_secret": "canary\n"}, memberships.ErrInvalidArgument, "webex: Deliveries: invalid argument: webhook_secret (WEBEX_WEBHOOK_SECRET): the value holds a line break"},
		{"clerk", map[string]string{"webhook_secret": "whsec_canary"}, memberships.ErrInvalidArgument, "clerk: Deliveries: invalid argument: webhook_secret (CLERK_WEBHOOK_SIGNING_SECRET): the value cannot be used: the secret is not base64"},
		{"clerk", map[string]string{"webhook_secret": "whsec_AAECAwQFBgcICQoLDA0ODw==,"}, memberships.ErrInvalidArgument, "clerk: Deliveries: invalid argument: webhook_secret (CLERK_WEBHOOK_SIGNING_SECRET): the value cannot be used: secret 2 is empty"},
	} {
		d, err := providers.Deliveries(tt.provider, tt.values)
		if d != nil || !errors.Is(err, tt.kind) || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, %v, want %s", d, err, tt.want)
		}
	}
}

// TestOpenWithIgnoresWebhooks checks that a mistake in the secret of a webhook stops no call.
func TestOpenWithIgnoresWebhooks(t *testing.T) {
	if _, err := providers.OpenWith("webex", map[string]string{"access_token": "x", "webhook_secret": "Bearer x\n"}); err != nil {
		t.Error(err)
	}
}

// TestWebhookSettings checks that a setting for webhooks is a secret that no method needs.
func TestWebhookSettings(t *testing.T) {
	for _, name := range providers.Names() {
		webhooks := 0
		for _, s := range settingsOf(t, name) {
			if s.Webhook {
				webhooks++
				if !s.Secret || s.Method != "" || s.Env == "" {
					t.Errorf("%s.%s: got %+v", name, s.Key, s)
				}
			}
		}
		_, err := providers.Deliveries(name, nil)
		if has := !errors.Is(err, memberships.ErrUnsupported); has != (webhooks > 0) {
			t.Errorf("%s: %d settings, and %v", name, webhooks, err)
		}
	}
}
