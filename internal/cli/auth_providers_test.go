package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// keyPEM returns the text of a new key.
func keyPEM(t *testing.T) string {
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

// keyFile returns the path of a JSON file that its owner alone can read.
func keyFile(t *testing.T, content any) string {
	t.Helper()
	data, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func boxConfigOf(t *testing.T) string {
	return keyFile(t, map[string]any{"enterpriseID": "17", "boxAppSettings": map[string]any{
		"clientID": "id", "clientSecret": "canary-secret", "appAuth": map[string]string{"publicKeyID": "k1", "privateKey": keyPEM(t)},
	}})
}

func serviceAccountOf(t *testing.T) string {
	return keyFile(t, map[string]string{"type": "service_account", "client_email": "bot@project.iam.gserviceaccount.com", "private_key_id": "k1", "private_key": keyPEM(t)})
}

func userOf(t *testing.T) string {
	return keyFile(t, map[string]string{"type": "authorized_user", "client_id": "id", "client_secret": "canary-secret", "refresh_token": "canary-refresh", "account": "ada@example.com"})
}

func clientSecretsOf(t *testing.T) string {
	return keyFile(t, map[string]any{"installed": map[string]string{"client_id": "id", "client_secret": "canary-secret"}})
}

// signIn is a sign-in by the command, and its row in the status.
type signIn struct {
	provider, method string
	flags            []string
	stdin            string
	env              map[string]string
	account, scopes  string
	// expires and renews report that the status has the end of the token and of its refresh
	// token.
	expires, renews bool
	// warns is a part of what the sign-in prints.
	warns string
}

func signIns(t *testing.T) []signIn {
	app := []string{"--set", "client_id=id"}
	const google = "https://www.googleapis.com/auth/chat."
	return []signIn{
		{provider: "box", method: "app", flags: app, stdin: "canary-secret\n", account: "ada@example.com", expires: true, renews: true},
		{provider: "box", method: "app config", flags: []string{"--set", "config_file=" + boxConfigOf(t)}, account: "enterprise 17"},
		{provider: "box", method: "app config", flags: []string{"--set", "user_id=11000000001", "--set", "config_file=" + boxConfigOf(t)}, account: "user 11000000001"},
		{provider: "box", method: "client credentials", flags: []string{"--set", "client_id=id", "--set", "enterprise_id=17"}, stdin: "canary-secret\n", account: "enterprise 17"},
		{provider: "box", method: "client credentials", flags: []string{"--set", "client_id=id", "--set", "user_id=11000000001"}, stdin: "canary-secret\n", account: "user 11000000001"},
		{provider: "box", method: "developer token", stdin: "canary-token\n", account: "ada@example.com", expires: true, warns: "A developer token ends an hour after its creation"},
		{provider: "clerk", method: "secret key", stdin: "sk_test_canary\n", account: "test instance"},
		{provider: "googlechat", method: "installed app", flags: []string{"--client-secrets", clientSecretsOf(t)}, scopes: google + "memberships.readonly " + google + "spaces.readonly", expires: true},
		{provider: "googlechat", method: "installed app", env: map[string]string{"GOOGLE_CLIENT_SECRETS": clientSecretsOf(t)}, flags: []string{"--change", "--set", "account=ada@example.com"}, account: "ada@example.com", scopes: google + "memberships " + google + "spaces.readonly", expires: true},
		{provider: "googlechat", method: "service account", flags: []string{"--set", "credentials_file=" + serviceAccountOf(t)}, account: "bot@project.iam.gserviceaccount.com", scopes: google + "bot"},
		{provider: "googlechat", method: "service account", flags: []string{"--set", "subject=ada@example.com", "--set", "credentials_file=" + serviceAccountOf(t)}, account: "ada@example.com", warns: "a subject needs domain-wide delegation"},
		{provider: "googlechat", method: "application default credentials", env: map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": serviceAccountOf(t)}, account: "bot@project.iam.gserviceaccount.com"},
		{provider: "googlechat", method: "application default credentials", env: map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": userOf(t)}, account: "ada@example.com"},
		{provider: "googlechat", method: "access token", stdin: "canary-token\n", warns: "An access token of Google ends after about an hour"},
		{provider: "pubnub", method: "keyset", flags: []string{"--set", "subscribe_key=sub-c-1", "--set", "user_id=ada"}, account: "ada"},
		{provider: "pubnub", method: "keyset", flags: []string{"--set", "subscribe_key=sub-c-1", "--set", "user_id=ada"}, env: map[string]string{"PUBNUB_SECRET_KEY": "sec-c-canary"}, account: "ada"},
		{provider: "webex", method: "integration", flags: app, stdin: "canary-secret\n", account: "ada@example.com", expires: true, renews: true, scopes: "spark:memberships_read"},
		{provider: "webex", method: "service app", flags: app, stdin: "canary-secret\ncanary-refresh\n", account: "ada@example.com", expires: true, renews: true},
		{provider: "webex", method: "bot token", stdin: "canary-token\n", account: "ada@example.com", warns: "A bot sees only the rooms that it is a member of."},
		{provider: "webex", method: "personal token", stdin: "canary-token\n", account: "ada@example.com", expires: true, warns: "A personal token ends 12 hours after its creation"},
	}
}

// Every way to sign in works with the command: the sign-in, its row in the status, a listing,
// and the end of the sign-in.
func TestAuthOfEachMethod(t *testing.T) {
	all := signIns(t)
	for _, m := range methods.All() {
		if !slices.ContainsFunc(all, func(in signIn) bool { return in.provider == m.Provider && in.method == m.Name }) {
			t.Errorf("%s, %s has no sign-in here", m.Provider, m.Name)
		}
	}
	for _, in := range all {
		t.Run(in.provider+" "+in.method, func(t *testing.T) {
			m, err := methods.Find(in.provider, in.method)
			if err != nil {
				t.Fatal(err)
			}
			s, srv := newSigning(t)
			s.env = in.env
			args := append([]string{in.provider, "--method", strings.ReplaceAll(in.method, " ", "-"), "--base-url", srv.URL}, in.flags...)
			var res result
			if m.Browser {
				res = s.loginTyping(in.stdin, args...)
			} else {
				res = s.run(strings.NewReader(in.stdin), append([]string{"auth", "login", "--store", "file"}, args...)...)
			}
			if res.code != exit.Done || !strings.Contains(res.stderr, "signed in at "+in.provider) || !strings.Contains(res.stderr, in.warns) || strings.Contains(res.stderr+res.stdout, "canary") {
				t.Fatalf("login: %+v", res)
			}
			s.env = nil
			row, code := s.status(in.provider)
			got := map[string]any{"code": code, "state": row["state"], "method": row["method"], "account": row["account"], "expires": row["expires"] != "", "renews": row["refresh_until"] != ""}
			want := map[string]any{"code": exit.Done, "state": "works", "method": in.method, "account": in.account, "expires": in.expires, "renews": in.renews}
			if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(row["scopes"], in.scopes) {
				t.Errorf("status (-want +got):\n%s%v", diff, row)
			}
			if res := s.run(strings.NewReader(""), "groups", "-p", in.provider, "-o", "ndjson"); res.code != exit.Done {
				t.Errorf("groups: %+v", res)
			}
			if res := s.run(strings.NewReader(""), "auth", "logout", in.provider); res.code != exit.Done {
				t.Errorf("logout: %+v", res)
			}
			if row, code := s.status(in.provider); code != exit.Done || row["state"] != "not signed in" {
				t.Errorf("status after logout: %d, %v", code, row)
			}
		})
	}
}
