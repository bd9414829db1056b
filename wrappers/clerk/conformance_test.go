package clerk_test

import (
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portabletest"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

func TestConformance(t *testing.T) {
	portabletest.Run(t, portabletest.Suite{
		Provider: "clerk",
		Kind:     memberships.KindOrganization,
		Open:     portabletest.Of(clerk.New),
		Group:    func(_ int, name string) string { return "org_" + name },
		Member:   func(n int, _ string) string { return fmt.Sprintf("user_3emu%023d", n) },
		Native:   (*clerk.Client)(nil),
		Tamper: map[providertest.Tampering]func(portabletest.RoundTrip) portabletest.RoundTrip{
			providertest.UnknownRole: portabletest.Edit(func(m map[string]any) {
				if portabletest.At(m, "public_user_data", "identifier") == "alan@example.com" {
					m["role"] = "org:captain"
				}
			}),
		},
		Exempt: map[string]string{
			"list/empty-page":      "pages are positions up to a total: one without items before it is an error, which paging's own tests have",
			"list/repeated-token":  "pages name no next one; the client counts",
			"values/unknown-state": "a membership has no state",
			"coverage/hidden":      "a secret key sees every member",
			"check/invited":        "an invitation is no membership but a resource of its own",
			"resolve/ambiguous":    "the provider keeps addresses unique",
		},
	})
}
