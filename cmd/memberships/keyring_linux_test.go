package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
)

// A session without a keyring is an error that names it: at a sign-in, which turns to no other
// store, and later, when it is not "not signed in".
func TestNoKeyring(t *testing.T) {
	e, err := emulator.New(emulator.WithAutoApprove())
	if err != nil {
		t.Fatal(err)
	}
	w := newWatch(t, way{provider: "webex", method: "bot token", typed: []string{canaryToken}, store: "keyring"})
	w.provider(e)
	w.env = append(w.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(w.root, "none"))
	const named = "the keyring of the system (Secret Service): there is none on this machine or in this session"
	if code, out := w.login(); code != 1 || !strings.Contains(out, named) || !strings.Contains(out, "--store") {
		t.Errorf("login ended with %d: %s", code, out)
	}
	credentials := filepath.Join(w.root, "home", ".config", "memberships", "credentials")
	for _, pattern := range []string{"files/*.credential", "encrypted/*.credential", "sign-ins.json"} {
		if found, err := filepath.Glob(filepath.Join(credentials, pattern)); err != nil || len(found) > 0 {
			t.Errorf("the failed sign-in left %q, %v", found, err)
		}
	}
	const record = `{"format":"memberships sign-ins 1","stores":{"webex/default":"keyring"}}`
	if err := os.WriteFile(filepath.Join(credentials, "sign-ins.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"auth", "status"}, {"auth", "logout", "webex"}, {"groups", "-p", "webex"}} {
		if code, out := w.run(nil, "", args...); code != 1 || !strings.Contains(strings.Join(strings.Fields(out), " "), named) || strings.Contains(out, "webex is not signed in") {
			t.Errorf("%q ended with %d: %s", args, code, out)
		}
	}
}
