package pubnub_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// A refusal of App Context is told from one of Access Manager: the first is a setting of the
// keyset, the second a permission of the token.
func TestRefusalNamesPermission(t *testing.T) {
	const (
		off     = `{"status":403,"error":{"message":"Supplied authorization key does not have the permissions required to perform this operation.","source":"objects"}}`
		refused = `{"message":"Forbidden","payload":{"channels":["general"]},"error":true,"service":"Access Manager","status":403}`
	)
	for name, tc := range map[string]struct {
		body, want, place string
	}{
		"App Context is off":  {off, "as a rule, App Context is off for the keyset; required: App Context, with a region for its data", "the Admin Portal of PubNub"},
		"a permission of PAM": {refused, "required: the permission get on the channel", "the server with the secret key"},
	} {
		t.Run(name, func(t *testing.T) {
			answers := &answers{t: t, steps: []answer{{403, tc.body}, {403, tc.body}, {403, tc.body}, {403, tc.body}, {403, tc.body}}}
			own, err := pubnub.New(once(answers)...)
			if err != nil {
				t.Fatal(err)
			}
			c := memberships.New(own.Provider())
			err = wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "general"}}))
			if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), tc.place) {
				t.Errorf("got %v, want %q in %q", err, tc.want, tc.place)
			}
			d, err := c.Diagnose(t.Context())
			if err != nil || len(d.Findings) != len(memberships.Operations()) {
				t.Fatalf("got %+v, %v", d, err)
			}
			for _, f := range d.Findings {
				if f.Verdict != memberships.VerdictDenied || !strings.Contains(f.Where, tc.place) || f.Grant == "" {
					t.Errorf("got %+v", f)
				}
			}
		})
	}
}
