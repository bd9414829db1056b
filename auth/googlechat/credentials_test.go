package googlechat_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/googlechat"
)

// account returns a key, and the file of a service account with it.
func account(t testing.TB, change map[string]any) (*rsa.PrivateKey, []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{
		"type": "service_account", "project_id": "p", "client_email": "bot@example.com", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"token_uri":   "https://oauth2.googleapis.com/token",
	}
	for name, value := range change {
		fields[name] = value
	}
	data, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return key, data
}

// A service account signs as the app, or for a person.
func TestServiceAccount(t *testing.T) {
	key, data := account(t, nil)
	var asked []map[string]any
	origin, forms := server(t, "/token", func(form url.Values) (int, string) {
		parts := strings.Split(form.Get("assertion"), ".")
		if len(parts) != 3 {
			return 400, `{"error":"invalid_request"}`
		}
		header, _ := base64.RawURLEncoding.DecodeString(parts[0])
		body, _ := base64.RawURLEncoding.DecodeString(parts[1])
		signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil || string(header) != `{"alg":"RS256","typ":"JWT","kid":"k1"}` {
			t.Errorf("the assertion has the header %s and the signature error %v", header, err)
		}
		var claims map[string]any
		if err := json.Unmarshal(body, &claims); err != nil {
			t.Error(err)
		}
		asked = append(asked, claims)
		return 200, `{"access_token":"ya29","expires_in":3599,"token_type":"Bearer"}`
	})
	c, err := googlechat.ParseCredentials("key.json", data)
	if err != nil || c.User != nil {
		t.Fatalf("got %v, %v", c.User, err)
	}
	s := *c.Account
	s.Origin, s.Scopes = origin, wanted
	for _, subject := range []string{"", "ada@example.com"} {
		s.Subject = subject
		source, err := s.TokenSource()
		if err != nil {
			t.Fatal(err)
		}
		if token, err := source.Token(); err != nil || token.AccessToken != "ya29" || !within(token.Expiry, 59*time.Minute) {
			t.Errorf("got %v, %v", token, err)
		}
	}
	for _, claims := range asked {
		begin, _ := claims["iat"].(float64)
		end, _ := claims["exp"].(float64)
		if now := float64(time.Now().Unix()); begin > now || begin < now-60 || end <= now || end > now+3600 {
			t.Errorf("an assertion is valid from %v to %v", claims["iat"], claims["exp"])
		}
		delete(claims, "iat")
		delete(claims, "exp")
	}
	app := map[string]any{"iss": "bot@example.com", "aud": origin + "/token", "scope": strings.Join(wanted, " ")}
	person := map[string]any{"iss": "bot@example.com", "aud": origin + "/token", "scope": strings.Join(wanted, " "), "sub": "ada@example.com"}
	if diff := cmp.Diff([]map[string]any{app, person}, asked); diff != "" {
		t.Errorf("the claims (-want +got):\n%s", diff)
	}
	for _, form := range *forms {
		form.Del("assertion")
		if diff := cmp.Diff(url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}}, form); diff != "" {
			t.Errorf("the form (-want +got):\n%s", diff)
		}
	}
	if printed := fmt.Sprintf("%v %+v %#v %v", s, s, s, &s); strings.Contains(printed, key.D.String()[:20]) || strings.Contains(printed, key.D.Text(16)[:20]) {
		t.Errorf("the key shows in %s", printed)
	}
	s.Scopes = nil
	if _, err := s.TokenSource(); fmt.Sprint(err) != "googlechat: a service account has scopes" {
		t.Errorf("no scopes: got %v", err)
	}
	if _, err := (googlechat.ServiceAccount{Scopes: wanted}).TokenSource(); fmt.Sprint(err) != "googlechat: the service account has no key: ReadCredentials returns one" {
		t.Errorf("no key: got %v", err)
	}
}

