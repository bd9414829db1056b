package googlechat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth/googlechat"
)

const installed = `{"installed":{"client_id":"id","project_id":"p","auth_uri":"https://accounts.google.com/o/oauth2/auth","token_uri":"https://oauth2.googleapis.com/token","client_secret":"canary","redirect_uris":["http://localhost"]}}`

func TestParseClientSecrets(t *testing.T) {
	for _, tc := range []struct{ name, data, origin, want string }{
		{"installed", installed, "", ""},
		{"web", strings.Replace(installed, "installed", "web", 1), "", ""},
		{"an older endpoint", strings.Replace(installed, "oauth2.googleapis.com/token", "accounts.google.com/o/oauth2/token", 1), "", ""},
		{"no endpoint", `{"installed":{"client_id":"id","client_secret":"canary"}}`, "", ""},
		{"an emulator", strings.Replace(installed, "https://oauth2.googleapis.com", "http://127.0.0.1:8787", 1), "http://127.0.0.1:8787", ""},
		{"an emulator by name", strings.Replace(installed, "https://oauth2.googleapis.com", "http://localhost:8787", 1), "http://localhost:8787", ""},
		{"another server", strings.Replace(installed, "oauth2.googleapis.com", "canary.example", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a server with Google's name in its own", strings.Replace(installed, "oauth2.googleapis.com", "evilgoogleapis.com", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a query", strings.Replace(installed, "googleapis.com/token", "googleapis.com/token?canary", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a fragment", strings.Replace(installed, "googleapis.com/token", "googleapis.com/token#canary", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a port", strings.Replace(installed, "googleapis.com/token", "googleapis.com:8443/token", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"an emulator at another path", strings.Replace(installed, "https://oauth2.googleapis.com", "http://127.0.0.1:8787/canary", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a machine that is not this one", strings.Replace(installed, "https://oauth2.googleapis.com", "http://10.0.0.1", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a domain of Google", strings.Replace(installed, "oauth2.googleapis.com", "googleapis.com", 1), "", ""},
		{"its other domain", strings.Replace(installed, "oauth2.googleapis.com", "google.com", 1), "", ""},
		{"no TLS", strings.Replace(installed, "https://oauth2", "http://oauth2", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"a user before the host", strings.Replace(installed, "oauth2.googleapis.com", "canary@oauth2.googleapis.com", 1), "", "s.json: the field installed.token_uri: expected https://oauth2.googleapis.com/token"},
		{"no client id", `{"installed":{"client_secret":"canary"}}`, "", "s.json: the field installed.client_id: expected a text that is not empty"},
		{"no secret", `{"web":{"client_id":"canary"}}`, "", "s.json: the field web.client_secret: expected a text that is not empty"},
		{"a number", `{"installed":{"client_id":17,"client_secret":"canary"}}`, "", "s.json: the field installed.client_id: expected a text"},
		{"a service account", `{"type":"service_account","private_key":"canary"}`, "", "s.json is no client_secrets.json, which has the field installed or web: it is a file of credentials"},
		{"another object", `{"canary":{}}`, "", `s.json: the field installed or web: expected the object of an app: make an OAuth client of the type "Desktop app" and download its JSON`},
		{"no JSON", "canary", "", "s.json is not JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			app, err := googlechat.ParseClientSecrets("s.json", []byte(tc.data))
			if tc.want != "" {
				if fmt.Sprint(err) != tc.want || app.ClientID != "" {
					t.Errorf("got %v, want %s", err, tc.want)
				}
				return
			}
			if err != nil || app.ClientID != "id" || app.ClientSecret != "canary" || app.Origin != tc.origin || app.Web != (tc.name == "web") {
				t.Errorf("got the app %q of %q, %v", app.ClientID, app.Origin, err)
			}
		})
	}
}

func TestReadClientSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "client_secrets.json")
	if err := os.WriteFile(path, []byte(installed), 0o600); err != nil {
		t.Fatal(err)
	}
	if app, err := googlechat.ReadClientSecrets(path); err != nil || app.ClientID != "id" {
		t.Errorf("got %q, %v", app.ClientID, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	want := path + " holds a secret and others can read or change it (mode 0644): run chmod 600 " + path
	if app, err := googlechat.ReadClientSecrets(path); fmt.Sprint(err) != want || app.ClientSecret != "" {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzParseClientSecrets(f *testing.F) {
	f.Add([]byte(installed))
	for _, seed := range []string{
		"", "null", "{}", `{"web":[]}`, `{"installed":null}`, `{"installed":{"client_id":7}}`, `{"installed":{"client_id":"a","client_secret":"b","token_uri":"http://[::1]:8/token"}}`,
		`{"installed":{"client_id":"a","client_secret":"b","token_uri":"http://127.0.0.1:8/token?x"}}`, `{"type":"service_account"}`, `{"installed.client_id":"a"}`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := googlechat.ParseClientSecrets("s.json", data)
		if err == nil && (app.ClientID == "" || app.ClientSecret == "") || err != nil && (!strings.HasPrefix(err.Error(), "s.json") || len(err.Error()) > 200) {
			t.Errorf("got %q, %v", app.ClientID, err)
		}
		if app.Origin != "" && !strings.HasPrefix(app.Origin, "http://") {
			t.Errorf("the secrets would go to %s", app.Origin)
		}
	})
}
