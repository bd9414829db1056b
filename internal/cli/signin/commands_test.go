package signin

import (
	"errors"
	"fmt"
	"testing"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
)

// A command line names the profile unless it is the default one, and quotes words for a shell.
func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		key   string
		words []string
		want  string
	}{
		{"webex/default", nil, "memberships auth login webex"},
		{"webex/work", nil, "memberships auth login webex --profile work"},
		{"webex/my work", []string{"--change"}, "memberships auth login webex --change --profile 'my work'"},
	} {
		if got := Command("login", tt.key, tt.words...); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.key, got, tt.want)
		}
	}
}

// The error of a credential that cannot be read names the ways out. A passphrase is one where
// it may open the file; other errors stay as they are.
func TestWayOut(t *testing.T) {
	const out = "run 'memberships auth logout webex --keep-tokens', which keeps a file that cannot be read, and then 'memberships auth login webex'"
	gone := errors.New("the disk is gone")
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"damaged":            {fmt.Errorf("x %w", auth.ErrUnreadable), "x " + auth.ErrUnreadable.Error() + "; " + out},
		"another passphrase": {errors.Join(auth.ErrUnreadable, filestore.ErrPassphrase), auth.ErrUnreadable.Error() + "\n" + filestore.ErrPassphrase.Error() + "; give the passphrase of that sign-in, or " + out},
		"another error":      {gone, gone.Error()},
	} {
		got := wayOut("webex/default", tt.err)
		if !errors.Is(got, tt.err) || got.Error() != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	if err := wayOut("webex/default", nil); err != nil {
		t.Errorf("no error: got %v", err)
	}
}