// The reason why there is no token is one line without credentials, and no redirect is
// followed.
func TestServiceAccountErrors(t *testing.T) {
	_, data := account(t, nil)
	for name, tc := range map[string]struct {
		answer  func(url.Values) (int, string)
		want    string
		subject string
	}{
		"delegation": {
			answer: always(401, `{"error":"unauthorized_client","error_description":"No."}`), subject: "ada@example.com",
			want: "googlechat refused the token with status 401, unauthorized_client: No.; required: domain-wide delegation of the service account for its scopes (the Google Admin console: Security, Access and data control, API controls, Manage Domain Wide Delegation)",
		},
		"policy": {
			answer: always(403, `{"error":"access_denied","error_description":"No."}`), subject: "ada@example.com",
			want: "googlechat refused the token with status 403, access_denied: No.; required: an administrator's permission to use the app with its scopes (the Google Admin console: Security, Access and data control, API controls, Manage Third-Party App Access)",
		},
		"refused":  {always(401, `{"error":"unauthorized_client","error_description":"Client is unauthorized"}`), "googlechat refused the token with status 401, unauthorized_client: Client is unauthorized", ""},
		"no grant": {always(400, `{"error":"invalid_grant","error_description":"Invalid JWT\nSignature."}`), "googlechat refused the token with status 400, invalid_grant: Invalid JWT Signature.", ""},
		"echo": {func(form url.Values) (int, string) {
			return 400, fmt.Sprintf(`{"error":"invalid_request","error_description":"see %s"}`, form.Get("assertion"))
		}, "googlechat refused the token with status 400, invalid_request: see REDACTED", ""},
		"a page":   {always(502, "<html>"), "googlechat refused the token with status 502", ""},
		"redirect": {always(307, ""), "the token endpoint of googlechat: a redirect leads to http://evil.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := googlechat.ParseCredentials("key.json", data)
			if err != nil {
				t.Fatal(err)
			}
			c.Account.Origin, _ = server(t, "/token", tc.answer)
			c.Account.Scopes, c.Account.Subject = wanted, tc.subject
			source, err := c.Account.TokenSource()
			if err != nil {
				t.Fatal(err)
			}
			if token, err := source.Token(); fmt.Sprint(err) != tc.want || errors.Is(err, auth.ErrSignedOut) {
				t.Errorf("got %v, %v, want %s", token, err, tc.want)
			}
		})
	}
}

const user = `{"type":"authorized_user","client_id":"id","client_secret":"canary-secret","refresh_token":"canary-refresh","account":"ada@example.com"}`

