package box_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portabletest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/wrappers/box"
)

func TestConformance(t *testing.T) {
	group := func(n int, _ string) string { return strconv.Itoa(9_000_000 + n) }
	user := func(n int, _ string) string { return strconv.Itoa(11_000_000_000 + n) }
	portabletest.Run(t, portabletest.Suite{
		Provider: "box",
		Kind:     memberships.KindGroup,
		Open: portabletest.Of(func(opts ...option.Option) (*box.Client, error) {
			return box.New(append(opts, box.WithPollInterval(100*time.Millisecond))...)
		}),
		Group:   group,
		Member:  user,
		Native:  (*box.Client)(nil),
		OwnList: true,
		Tamper: map[providertest.Tampering]func(portabletest.RoundTrip) portabletest.RoundTrip{
			providertest.Hidden: portabletest.Edit(portabletest.Without("entries", func(m map[string]any) bool {
				return portabletest.At(m, "user", "login") == "alan@example.com" && portabletest.At(m, "group", "id") == group(2, "")
			})),
			providertest.UnknownRole: portabletest.Edit(func(m map[string]any) {
				if portabletest.At(m, "user", "login") == "alan@example.com" {
					m["role"] = "captain"
				}
			}),
		},
		Exempt: map[string]string{
			"list/empty-page":      "pages are positions up to a total: one without items before it is an error, which paging's own tests have",
			"list/repeated-token":  "pages name no next one; the client counts",
			"values/unknown-state": "a membership has no state",
			"check/invited":        "a membership has no state; who is added is there",
			"resolve/ambiguous":    "the provider keeps logins unique",
		},
	})
}
