package cli

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// The status lists the permissions of a token, and names the setting of a sign-in whose file is
// gone in place of a variable that is not set.
func TestAuthStatusOfSettings(t *testing.T) {
	type entry = map[cbor.ByteString]any
	data, err := cbor.Marshal(entry{"v": 2, "t": time.Now().Unix(), "ttl": 600, "res": entry{"chan": entry{"general": 36}, "uuid": entry{"ada": 32}}})
	if err != nil {
		t.Fatal(err)
	}
	s, srv := newSigning(t)
	s.env = map[string]string{"PUBNUB_AUTH_TOKEN": base64.RawURLEncoding.EncodeToString(data)}
	if res := s.run(strings.NewReader("sub-c-1\nada\n"), "auth", "login", "pubnub", "--store", "file", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{}
	if row, code := s.status("pubnub"); code != exit.Done || row["scopes"] != "channel general: manage, get; user ada: get" {
		t.Errorf("%d, %v", code, row)
	}
	file := serviceAccountOf(t)
	if res := s.run(strings.NewReader(""), "auth", "login", "googlechat", "--method", "service-account", "--set", "credentials_file="+file, "--store", "file", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	row, code := s.status("googlechat")
	if code != exit.Failed || row["state"] != "does not work" || strings.Contains(row["detail"], "GOOGLE_APPLICATION_CREDENTIALS") || !strings.Contains(row["detail"], `credentials_file of the sign-in of profile "default"`) || !strings.Contains(row["detail"], file) {
		t.Errorf("%d, %v", code, row)
	}
}