func TestAuthorizedUser(t *testing.T) {
	origin, forms := server(t, "/token", always(200, `{"access_token":"ya29","expires_in":3599}`))
	c, err := googlechat.ParseCredentials("user.json", []byte(user))
	if err != nil || c.Account != nil || c.User.Account != "ada@example.com" || c.User.Method != googlechat.MethodAuthorizedUser {
		t.Fatalf("got %v, %v", c.User, err)
	}
	c.User.Origin = origin
	source := googlechat.UserTokens(c.User, nil)
	for range 2 {
		if token, err := source.Token(); err != nil || token.AccessToken != "ya29" {
			t.Errorf("got %v, %v", token, err)
		}
	}
	want := []url.Values{{"grant_type": {"refresh_token"}, "client_id": {"id"}, "client_secret": {"canary-secret"}, "refresh_token": {"canary-refresh"}}}
	if diff := cmp.Diff(want, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
}

func TestParseCredentials(t *testing.T) {
	with := func(name string, value any) string {
		_, data := account(t, map[string]any{name: value})
		return string(data)
	}
	for name, tc := range map[string]struct{ data, want string }{
		"another type":       {`{"type":"external_account"}`, `c.json has the type "external_account"; it must be service_account or authorized_user`},
		"a secret as a type": {`{"type":"Canary 1//x"}`, "c.json has an unknown type; it must be service_account or authorized_user"},
		"no type":            {`{}`, "c.json: the field type: expected service_account or authorized_user"},
		"a number as a type": {`{"type":7}`, "c.json: the field type: expected a text"},
		"client secrets":     {installed, "c.json is a client_secrets.json, with which a person signs in: it has no credentials of its own"},
		"no key":             {with("private_key", ""), "c.json: the field private_key: expected a text that is not empty"},
		"no PEM":             {with("private_key", "canary"), "c.json: the field private_key: expected a key in PEM"},
		"PEM without a key":  {with("private_key", "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n"), "c.json: the field private_key: expected a key in PEM"},
		"no address":         {with("client_email", ""), "c.json: the field client_email: expected a text that is not empty"},
		"a foreign server":   {with("token_uri", "https://canary.example/token"), "c.json: the field token_uri: expected https://oauth2.googleapis.com/token"},
		"no refresh token":   {`{"type":"authorized_user","client_id":"id","client_secret":"canary"}`, "c.json: the field refresh_token: expected a text that is not empty"},
		"no object":          {`"canary"`, "c.json is not a JSON object"},
	} {
		if c, err := googlechat.ParseCredentials("c.json", []byte(tc.data)); fmt.Sprint(err) != tc.want || c.Account != nil || c.User != nil {
			t.Errorf("%s: got %v, %v, want %s", name, c.User, err, tc.want)
		}
	}
}

func TestDefaultCredentials(t *testing.T) {
	dir := t.TempDir()
	write := func(path, content string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	_, data := account(t, nil)
	named := write(filepath.Join(dir, "key.json"), string(data))
	own := write(filepath.Join(dir, "gcloud", "application_default_credentials.json"), user)
	for _, tc := range []struct {
		name string
		env  map[string]string
		kind string
		want string
		none bool
	}{
		{"the variable", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": named, "CLOUDSDK_CONFIG": filepath.Dir(own)}, "account", "", false},
		{"gcloud's file", map[string]string{"CLOUDSDK_CONFIG": filepath.Dir(own)}, "user", "", false},
		{"no file", map[string]string{"CLOUDSDK_CONFIG": dir}, "", "application_default_credentials.json does not exist, and the metadata server of Google Cloud is not supported", true},
		{"a variable without its file", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": filepath.Join(dir, "none")}, "", "none", false},
		{"nothing", nil, "", "there is no home directory", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := googlechat.DefaultCredentials(func(name string) string { return tc.env[name] })
			switch {
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, googlechat.ErrNoDefault) != tc.none):
				t.Errorf("got %v, want %s", err, tc.want)
			case tc.want == "" && (err != nil || (c.Account != nil) != (tc.kind == "account") || (c.User != nil) != (tc.kind == "user")):
				t.Errorf("got %v, %v, want the %s", c.User, err, tc.kind)
			}
		})
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(named, 0o604); err != nil {
			t.Fatal(err)
		}
		if c, err := googlechat.ReadCredentials(named); c.Account != nil || err == nil || !strings.HasSuffix(err.Error(), "(mode 0604): run chmod 600 "+named) {
			t.Errorf("a file that others can read: got %v", err)
		}
	}
}

func FuzzParseCredentials(f *testing.F) {
	_, data := account(f, nil)
	f.Add(data)
	f.Add([]byte(user))
	f.Add([]byte(installed))
	for _, seed := range []string{
		"", "null", "[]", "{}", `{"type":null}`, `{"type":["service_account"]}`, `{"type":"service_account"}`, `{"type":"authorized_user","client_id":{}}`,
		`{"type":"external_account"}`, `{"type":"service_account","client_email":"a","private_key":"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"}`,
		`{"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"c","token_uri":"https://a@oauth2.googleapis.com/token"}`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := googlechat.ParseCredentials("c.json", data)
		switch {
		case err == nil && (c.Account == nil) == (c.User == nil):
			t.Errorf("got %v and %v", c.Account, c.User)
		case err != nil && (!strings.HasPrefix(err.Error(), "c.json") || len(err.Error()) > 200):
			t.Errorf("got %v", err)
		}
	})
}
