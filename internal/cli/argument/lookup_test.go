package argument

import (
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/option"
)

// An id or URL costs no request, a name costs one list, and an ambiguous name is an
// error.
func TestGroupNamed(t *testing.T) {
	const (
		uuid   = "90010000-0000-4000-8000-000000000001"
		room1  = "Y2lzY29zcGFyazovL3VzL1JPT00vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx"
		room4  = "Y2lzY29zcGFyazovL3VzL1JPT00vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDA0"
		team4  = "Y2lzY29zcGFyazovL3VzL1RFQU0vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDA0"
		unseen = "; 'memberships groups' lists them, and id: before an id says that it is one"
	)
	tests := []struct {
		provider, text, want, wrong string
		requests                    bool
	}{
		{"box", "12345", "12345", "", false},
		{"box", "group:12345", "group:12345", "", false},
		{"box", "Demo", "group:9000001", "", true},
		{"box", "name:12345", "", `box has no group named "12345" that the credential sees` + unseen, true},
		{"box", "https://app.box.com/master/groups/9000001", "9000001", "", false},
		{"box", "https://acme.app.box.com/master/groups/9000001/members?x=1", "9000001", "", false},
		{"box", "https://app.box.com/folder/1", "", `the URL "https://app.box.com/folder/1" does not hold the id of a group in box`, false},
		{"box", "https://evil-box.com/master/groups/9000001", "", `the URL "https://evil-box.com/master/groups/90000"... does not hold the id of a group in box`, false},
		{"clerk", "org_demo", "org_demo", "", false},
		{"clerk", "Demo", "organization:org_demo", "", true},
		{"clerk", "demo", "", `clerk has no group named "demo" that the credential sees; there is "Demo"`, true},
		{"clerk", "Nowhere", "", `clerk has no group named "Nowhere" that the credential sees` + unseen, true},
		{"clerk", "organization:acme", "organization:acme", "", false},
		{"clerk", "id:acme", "acme", "", false},
		{"clerk", "https://dashboard.clerk.com/apps/app_1/instances/ins_1/organizations/org_demo", "org_demo", "", false},
		{"clerk", "https://app.box.com/master/groups/1", "", `"https://app.box.com/master/groups/1" is a URL of box, and the provider is clerk`, false},
		{"googlechat", "spaces/AAAA0000001", "spaces/AAAA0000001", "", false},
		{"googlechat", "AAAA0000001", "AAAA0000001", "", false},
		{"googlechat", "Everyone", "space:AAAA0000003", "", true},
		{"googlechat", "space:Everyone", "space:Everyone", "", false},
		{"googlechat", "https://chat.google.com/room/AAAA0000001?cls=7", "AAAA0000001", "", false},
		{"googlechat", "https://chat.google.com/u/0/room/AAAA0000001/thread", "AAAA0000001", "", false},
		{"googlechat", "https://chat.google.com/dm/AAAA0000001", "AAAA0000001", "", false},
		{"googlechat", "https://mail.google.com/chat/u/0/#chat/space/AAAA0000001", "AAAA0000001", "", false},
		{"googlechat", "https://mail.google.com/mail/u/0/#inbox", "", `the URL "https://mail.google.com/mail/u/0/#inbox" does not hold the id of a group in googlechat`, false},
		{"pubnub", "Demo", "Demo", "", false},
		{"pubnub", "any text", "any text", "", false},
		{"pubnub", "name:Demo", "channel:demo", "", true},
		{"webex", room1, room1, "", false},
		{"webex", "Demo", "room:" + room1, "", true},
		{"webex", "Engine Team", "", `webex has 2 groups named "Engine Team": room:` + room4 + " and team:" + team4 + "; name one by its id", true},
		{"webex", "team:Engine Team", "team:" + team4, "", true},
		{"webex", "team:name:Engine Team", "team:" + team4, "", true},
		{"webex", "webexteams://im?space=" + uuid, "room:" + room1, "", false},
		{"webex", "https://web.webex.com/spaces/" + uuid, "room:" + room1, "", false},
		{"webex", "webexteams://im?space=1", "", `the URL "webexteams://im?space=1" does not hold the id of a group in webex`, false},
	}
	srv := emulator.NewServer()
	defer srv.Close()
	requests := 0
	srv.Control(func(http.ResponseWriter, *http.Request) bool { requests++; return false })
	for _, tt := range tests {
		c, err := credentials.OpenEmulator(tt.provider, option.WithBaseURL(srv.URL))
		if err != nil {
			t.Fatal(err)
		}
		requests = 0
		got, err := GroupNamed(t.Context(), c, tt.text)
		wrong := ""
		if err != nil {
			wrong = err.Error()
		}
		if got.String() != tt.want || wrong != tt.wrong || (requests > 0) != tt.requests || got.Name != "" {
			t.Errorf("%s %s: got %q, %q, %d requests; want %q, %q", tt.provider, tt.text, got, wrong, requests, tt.want, tt.wrong)
		}
	}
}
