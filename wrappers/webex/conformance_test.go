package webex_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portabletest"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func TestConformance(t *testing.T) { portabletest.Run(t, suite(memberships.KindRoom)) }
func TestConformanceOfTeams(t *testing.T) {
	s := suite(memberships.KindTeam)
	delete(s.Tamper, providertest.Hidden)
	s.Exempt["coverage/hidden"] = "a team shows all of its members, or nothing"
	portabletest.Emulator(t, s)
}

func suite(kind memberships.GroupKind) portabletest.Suite {
	id := func(of, family string, n int) string {
		return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "ciscospark://us/%s/%s-0000-4000-8000-%012x", of, family, n))
	}
	cursors := portabletest.Cursors{
		Fits: func(req *http.Request) bool {
			return req.Method == http.MethodGet && strings.Contains(req.URL.Path, "memberships")
		},
		Param: "cursor",
		Rename: func(resp *http.Response, rename func(string) string) error {
			before, rest, ok := strings.Cut(resp.Header.Get("Link"), "cursor=")
			if end := strings.IndexAny(rest, "&>"); ok && end >= 0 {
				resp.Header.Set("Link", before+"cursor="+rename(rest[:end])+rest[end:])
			}
			return nil
		},
		Empty: func(string) string { return `{"items":[]}` },
		Link: func(_ *http.Request, cursor string) http.Header {
			return http.Header{"Link": {`<?cursor=` + cursor + `>; rel="next"`}}
		},
	}
	return portabletest.Suite{
		Provider: "webex",
		Kind:     kind,
		Open:     portabletest.Of(webex.New),
		// A compliance officer sees all groups.
		Scopes: []string{
			"spark:people_read", "spark-compliance:rooms_read", "spark-compliance:teams_read",
			"spark-compliance:memberships_read", "spark-compliance:memberships_write",
			"spark-compliance:team_memberships_read", "spark-compliance:team_memberships_write",
		},
		Group:  func(n int, _ string) string { return id(strings.ToUpper(string(kind)), "90010000", n) },
		Member: func(n int, _ string) string { return id("PEOPLE", "5e1f0000", n) },
		Native: (*webex.Client)(nil),
		Tamper: map[providertest.Tampering]func(portabletest.RoundTrip) portabletest.RoundTrip{
			// The caller, Niklaus, is not a member of Small, a moderated space of a team.
			providertest.Hidden: portabletest.Edit(func(m map[string]any) {
				small := id("ROOM", "90010000", 2)
				portabletest.Without("items", func(m map[string]any) bool {
					return portabletest.At(m, "roomId") == small && portabletest.At(m, "personEmail") == "alan@example.com"
				})(m)
				switch portabletest.At(m, "id") {
				case small:
					m["isLocked"], m["teamId"] = true, id("TEAM", "90010000", 9)
				case id("PEOPLE", "5e1f0000", 1):
					m["id"] = id("PEOPLE", "5e1f0000", 2)
				}
			}),
			providertest.EmptyPage:     cursors.EmptyPage,
			providertest.RepeatedToken: cursors.RepeatedToken,
		},
		Exempt: map[string]string{
			"values/unknown-role":  "a member is a moderator or is not; there is no other role",
			"values/unknown-state": "a membership has no state",
			"check/invited":        "a membership has no state; who is added is there",
			"resolve/ambiguous":    "the provider keeps addresses unique",
		},
	}
}
