package providers_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events/googlechat"
	"github.com/memberships-go/memberships/internal/delivery"
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
		{"googlechat", nil, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: missing: push_audience (GOOGLE_CHAT_PUSH_AUDIENCE) and push_service_account (GOOGLE_CHAT_PUSH_SERVICE_ACCOUNT), or app_audience (GOOGLE_CHAT_APP_AUDIENCE)"},
		{"googlechat", map[string]string{"keys_url": "http://127.0.0.1"}, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: missing: push_audience (GOOGLE_CHAT_PUSH_AUDIENCE) and"},
		{"googlechat", map[string]string{"push_audience": "canary", "app_audience": "1"}, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: missing: push_service_account (GOOGLE_CHAT_PUSH_SERVICE_ACCOUNT)"},
		{"googlechat", map[string]string{"push_audience": "a", "push_service_account": "canary"}, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: push_audience (GOOGLE_CHAT_PUSH_AUDIENCE): the value cannot be used: the service account is not an address"},
		{"googlechat", map[string]string{"app_audience": "canary"}, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: app_audience (GOOGLE_CHAT_APP_AUDIENCE): the value cannot be used: WithApp: the audience is neither"},
		{"googlechat", map[string]string{"app_audience": "1", "keys_url": "canary"}, memberships.ErrInvalidArgument, "googlechat: Deliveries: invalid argument: app_audience (GOOGLE_CHAT_APP_AUDIENCE): the value cannot be used: WithKeysURL: not an http or https URL"},
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

// TestDeliveriesOfGoogleChat checks that the settings reach the verifier, and that a program
// without it gets an error with the import.
func TestDeliveriesOfGoogleChat(t *testing.T) {
	signer, err := googlechat.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	keys := httptest.NewServer(signer)
	defer keys.Close()
	const audience, account = "https://hooks.example.com", "push@example.com"
	now, body := time.Now(), []byte("{}")
	push := map[string]string{"push_audience": audience, "push_service_account": account, "keys_url": keys.URL}
	for _, tt := range []struct {
		values  map[string]string
		headers map[string][]string
		ok      bool
	}{
		{push, signer.SignPush(audience, account, now), true},
		{push, signer.SignPush(account, audience, now), false},
		{push, signer.SignApp("17", now), false},
		{map[string]string{"app_audience": "17", "keys_url": keys.URL}, signer.SignApp("17", now), true},
		{map[string]string{"app_audience": "18", "keys_url": keys.URL}, signer.SignApp("17", now), false},
	} {
		d, err := providers.Deliveries("googlechat", tt.values)
		if err != nil || d.Provider() != "googlechat" {
			t.Fatalf("%v: got %v, %v", tt.values, d, err)
		}
		_, err = d.Open(t.Context(), tt.headers, body, now)
		if want := map[bool]error{true: memberships.ErrMalformed, false: memberships.ErrUnauthenticated}[tt.ok]; !errors.Is(err, want) {
			t.Errorf("%v: got %v, want %v", tt.values, err, want)
		}
	}
	verifier := delivery.GoogleChat
	delivery.GoogleChat = nil
	defer func() { delivery.GoogleChat = verifier }()
	d, err := providers.Deliveries("googlechat", push)
	if d != nil || !errors.Is(err, memberships.ErrUnsupported) || !strings.Contains(err.Error(), "memberships/events/googlechat") {
		t.Errorf("got %v, %v", d, err)
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
				if s.Secret == (name == "googlechat") || s.Method != "" || s.Env == "" { // Google's tokens need no secret
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
