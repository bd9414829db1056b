package cli

import (
	"path/filepath"
	"testing"
)

// A session without a keyring is named before the person signs in: the keyring is the default.
func TestAuthLoginNoKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	refusedStore(t, func(string) error { return nil }, "there is none on this machine or in this session")
}
