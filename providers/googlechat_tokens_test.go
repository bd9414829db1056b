package providers

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
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serviceAccount writes a key whose tokens come from tokenURL.
func serviceAccount(t *testing.T, tokenURL string) (path string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "bot@example.com", "token_uri": tokenURL, "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type claims struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Scope   string `json:"scope"`
}

// tokenServer answers with what answer writes, and tells the claims it was asked with.
func tokenServer(t *testing.T, answer func(http.ResponseWriter, *http.Request)) (url string, asked *[]claims) {
	t.Helper()
	asked = new([]claims)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c claims
		parts := strings.Split(r.FormValue("assertion"), ".")
		if len(parts) == 3 {
			b, _ := base64.RawURLEncoding.DecodeString(parts[1])
			_ = json.Unmarshal(b, &c)
		}
		*asked = append(*asked, c)
		w.Header().Set("Content-Type", "application/json")
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

// A service account acts for itself or for a user, and asks for scopes accordingly.
func TestGoogleServiceAccount(t *testing.T) {
	url, asked := tokenServer(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"access_token": "ya29", "token_type": "Bearer", "expires_in": 3600}`)
	})
	path := serviceAccount(t, url)
	f, err := readGoogleFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []struct {
		subject string
		scopes  []string
	}{{}, {subject: "ada@example.com"}, {subject: "ada@example.com", scopes: []string{"a", "b"}}} {
		source, err := f.tokens(as.subject, as.scopes)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := source.Token(); err != nil || token.AccessToken != "ya29" {
			t.Errorf("got %v, %v", token, err)
		}
	}
	want := []claims{
		{"bot@example.com", "", googleScope + "chat.bot " + googleScope + "chat.app.memberships"},
		{"bot@example.com", "ada@example.com", googleScope + "chat.memberships " + googleScope + "chat.spaces.readonly"},
		{"bot@example.com", "ada@example.com", "a b"},
	}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A user's file has a refresh token, which its own client exchanges.
func TestGoogleUser(t *testing.T) {
	var asked []string
	url, _ := tokenServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.FormValue("grant_type"), r.FormValue("refresh_token"), r.FormValue("client_id"), r.FormValue("client_secret"))
		fmt.Fprint(w, `{"access_token": "ya29", "token_type": "Bearer", "expires_in": 3600}`)
	})
	path := filepath.Join(t.TempDir(), "user.json")
	file := `{"type": "authorized_user", "client_id": "id", "client_secret": "secret", "refresh_token": "again", "token_uri": "` + url + `"}`
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := readGoogleFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source, err := f.tokens("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := source.Token(); err != nil || token.AccessToken != "ya29" {
		t.Errorf("got %v, %v", token, err)
	}
	if diff := cmp.Diff([]string{"refresh_token", "again", "id", "secret"}, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Why there is no token is one line, without credentials, and no redirect is followed.
func TestGoogleGivesNoToken(t *testing.T) {
	elsewhere, followed := tokenServer(t, func(http.ResponseWriter, *http.Request) {})
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		want   string
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error": "unauthorized_client", "error_description": "Client is unauthorized"}`)
		}, "Google answered with status 401, unauthorized_client: Client is unauthorized"},
		"echo": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprintf(w, "<html>\n%s</html>", r.FormValue("assertion"))
		}, "Google answered with status 502"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}, "Google answered with status 307"},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := tokenServer(t, tt.answer)
			f, err := readGoogleFile(serviceAccount(t, url))
			if err != nil {
				t.Fatal(err)
			}
			source, err := f.tokens("", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Token(); fmt.Sprint(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if len(*followed) > 0 {
		t.Error("a redirect was followed, with the assertion")
	}
}

// A file that cannot be used is named with its setting, and nothing of its content is shown.
func TestGoogleFile(t *testing.T) {
	write := func(content any) string {
		b, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "credentials.json")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	account := func(key string) string {
		return write(map[string]string{"type": "service_account", "client_email": "bot@example.com", "private_key": key})
	}
	user := write(map[string]string{"type": "authorized_user", "client_id": "a", "client_secret": "hush", "refresh_token": "hush"})
	for _, tt := range []struct {
		name   string
		values map[string]string
		want   string // "" if the provider opens
	}{
		{"a user", map[string]string{"credentials_file": user}, ""},
		{"a user for another", map[string]string{"credentials_file": user, "subject": "ada@example.com"}, "belongs to a user; only a service account can act for ada@example.com"},
		{"no key", map[string]string{"credentials_file": account("")}, "is not a key in PEM"},
		{"no PEM", map[string]string{"credentials_file": account("hush")}, "is not a key in PEM"},
		{"PEM without a key", map[string]string{"credentials_file": account("-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n")}, "is not a key in PEM"},
		{"another type", map[string]string{"credentials_file": write(map[string]string{"type": "external_account"})}, `has the type "external_account"`},
		{"no object", map[string]string{"credentials_file": write("hush")}, "is not JSON"},
		{"too long", map[string]string{"credentials_file": write(strings.Repeat("x", maxFile))}, "is longer than"},
		{"no file", map[string]string{"credentials_file": filepath.Join(t.TempDir(), "none")}, "no such file"},
		{"a switch", map[string]string{"access_token": "x", "app_auth": "perhaps"}, "app_auth (GOOGLE_CHAT_APP_AUTH): the value must be true or false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := OpenWith("googlechat", tt.values)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wrong := (*SettingError)(nil)
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if want := "googlechat: OpenWith: invalid argument: " + wrong.Setting.name() + ": "; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}
