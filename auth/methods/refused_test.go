package methods_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/auth/methods"
)

// A method whose secret the provider refuses says so at the sign-in, and a file that cannot be
// read before it.
func TestRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"` + r.PostFormValue("client_secret") + ` is wrong"}`))
	}))
	t.Cleanup(srv.Close)
	none := filepath.Join(t.TempDir(), "none.json")
	alone := write(t, map[string]any{"enterpriseID": "0", "boxAppSettings": map[string]any{
		"clientID": "B1", "clientSecret": "canary-secret",
		"appAuth": map[string]string{"publicKeyID": "k1", "privateKey": newKey(t)},
	}})
	web := write(t, map[string]any{"web": map[string]string{"client_id": "C1", "client_secret": "canary-secret"}})
	user := write(t, map[string]string{"type": "authorized_user", "client_id": "id", "client_secret": "canary-secret", "refresh_token": "canary-refresh"})
	const refused = "refused the token with status 400, invalid_grant: "
	for _, tc := range []struct {
		provider, name string
		values         map[string]string
		defaults       string // the value of GOOGLE_APPLICATION_CREDENTIALS
		want           string
	}{
		{"box", "app config", map[string]string{"config_file": boxConfig(t)}, "", refused + "REDACTED is wrong"},
		{"box", "app config", map[string]string{"config_file": none}, "", "none.json"},
		{"box", "app config", map[string]string{"config_file": alone}, "", "names no enterprise in its field enterpriseID: the setting user_id (BOX_USER_ID) names the user"},
		{"googlechat", "installed app", map[string]string{"client_secrets": web}, "", "give that as the redirect URL (redirect_url)"},
		{"googlechat", "installed app", map[string]string{"client_secrets": web, "redirect_url": "http://127.0.0.1:0/"}, "", "give that as the redirect URL (redirect_url)"},
		{"box", "client credentials", map[string]string{"client_id": "B1", "client_secret": "canary-secret", "enterprise_id": "17"}, "", refused + "REDACTED is wrong"},
		{"googlechat", "installed app", map[string]string{"client_secrets": none}, "", "none.json"},
		{"googlechat", "service account", map[string]string{"credentials_file": googleAccount(t)}, "", refused},
		{"googlechat", "service account", map[string]string{"credentials_file": none}, "", "none.json"},
		{"googlechat", "service account", map[string]string{"credentials_file": user}, "", "belongs to a user and has no service account"},
		{"googlechat", "application default credentials", nil, user, refused + "REDACTED is wrong"},
		{"googlechat", "application default credentials", nil, none, "none.json"},
		{"googlechat", "application default credentials", nil, "", "there are no application default credentials"},
		{"googlechat", "application default credentials", map[string]string{"subject": "ada@example.com"}, user, "only a service account can act for a subject"},
		{"googlechat", "application default credentials", map[string]string{"scopes": "a"}, user, "whose scopes are those of its own sign-in"},
		{"webex", "service app", map[string]string{"client_id": "C1", "client_secret": "canary-secret", "refresh_token": "canary-refresh"}, "", refused + "REDACTED is wrong"},
		{"webex", "service app", map[string]string{"client_id": "C1", "client_secret": "canary-secret", "refresh_token": "canary\n"}, "", "webex: refresh_token holds a line break"},
	} {
		t.Run(tc.provider+" "+tc.name+" "+tc.want, func(t *testing.T) {
			c, err := find(t, tc.provider, tc.name).Login(t.Context(), methods.Request{
				Values: tc.values, BaseURL: srv.URL,
				Getenv: func(name string) string {
					return map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": tc.defaults}[name]
				},
			})
			if c != nil || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, %v, want %s", c, err, tc.want)
			}
		})
	}
}

// The scopes of the authorization follow from the wish.
func TestWant(t *testing.T) {
	visited := errors.New("visited")
	const google = "https://www.googleapis.com/auth/chat."
	for _, tc := range []struct {
		provider, name string
		want           methods.Want
		scope          string
	}{
		{"googlechat", "installed app", methods.Want{}, google + "memberships.readonly " + google + "spaces.readonly"},
		{"googlechat", "installed app", methods.Want{Change: true}, google + "memberships " + google + "spaces.readonly"},
		{"googlechat", "installed app", methods.Want{AddApp: true}, google + "memberships.app " + google + "memberships.readonly " + google + "spaces.readonly"},
		{"googlechat", "installed app", methods.Want{Admin: true}, google + "admin.memberships.readonly " + google + "admin.spaces.readonly"},
		{"googlechat", "installed app", methods.Want{Admin: true, Change: true}, google + "admin.memberships " + google + "admin.spaces.readonly"},
		{"webex", "integration", methods.Want{}, "spark:memberships_read spark:people_read spark:rooms_read spark:team_memberships_read spark:teams_read"},
		{"webex", "integration", methods.Want{Change: true}, "spark:memberships_read spark:people_read spark:rooms_read spark:team_memberships_read spark:teams_read spark:memberships_write spark:team_memberships_write"},
		{"box", "app", methods.Want{Change: true}, ""},
	} {
		values := map[string]string{"client_id": "id", "client_secret": "canary-secret"}
		if tc.provider == "googlechat" {
			values = map[string]string{"client_secrets": clientSecrets(t)}
		}
		var asked url.Values
		_, err := find(t, tc.provider, tc.name).Login(t.Context(), methods.Request{Values: values, Want: tc.want, BaseURL: "http://127.0.0.1:1/v1", Browser: login.Options{
			Visit: func(authURL string) error {
				u, err := url.Parse(authURL)
				if err != nil || u.Host != "127.0.0.1:1" {
					t.Errorf("visited %s, %v", authURL, err)
				}
				asked = u.Query()
				return visited
			},
			Paste: func(context.Context) (string, error) { return "", visited },
		}})
		if !errors.Is(err, visited) || asked.Get("scope") != tc.scope {
			t.Errorf("%s %+v: got %q, %v, want %q", tc.provider, tc.want, asked.Get("scope"), err, tc.scope)
		}
		if wants, google := find(t, tc.provider, tc.name).Wants, tc.provider == "googlechat"; wants.Admin != google || wants.AddApp != google || wants.Change != (tc.scope != "") {
			t.Errorf("%s: the wants are %+v", tc.provider, wants)
		}
		redirect := asked.Get("redirect_uri")
		if own := redirect == "http://127.0.0.1:8765/callback"; own == (tc.provider == "googlechat") {
			t.Errorf("%s: the redirect URL is %s", tc.provider, redirect)
		}
	}
	if _, err := find(t, "googlechat", "").Login(t.Context(), methods.Request{Values: map[string]string{"client_secrets": clientSecrets(t)}, Want: methods.Want{Admin: true, AddApp: true}}); err == nil || !strings.Contains(err.Error(), "no admin can add the app") {
		t.Errorf("an administrator who adds the app: got %v", err)
	}
}

// The credential of a method without tokens keeps the given settings alone, and its account
// names the subject.
func TestKept(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"canary","expires_in":3600}`))
	}))
	t.Cleanup(srv.Close)
	file, account := boxConfig(t), googleAccount(t)
	for _, tc := range []struct {
		provider, name string
		values, want   map[string]string
		account        string
	}{
		{"box", "app config", map[string]string{"config_file": file, "user_id": ""}, map[string]string{"config_file": file}, "enterprise 17"},
		{"box", "app config", map[string]string{"config_file": file, "user_id": "23"}, map[string]string{"config_file": file, "user_id": "23"}, "user 23"},
		{
			"googlechat", "service account", map[string]string{"credentials_file": account, "subject": "ada@example.com", "scopes": "a b"},
			map[string]string{"credentials_file": account, "subject": "ada@example.com", "scopes": "a,b"}, "ada@example.com",
		},
		{"pubnub", "keyset", map[string]string{"subscribe_key": "sub-c-1", "user_id": "ada", "role_in": "type"}, map[string]string{"subscribe_key": "sub-c-1", "user_id": "ada", "role_in": "type"}, "ada"},
	} {
		c, err := find(t, tc.provider, tc.name).Login(t.Context(), methods.Request{Values: tc.values, BaseURL: srv.URL})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, c.Settings); diff != "" || c.Account != tc.account || c.AccessToken != "" {
			t.Errorf("%s: got %v with the settings (-want +got):\n%s", tc.name, c, diff)
		}
	}
}
