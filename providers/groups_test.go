package providers_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providers"
)

func TestParseGroup(t *testing.T) {
	for _, tt := range []struct {
		provider, text string
		want           memberships.Group
		ok             bool
		wrong          string
	}{
		{"box", "12345", memberships.Group{ID: "12345"}, true, ""},
		{"box", "Engineering", memberships.Group{ID: "Engineering"}, false, ""},
		{"box", "https://app.box.com/master/groups/12345", memberships.Group{ID: "12345"}, true, ""},
		{"box", "https://app.box.com/folder/1", memberships.Group{}, false, `the URL "https://app.box.com/folder/1" does not hold the id of a group in box`},
		{"clerk", "org_demo", memberships.Group{ID: "org_demo"}, true, ""},
		{"clerk", "https://chat.google.com/room/AAAA0000001", memberships.Group{}, false, `"https://chat.google.com/room/AAAA0000001" is a URL of googlechat, and the provider is clerk`},
		{"googlechat", "space:Engineering", memberships.Group{Kind: memberships.KindSpace, ID: "Engineering"}, true, ""},
		{"pubnub", "any text", memberships.Group{ID: "any text"}, true, ""},
		{"webex", "webexteams://im?space=90010000-0000-4000-8000-000000000001", memberships.Group{Kind: memberships.KindRoom, ID: "Y2lzY29zcGFyazovL3VzL1JPT00vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx"}, true, ""},
		{"webex", "http://%zz", memberships.Group{}, false, `"http://%zz" is not a valid URL`},
	} {
		got, ok, err := providers.ParseGroup(tt.provider, tt.text)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s, %s: ok %v, want %v (-want +got):\n%s", tt.provider, tt.text, ok, tt.ok, diff)
		}
		if tt.wrong == "" && err == nil {
			continue
		}
		if want := tt.provider + ": ParseGroup: invalid argument: " + tt.wrong; !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// ListedGroup omits the prefix of Google Chat's ids and changes no other group.
func TestListedGroup(t *testing.T) {
	space := func(id string) memberships.Group { return memberships.Group{Kind: memberships.KindSpace, ID: id} }
	for _, tt := range []struct{ provider, id, want string }{
		{"googlechat", "spaces/AAAA0000001", "AAAA0000001"},
		{"googlechat", "AAAA0000001", "AAAA0000001"},
		{"googlechat", "spaces/", "spaces/"},
		{"googlechat", "spaces/AAAA/members", "spaces/AAAA/members"},
		{"webex", "spaces/AAAA0000001", "spaces/AAAA0000001"},
		{"pubnub", "spaces/AAAA0000001", "spaces/AAAA0000001"},
		{"unknown", "spaces/AAAA0000001", "spaces/AAAA0000001"},
	} {
		if got := providers.ListedGroup(tt.provider, space(tt.id)); got != space(tt.want) {
			t.Errorf("%s, %s: got %+v, want %s", tt.provider, tt.id, got, tt.want)
		}
	}
}
