package keyring_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/keyring"
)

// loadOn returns the error of Load in a process with a bus of the session.
func loadOn(t *testing.T, bus string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), loadVariable+"="+t.TempDir(), "DBUS_SESSION_BUS_ADDRESS=unix:path="+bus)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// A session without a bus has no keyring, which is not an empty one.
func TestNoBus(t *testing.T) {
	got := loadOn(t, filepath.Join(t.TempDir(), "bus"))
	if !strings.Contains(got, keyring.ErrNoKeyring.Error()) || strings.Contains(got, auth.ErrAbsent.Error()) {
		t.Errorf("got %q", got)
	}
}

// A bus that does not answer ends no later than any other keyring.
func TestHungBus(t *testing.T) {
	bus := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", bus)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	begin := time.Now()
	got := loadOn(t, bus)
	if !strings.Contains(got, keyring.ErrTimeout.Error()) || strings.Contains(got, auth.ErrAbsent.Error()) {
		t.Errorf("got %q", got)
	}
	if d := time.Since(begin); d < 3*time.Second || d > 20*time.Second {
		t.Errorf("it took %s", d)
	}
}
