package pubnub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portabletest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestConformance(t *testing.T) {
	name := func(_ int, name string) string { return name }
	cursors := portabletest.BodyCursors(func(req *http.Request) bool {
		return req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/uuids") && strings.Contains(req.URL.Path, "/channels/")
	}, "start", "next", nil)
	const objects = "https://ps.pndsn.com/v2/objects/sub-c-demo/"
	write := func(path, body string) func(portabletest.RoundTrip) portabletest.RoundTrip {
		return portabletest.After(http.MethodPatch, objects+path+"?uuid=ada", body)
	}
	portabletest.Run(t, portabletest.Suite{
		Provider: "pubnub",
		Kind:     memberships.KindChannel,
		Open:     portabletest.Of(pubnub.New),
		Options: []option.Option{
			pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithUserID("ada"), pubnub.WithChannels("small", "niklaus"),
		},
		Group:  name,
		Member: name,
		Native: (*pubnub.Client)(nil),
		Tamper: map[providertest.Tampering]func(portabletest.RoundTrip) portabletest.RoundTrip{
			providertest.RepeatedToken: cursors.RepeatedToken,
			providertest.UnknownRole:   write("channels/small/uuids", `{"set":[{"uuid":{"id":"alan"},"custom":{"role":"captain"}}]}`),
			providertest.Invitation:    write("channels/small/uuids", `{"set":[{"uuid":{"id":"niklaus"},"status":"pending"}]}`),
			providertest.SharedEmail:   write("uuids/other", `{"email":"niklaus@example.com"}`),
		},
		Exempt: map[string]string{
			"list/empty-page":      "an empty page ends a listing, and so does the page that reaches the total",
			"values/unknown-state": "a status is the application's own; two of them mean an invitation, any other a member",
			"coverage/hidden":      "a channel shows all of its members, or nothing",
			"add/unknown-member":   "any id names a user; there need be no metadata",
			"add/unknown-group":    "any id names a channel; there need be no metadata",
		},
	})
}
