package browser

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"HOME=/home/ada", "WEBEX_CLIENT_SECRET=canary", "BOX_CLIENT_SECRET=canary", "BOX_CLIENT_ID=id", "WEBEX_REFRESH_TOKEN=canary",
		"CLERK_SECRET_KEY=canary", "CLERK_WEBHOOK_SIGNING_SECRET=canary", "MEMBERSHIPS_PASSPHRASE=canary", "EMPTY=", "",
	})
	if diff := cmp.Diff([]string{"HOME=/home/ada", "BOX_CLIENT_ID=id", "EMPTY=", ""}, got); diff != "" {
		t.Errorf("the variables of a browser (-want +got):\n%s", diff)
	}
}
