package pubnub_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// Each attempt has its own signature, because a retry may follow more than a minute later.
// The emulator checks age and signature.
func TestRetriesAreSignedAnew(t *testing.T) {
	for name, do := range map[string]func(context.Context, *pubnub.Client) error{
		"a read": func(ctx context.Context, c *pubnub.Client) error {
			return drain(c.Members.ListByChannel(ctx, "demo", pubnub.ListMembersParams{}))
		},
		"a write": func(ctx context.Context, c *pubnub.Client) error {
			_, err := c.Members.Add(ctx, "demo", awayMember("niklaus"), pubnub.WriteParams{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				state := append(emulator.BuiltInState(), "\ncredentials: {pubnub: [{token: sec-c-demo, email: ada@example.com}]}\n"...)
				e, err := emulator.New(emulator.WithState("state", state), emulator.WithFaults(emulator.Fault{Status: 429, RetryAfter: 50, Times: 2}))
				if err != nil {
					t.Fatal(err)
				}
				var stamps, signatures []string
				e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
					stamps = append(stamps, r.URL.Query().Get("timestamp"))
					signatures = append(signatures, r.URL.Query().Get("signature"))
					return false
				})
				c, err := pubnub.New(option.WithHTTPClient(e.Client()), pubnub.WithUserID("ada"),
					pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithSecretKey("sec-c-demo"))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				if err := do(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				var want []string
				for i := range 3 {
					want = append(want, fmt.Sprint(start.Add(time.Duration(i)*50*time.Second).Unix()))
				}
				if diff := cmp.Diff(want, stamps[:3]); diff != "" {
					t.Errorf("timestamps (-want +got)\n%s", diff)
				}
				if signatures[0] == signatures[1] || signatures[1] == signatures[2] {
					t.Errorf("signed with %v", signatures)
				}
			})
		})
	}
}
