package providers_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// writeJSON writes a file that its owner alone can read.
func writeJSON(t *testing.T, content any) (path string) {
	t.Helper()
	b, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A service account asks for scopes by its caller, from the server of the base URL and
// through the http.Client of the options.
func TestGoogleChatServiceAccount(t *testing.T) {
	const prefix = "https://www.googleapis.com/auth/"
	_, key := newKey(t)
	file := map[string]any{"type": "service_account", "client_email": "bot@example.com", "private_key": key}
	for name, tc := range map[string]struct {
		values      map[string]string
		base        bool // an option has the base URL
		sub, scopes string
	}{
		"as the app":   {map[string]string{}, false, "", prefix + "chat.app.memberships " + prefix + "chat.bot"},
		"for a user":   {map[string]string{"subject": "ada@example.com"}, true, "ada@example.com", prefix + "chat.memberships " + prefix + "chat.spaces.readonly"},
		"other scopes": {map[string]string{"subject": "ada@example.com", "scopes": "a, b"}, false, "ada@example.com", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTokenServer(t)
			tc.values["credentials_file"] = writeJSON(t, file)
			opts := []option.Option{option.WithHTTPClient(s.client())}
			if tc.base {
				opts = append(opts, option.WithBaseURL(s.URL+"/v1/"))
			} else {
				tc.values["base_url"] = s.URL + "/"
			}
			p, err := providers.OpenWith("googlechat", tc.values, opts...)
			if err != nil {
				t.Fatal(err)
			}
			listGroups(t, p)
			if len(s.claims) != 1 || s.paths[0] != "/token" || s.sent != len(s.paths) {
				t.Fatalf("the requests %q, %d of them by the client, have the claims %v", s.paths, s.sent, s.claims)
			}
			sub, _ := s.claims[0]["sub"].(string)
			if sub != tc.sub || s.claims[0]["scope"] != tc.scopes || s.claims[0]["aud"] != s.URL+"/token" {
				t.Errorf("the claims are %v", s.claims[0])
			}
		})
	}
}

// A user's file has a refresh token, which its own client exchanges.
func TestGoogleChatUser(t *testing.T) {
	s := newTokenServer(t)
	path := writeJSON(t, map[string]string{"type": "authorized_user", "client_id": "id", "client_secret": "secret", "refresh_token": "again"})
	p, err := providers.OpenWith("googlechat", map[string]string{"credentials_file": path, "base_url": s.URL})
	if err != nil {
		t.Fatal(err)
	}
	listGroups(t, p)
	want := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"again"}, "client_id": {"id"}, "client_secret": {"secret"}}
	if diff := cmp.Diff(want, s.forms[0]); diff != "" {
		t.Errorf("the form (-want +got):\n%s", diff)
	}
}

// Google's own base URL leaves its token endpoint in place.
func TestGoogleChatAtGoogle(t *testing.T) {
	_, key := newKey(t)
	path := writeJSON(t, map[string]any{"type": "service_account", "client_email": "bot@example.com", "private_key": key})
	var asked []string
	client := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		asked = append(asked, req.URL.String())
		return nil, errors.New("there is no network")
	})}
	p, err := providers.OpenWith("googlechat", map[string]string{"credentials_file": path, "base_url": "https://chat.googleapis.com/v1"}, option.WithHTTPClient(client), option.WithAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range memberships.New(p).Groups(t.Context()) {
		if err == nil {
			t.Error("a listing without a network")
		}
	}
	if len(asked) == 0 || asked[0] != "https://oauth2.googleapis.com/token" {
		t.Errorf("asked %q", asked)
	}
}

// A file that cannot be used is named with its setting, and nothing of its content is shown.
func TestGoogleChatFile(t *testing.T) {
	account := func(key string) string {
		return writeJSON(t, map[string]string{"type": "service_account", "client_email": "bot@example.com", "private_key": key})
	}
	user := writeJSON(t, map[string]string{"type": "authorized_user", "client_id": "a", "client_secret": "canary", "refresh_token": "canary"})
	open := writeJSON(t, map[string]string{"type": "authorized_user", "client_id": "a", "client_secret": "canary", "refresh_token": "canary"})
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		values  map[string]string
		setting string
		want    string // "" if the provider opens
	}{
		{"a user", map[string]string{"credentials_file": user}, "", ""},
		{"a user for another", map[string]string{"credentials_file": user, "subject": "ada@example.com"}, "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", "belongs to a user; only a service account can act for ada@example.com"},
		{"no key", map[string]string{"credentials_file": account("canary")}, "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", "the field private_key: expected a key in PEM"},
		{"another type", map[string]string{"credentials_file": writeJSON(t, map[string]string{"type": "external_account"})}, "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", `has the type "external_account"`},
		{"no object", map[string]string{"credentials_file": writeJSON(t, "canary")}, "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", "is not a JSON object"},
		{"no file", map[string]string{"credentials_file": filepath.Join(t.TempDir(), "none")}, "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", "none"},
		{"a switch", map[string]string{"access_token": "x", "app_auth": "perhaps"}, "app_auth (GOOGLE_CHAT_APP_AUTH)", "the value must be true or false"},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.name, last.values = "a file that others can read", map[string]string{"credentials_file": open}
		last.setting, last.want = "credentials_file (GOOGLE_APPLICATION_CREDENTIALS)", "run chmod 600 "+open
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := providers.OpenWith("googlechat", tt.values)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if prefix := "googlechat: OpenWith: invalid argument: " + tt.setting + ": "; err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
