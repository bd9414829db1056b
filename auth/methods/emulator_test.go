package methods_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/emulator"
)

// write writes a file that its owner alone can read.
func write(t *testing.T, content any) (path string) {
	t.Helper()
	b, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "file.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// googleAccount returns the path of the file of a service account.
func googleAccount(t *testing.T) string {
	return write(t, map[string]string{"type": "service_account", "client_email": "bot@project.iam.gserviceaccount.com", "private_key_id": "k1", "private_key": newKey(t)})
}

func clientSecrets(t *testing.T) string {
	return write(t, map[string]any{"installed": map[string]string{"client_id": "C1", "client_secret": "canary-secret", "token_uri": "https://oauth2.googleapis.com/token"}})
}

func boxConfig(t *testing.T) string {
	return write(t, map[string]any{"enterpriseID": "17", "boxAppSettings": map[string]any{
		"clientID": "B1", "clientSecret": "canary-secret",
		"appAuth": map[string]string{"publicKeyID": "k1", "privateKey": newKey(t)},
	}})
}

// browse approves as a browser does: the emulator redirects at once.
func browse(t *testing.T) login.Options {
	return login.Options{Visit: func(url string) error {
		if strings.Contains(url, "canary") {
			t.Errorf("the URL %s shows a secret", url)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
			t.Errorf("the browser shows status %d: %s", resp.StatusCode, body)
		}
		return nil
	}}
}

// Every method signs in at the emulator and opens its provider, whose groups and one group's
// memberships it lists. The methods with refresh tokens do so again after a refresh.
func TestEmulator(t *testing.T) {
	srv := emulator.NewServer(emulator.WithAutoApprove())
	t.Cleanup(srv.Close)
	free := "http://127.0.0.1:0/callback"
	for _, tc := range []struct {
		provider, name string
		values         map[string]string
		want           methods.Want
	}{
		{"box", "app", map[string]string{"client_id": "B1", "client_secret": "canary-secret", "redirect_url": free}, methods.Want{}},
		{"box", "app config", map[string]string{"config_file": boxConfig(t)}, methods.Want{}},
		{"box", "client credentials", map[string]string{"client_id": "B1", "client_secret": "canary-secret", "enterprise_id": "17"}, methods.Want{}},
		{"box", "client credentials", map[string]string{"client_id": "B1", "client_secret": "canary-secret", "user_id": "11000000001"}, methods.Want{}},
		{"box", "developer token", map[string]string{"developer_token": "canary-token"}, methods.Want{}},
		{"clerk", "secret key", map[string]string{"secret_key": "sk_test_canary"}, methods.Want{}},
		{"googlechat", "installed app", map[string]string{"client_secrets": clientSecrets(t)}, methods.Want{}},
		{"googlechat", "installed app", map[string]string{"client_secrets": clientSecrets(t), "account": "ada@example.com"}, methods.Want{Change: true, AddApp: true}},
		{"googlechat", "service account", map[string]string{"credentials_file": googleAccount(t)}, methods.Want{Change: true}},
		{"googlechat", "service account", map[string]string{"credentials_file": googleAccount(t), "subject": "ada@example.com"}, methods.Want{}},
		{"googlechat", "application default credentials", map[string]string{}, methods.Want{}},
		{"googlechat", "access token", map[string]string{"access_token": "canary-token"}, methods.Want{}},
		{"pubnub", "keyset", map[string]string{"subscribe_key": "sub-c-1", "user_id": "ada", "auth_token": "canary-token"}, methods.Want{}},
		{"webex", "integration", map[string]string{"client_id": "C1", "client_secret": "canary-secret", "redirect_url": free}, methods.Want{}},
		{"webex", "service app", map[string]string{"client_id": "C1", "client_secret": "canary-secret", "refresh_token": "canary-refresh"}, methods.Want{}},
		{"webex", "bot token", map[string]string{"access_token": "canary-token"}, methods.Want{}},
		{"webex", "personal token", map[string]string{"access_token": "canary-token"}, methods.Want{}},
	} {
		t.Run(tc.provider+" "+tc.name, func(t *testing.T) {
			m := find(t, tc.provider, tc.name)
			defaults := googleAccount(t)
			c, err := m.Login(t.Context(), methods.Request{
				Values: tc.values, Want: tc.want, Browser: browse(t), BaseURL: srv.URL,
				Getenv: func(name string) string { return map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": defaults}[name] },
			})
			if err != nil {
				t.Fatal(err)
			}
			if c.Provider != tc.provider || c.Method != m.Name || c.Origin != srv.URL {
				t.Errorf("got %v of %s", c, c.Origin)
			}
			store := auth.NewMemory()
			save := func() {
				t.Helper()
				data, err := c.Marshal() // as a store does
				if err != nil {
					t.Fatal(err)
				}
				if c, err = auth.Unmarshal(data); err != nil {
					t.Fatal(err)
				}
				if err := store.Save(t.Context(), "default", c); err != nil {
					t.Fatal(err)
				}
			}
			save()
			// An app sees the spaces that it is a member of: none in the built-in state.
			app := tc.provider == "googlechat" && strings.Contains(c.Account, "gserviceaccount")
			list(t, store, c, app)
			if c.RefreshToken == "" {
				return
			}
			former := c.AccessToken
			c.Expiry = time.Now()
			save()
			list(t, store, c, app)
			if c, err = store.Load(t.Context(), "default"); err != nil || c.AccessToken == former {
				t.Errorf("the store has the former token, %v", err)
			}
		})
	}
}

// list opens a provider and lists its groups, and the memberships of the first one.
func list(t *testing.T, store auth.Store, c *auth.Credential, none bool) {
	t.Helper()
	p, err := methods.Open(c, methods.Source(store, "default", c, nil))
	if err != nil {
		t.Fatal(err)
	}
	client := memberships.New(p)
	for g, err := range client.Groups(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for m, err := range client.List(t.Context(), memberships.Filter{Group: g}) {
			if err != nil {
				t.Errorf("%s of %s: %v", m.Member.ID, g.ID, err)
			}
		}
		if none {
			t.Errorf("got the group %s", g.ID)
		}
		return
	}
	if !none {
		t.Error("there is no group")
	}
}

// A revoked credential gets no more tokens.
func TestRevoke(t *testing.T) {
	srv := emulator.NewServer(emulator.WithAutoApprove())
	t.Cleanup(srv.Close)
	for _, tc := range []struct {
		provider, name string
		values         map[string]string
	}{
		{"box", "app", map[string]string{"client_id": "B1", "client_secret": "canary-secret", "redirect_url": "http://127.0.0.1:0/"}},
		{"googlechat", "installed app", map[string]string{"client_secrets": clientSecrets(t)}},
	} {
		t.Run(tc.provider, func(t *testing.T) {
			c, err := find(t, tc.provider, tc.name).Login(t.Context(), methods.Request{Values: tc.values, Browser: browse(t), BaseURL: srv.URL})
			if err != nil {
				t.Fatal(err)
			}
			if err := methods.Revoke(t.Context(), nil, c); err != nil {
				t.Fatal(err)
			}
			store := auth.NewMemory()
			c.Expiry = time.Now()
			if err := store.Save(t.Context(), "default", c); err != nil {
				t.Fatal(err)
			}
			token, err := methods.Source(store, "default", c, nil).TokenContext(t.Context())
			if !errors.Is(err, auth.ErrSignedOut) || strings.Contains(err.Error(), c.RefreshToken) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, %v, want signed out", token, err)
			}
		})
	}
	c := &auth.Credential{Provider: "webex", Method: "bot token", AccessToken: "a", Origin: "http://127.0.0.1:1"}
	if err := methods.Revoke(t.Context(), nil, c); err != nil {
		t.Errorf("a token that cannot be revoked: %v", err)
	}
}

// A page without an answer leaves the sign-in waiting, until its context is done.
func TestNoAnswer(t *testing.T) {
	srv := emulator.NewServer() // with a page
	t.Cleanup(srv.Close)
	m := find(t, "webex", "integration")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	r := methods.Request{Values: map[string]string{"client_id": "C1", "client_secret": "canary-secret", "redirect_url": "http://127.0.0.1:0/"}, Browser: browse(t), BaseURL: srv.URL}
	if c, err := m.Login(ctx, r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", c, err)
	}
}
