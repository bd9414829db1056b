package methods_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/providers"
)

// Every provider has methods, and every method is complete: a name, a title, settings with a
// text, secrets that are marked, and variables that mean the same at each method.
func TestDeclarations(t *testing.T) {
	variables := map[string]string{}
	var order []string
	for _, m := range methods.All() {
		where := m.Provider + ", " + m.Name
		if m.Name == "" || m.Title == "" || strings.HasSuffix(m.Title, ".") || m.Warning != "" && !strings.HasSuffix(m.Warning, ".") {
			t.Errorf("%s: no name, no title, a title with a full stop, or a warning without one", where)
		}
		if !slices.Contains(order, m.Provider) {
			order = append(order, m.Provider)
		}
		if m.Scopes != "" && !strings.HasSuffix(m.Scopes, ".") || m.Browser && m.Scopes == "" {
			t.Errorf("%s: the way to further scopes is %q, want a sentence", where, m.Scopes)
		}
		if m.Browser && !m.Refreshes() || m.Redirect != "" && !m.Browser {
			t.Errorf("%s: a browser without a refresh token, or a redirect without a browser", where)
		}
		keys := map[string]bool{}
		for _, s := range m.Settings() {
			if s.Key == "" || s.Text == "" || keys[s.Key] || s.Webhook {
				t.Errorf("%s: the setting %q has no text, is there twice, or is one of webhooks", where, s.Key)
			}
			keys[s.Key] = true
			if secret := slices.ContainsFunc([]string{"token", "secret_key", "client_secret"}, func(word string) bool {
				return strings.Contains(s.Key, word) && s.Key != "client_secrets"
			}); secret != s.Secret {
				t.Errorf("%s: %s is secret: %t, want %t", where, s.Key, s.Secret, secret)
			}
			if other := variables[s.Env]; s.Env != "" && other != "" && other != m.Provider+"."+s.Key {
				t.Errorf("%s: %s is the variable of %s too", where, s.Env, other)
			}
			variables[s.Env] = m.Provider + "." + s.Key
		}
		for _, s := range m.Needed {
			if s.Env == "" {
				t.Errorf("%s: %s has no variable", where, s.Key)
			}
		}
		if again, err := methods.Find(m.Provider, strings.ReplaceAll(m.Name, " ", "-")); err != nil || again.Title != m.Title {
			t.Errorf("%s: found %s, %v", where, again.Title, err)
		}
	}
	if diff := cmp.Diff(providers.Names(), order); diff != "" {
		t.Errorf("the providers (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"box":        "app, app config, client credentials, developer token",
		"clerk":      "secret key",
		"googlechat": "installed app, service account, application default credentials, access token",
		"pubnub":     "keyset",
		"webex":      "integration, service app, bot token, personal token",
	}
	for provider, names := range want {
		var got []string
		for _, m := range methods.Of(provider) {
			got = append(got, m.Name)
		}
		if diff := cmp.Diff(names, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", provider, diff)
		}
		if first, err := methods.Find(provider, ""); err != nil || first.Name != got[0] {
			t.Errorf("the preferred method of %s: got %s, %v", provider, first.Name, err)
		}
	}
}

func TestFindMistakes(t *testing.T) {
	for want, args := range map[string][2]string{
		`Find: invalid argument: webex has no method "magic"; there are integration, service-app, bot-token, personal-token`: {"webex", "magic"},
		`Find: invalid argument: there is no provider "slack"; there are box, clerk, googlechat, pubnub, webex`:              {"slack", ""},
	} {
		if _, err := methods.Find(args[0], args[1]); !errors.Is(err, memberships.ErrInvalidArgument) || fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func find(t *testing.T, provider, name string) methods.Method {
	t.Helper()
	m, err := methods.Find(provider, name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Missing, unknown and malformed settings are errors without their values, before any request.
func TestLoginMistakes(t *testing.T) {
	for want, tc := range map[string]struct {
		provider, name string
		values         map[string]string
		base           string
	}{
		"webex, integration: missing: client_secret (WEBEX_CLIENT_SECRET)": {"webex", "integration", map[string]string{"client_id": "canary"}, ""},
		`clerk, secret key: there is no setting "key"`:                     {"clerk", "", map[string]string{"secret_key": "sk_test_canary", "key": "canary"}, ""},
		"clerk: the secret key is not of the form sk_live_":                {"clerk", "", map[string]string{"secret_key": "canary"}, ""},
		`webex: access_token begins with "Bearer"`:                         {"webex", "bot token", map[string]string{"access_token": "Bearer canary"}, ""},
		"box: developer_token stands in quotes":                            {"box", "developer token", map[string]string{"developer_token": `"canary"`}, ""},
		"box: client_secret holds a line break":                            {"box", "app", map[string]string{"client_id": "id", "client_secret": "canary\n"}, ""},
		"pubnub: the subscribe key is a secret key":                        {"pubnub", "", map[string]string{"subscribe_key": "sec-c-canary", "user_id": "a"}, ""},
		"webex: TokenOrigin: invalid argument: the URL must begin":         {"webex", "bot token", map[string]string{"access_token": "canary"}, "ftp://a"},
		"googlechat: an app is no administrator":                           {"googlechat", "service account", map[string]string{}, ""},
	} {
		t.Run(want, func(t *testing.T) {
			r := methods.Request{Values: tc.values, BaseURL: tc.base}
			if tc.name == "service account" {
				r.Values["credentials_file"], r.Want.Admin = googleAccount(t), true
			}
			c, err := find(t, tc.provider, tc.name).Login(t.Context(), r)
			if c != nil && tc.base == "" || err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, %v, want %s", c, err, want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, tc := range []struct {
		name           string
		access, renews time.Duration // from now, 0 for none
		refresh        string
		want           []string
	}{
		{"no end", 0, 0, "", nil},
		{"far", 11 * time.Hour, 0, "", nil},
		{"soon", 90 * time.Minute, 0, "", []string{"The access token of this sign-in ends in 1h30m0s, on 2026-03-01 13:30 UTC, and cannot be refreshed."}},
		{"over", -time.Hour, 0, "", []string{"The access token of this sign-in ended on 2026-03-01 11:00 UTC: sign in again."}},
		{"refreshed", -time.Hour, 80 * day, "r", nil},
		{"a refresh token that ends soon", time.Hour, 5 * day, "r", []string{"The refresh token of this sign-in ends on 2026-03-06 12:00 UTC unless it is used before."}},
		{"a refresh token that has ended", time.Hour, -day, "r", []string{"The refresh token of this sign-in ended on 2026-02-28 12:00 UTC: sign in again."}},
	} {
		c := &auth.Credential{Provider: "webex", Method: "personal token", AccessToken: "a", RefreshToken: tc.refresh}
		if tc.access != 0 {
			c.Expiry = now.Add(tc.access)
		}
		if tc.renews != 0 {
			c.RefreshExpiry = now.Add(tc.renews)
		}
		if diff := cmp.Diff(tc.want, methods.Warnings(c, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A credential of an unknown method is neither refreshed nor revoked, and no other method's
// functions see it.
func TestUnknownMethod(t *testing.T) {
	c := &auth.Credential{Provider: "box", Method: "of a later release", AccessToken: "a", RefreshToken: "canary", ClientID: "i", ClientSecret: "s", Expiry: time.Now()}
	if err := methods.Revoke(t.Context(), nil, c); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
	store := auth.NewMemory()
	if err := store.Save(t.Context(), "box", c); err != nil {
		t.Fatal(err)
	}
	if token, err := methods.Source(store, "box", c, nil).TokenContext(t.Context()); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("got %v, %v", token, err)
	}
	if p, err := methods.Open(c, nil); p != nil || err == nil {
		t.Errorf("got %v, %v", p, err)
	}
}

// The scopes of a token with permissions inside are these; other credentials have those of
// their sign-in.
func TestScopes(t *testing.T) {
	type entry = map[cbor.ByteString]any
	data, err := cbor.Marshal(entry{"v": 2, "t": 1700000000, "ttl": 15, "res": entry{"chan": entry{"general": 36}, "uuid": entry{"ada": 32}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := find(t, "pubnub", "").Login(t.Context(), methods.Request{Values: map[string]string{
		"subscribe_key": "sub-c-1", "user_id": "ada", "auth_token": base64.RawURLEncoding.EncodeToString(data),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"channel general: manage, get", "user ada: get"}, methods.Scopes(c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.Settings = map[string]string{"subscribe_key": "sub-c-1", "auth_token": "an auth key"}
	if got := methods.Scopes(c); len(got) != 0 {
		t.Errorf("got %q of a token that cannot be read", got)
	}
	webex := &auth.Credential{Provider: "webex", Method: "integration", Scopes: []string{"a", "b"}}
	for _, c := range []*auth.Credential{webex, {Provider: "webex", Method: "of a later release", Scopes: webex.Scopes}} {
		if diff := cmp.Diff(webex.Scopes, methods.Scopes(c)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c, diff)
		}
	}
}
