package providers_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providers"
)

func newKey(t *testing.T) (*rsa.PrivateKey, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// tokenServer gives a token for every form, and an empty listing to its bearer.
type tokenServer struct {
	*httptest.Server
	paths  []string
	forms  []url.Values
	claims []map[string]any // of the assertions
	sent   int              // by its client
}

func newTokenServer(t *testing.T) *tokenServer {
	t.Helper()
	s := &tokenServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.paths = append(s.paths, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			if r.Header.Get("Authorization") != "Bearer ya29" && r.Header.Get("Authorization") != "Bearer x" {
				t.Errorf("%s came with %q", r.URL, r.Header.Get("Authorization"))
			}
			if strings.HasPrefix(r.URL.Path, "/v1/spaces") {
				_, _ = fmt.Fprint(w, `{}`)
				return
			}
			_, _ = fmt.Fprint(w, `{"entries":[],"total_count":0,"limit":1000,"offset":0}`)
			return
		}
		_ = r.ParseForm()
		s.forms = append(s.forms, r.PostForm)
		if parts := strings.Split(r.PostForm.Get("assertion"), "."); len(parts) == 3 {
			var c map[string]any
			b, _ := base64.RawURLEncoding.DecodeString(parts[1])
			if err := json.Unmarshal(b, &c); err != nil {
				t.Error(err)
			}
			s.claims = append(s.claims, c)
		}
		_, _ = fmt.Fprint(w, `{"access_token":"ya29","expires_in":3600,"token_type":"bearer"}`)
	}))
	t.Cleanup(s.Close)
	return s
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// client counts what it sends.
func (s *tokenServer) client() *http.Client {
	return &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		s.sent++
		return http.DefaultTransport.RoundTrip(req)
	})}
}

// listGroups lists the groups of a provider, which are none.
func listGroups(t *testing.T, p memberships.Provider) {
	t.Helper()
	for g, err := range memberships.New(p).Groups(t.Context()) {
		t.Errorf("got %v, %v", g, err)
	}
}

func TestTokenOrigin(t *testing.T) {
	for _, tt := range []struct{ provider, base, want string }{
		{"box", "", ""},
		{"box", "https://api.box.com/2.0", ""},
		{"box", "http://127.0.0.1:8787/2.0/", "http://127.0.0.1:8787"},
		{"box", "https://box.com.evil.example", "https://box.com.evil.example"},
		{"googlechat", "https://chat.googleapis.com/v1", ""},
		{"googlechat", "https://proxy.example/chat/v1", "https://proxy.example/chat"},
		{"webex", "https://webexapis.com/v1", ""},
		{"webex", "http://127.0.0.1:8787", "http://127.0.0.1:8787"},
		{"clerk", "http://127.0.0.1:8787/", "http://127.0.0.1:8787"},
	} {
		if got, err := providers.TokenOrigin(tt.provider, tt.base); err != nil || got != tt.want {
			t.Errorf("%s at %s: got %q, %v, want %q", tt.provider, tt.base, got, err, tt.want)
		}
	}
	for provider, base := range map[string]string{"slack": "http://a", "box": "ftp://canary"} {
		if got, err := providers.TokenOrigin(provider, base); !errors.Is(err, memberships.ErrInvalidArgument) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %q, %v", got, err)
		}
	}
}
