package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// An assertion that has ended by the clock of the server is refused with the server's reason
// at Google. Box sends its time, by which the command signs once more.
func TestAuthOfAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		s, srv := newSigning(t, emulator.WithClock(func() time.Time { return time.Now().Add(ahead) }))
		google := s.run(strings.NewReader(""), "auth", "login", "googlechat", "--method", "service-account", "--set", "credentials_file="+serviceAccountOf(t), "--store", "file", "--base-url", srv.URL)
		if google.code != exit.Failed || !strings.Contains(google.stderr, "googlechat refused the token with status 400, invalid_grant: ") {
			t.Errorf("Google, %s ahead: %+v", ahead, google)
		}
		box := s.run(strings.NewReader(""), "auth", "login", "box", "--method", "app-config", "--set", "config_file="+boxConfigOf(t), "--store", "file", "--base-url", srv.URL)
		if box.code != exit.Done {
			t.Errorf("Box, %s ahead: %+v", ahead, box)
		}
		if row, _ := s.status("googlechat"); row["state"] != "not signed in" {
			t.Errorf("Google, %s ahead: %v", ahead, row)
		}
	}
}
