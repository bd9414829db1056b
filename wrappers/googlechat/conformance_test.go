package googlechat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portabletest"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func TestConformance(t *testing.T) {
	space := func(n int, _ string) string { return fmt.Sprintf("AAAA%07d", n) }
	user := func(n int, _ string) string { return fmt.Sprintf("1%020d", n) }
	const niklaus, alan, small = 2, 3, 2
	cursors := portabletest.BodyCursors(func(req *http.Request) bool {
		return req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/members")
	}, "pageToken", "nextPageToken", func(cursor string) string { return `{"nextPageToken":"` + cursor + `"}` })
	change := func(n int, field, value string) func(map[string]any) {
		return func(m map[string]any) {
			if portabletest.At(m, "member", "name") == "users/"+user(n, "") {
				m[field] = value
			}
		}
	}
	portabletest.Run(t, portabletest.Suite{
		Provider: "googlechat",
		Kind:     memberships.KindSpace,
		Open:     portabletest.Of(googlechat.New),
		Group:    space,
		Member:   user,
		Native:   (*googlechat.Client)(nil),
		Tamper: map[providertest.Tampering]func(portabletest.RoundTrip) portabletest.RoundTrip{
			// Alan is in the space through a group alone.
			providertest.Hidden: portabletest.Both(
				portabletest.Edit(func(m map[string]any) {
					if portabletest.At(m, "member", "name") == "users/"+user(alan, "") && strings.HasPrefix(portabletest.At(m, "name"), "spaces/"+space(small, "")+"/") {
						delete(m, "member")
						m["name"], m["groupMember"] = "spaces/"+space(small, "")+"/members/g", map[string]any{"name": "groups/g"}
					}
				}),
				portabletest.Missing(func(req *http.Request) bool {
					in, who, ok := strings.Cut(req.URL.Path, "/members/")
					return ok && strings.HasSuffix(in, space(small, "")) && (who == user(alan, "") || who == "alan@example.com")
				}, http.StatusNotFound, `{"error":{"code":404,"message":"Not found.","status":"NOT_FOUND"}}`),
			),
			providertest.EmptyPage:     cursors.EmptyPage,
			providertest.RepeatedToken: cursors.RepeatedToken,
			providertest.UnknownRole:   portabletest.Edit(change(alan, "role", "ROLE_CAPTAIN")),
			providertest.UnknownState:  portabletest.Edit(change(alan, "state", "FROZEN")),
			providertest.Invitation: portabletest.Both(
				portabletest.After(http.MethodPost, "https://chat.googleapis.com/v1/spaces/"+space(small, "")+"/members",
					`{"member":{"name":"users/`+user(niklaus, "")+`","type":"HUMAN"}}`),
				portabletest.Edit(change(niklaus, "state", "INVITED")),
			),
		},
		Exempt: map[string]string{
			"list/empty":        "the caller is in every space that it sees",
			"resolve/ambiguous": "the provider keeps addresses unique",
		},
	})
}
