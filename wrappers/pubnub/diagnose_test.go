package pubnub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestProviderDiagnose(t *testing.T) {
	const keyset = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
groups:
  - {name: Demo, members: [{email: ada@example.com, role: owner}]}
credentials:
  pubnub: [{token: qEF2, scopes: [SCOPES]}]
`
	const (
		allowed = "groups allowed list allowed of allowed get allowed"
		writes  = " add %[1]s update %[1]s remove %[1]s"
	)
	for _, tc := range []struct{ name, scopes, want string }{
		{"all permissions", "", allowed + fmt.Sprintf(writes, "allowed")},
		{"read only", "get", allowed + fmt.Sprintf(writes, "denied")},
		{"read and manage", "get, manage", allowed + fmt.Sprintf(writes, "allowed")},
		{"join only", "join", "groups denied list denied of denied get denied" + fmt.Sprintf(writes, "denied")},
		{"manage without read", "manage", "groups denied list denied of denied get denied" + fmt.Sprintf(writes, "denied")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			state := strings.Replace(keyset, "SCOPES", tc.scopes, 1)
			c, _, asked := portable(t, state, option.WithToken("qEF2"))
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range d.Findings {
				got = append(got, string(f.Operation), string(f.Verdict))
				if denied := f.Verdict == memberships.VerdictDenied; denied != (f.Grant != "") || denied && f.Detail == "" {
					t.Errorf("%+v", f)
				}
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if d.Identity != "ada with the subscribe key demo" {
				t.Errorf("identity %q", d.Identity)
			}
			for _, a := range *asked {
				if !strings.HasPrefix(a, "GET ") && !strings.HasPrefix(a, "PATCH ") {
					t.Errorf("sent %s", a)
				}
			}
		})
	}
	t.Run("an empty change tests the permission to write", func(t *testing.T) {
		ok := answer{200, `{"status":200,"data":[]}`}
		a := &answers{t: t, steps: []answer{ok, ok, ok, ok}}
		c, err := pubnub.New(once(a)...)
		if err != nil {
			t.Fatal(err)
		}
		d, err := memberships.New(c.Provider()).Diagnose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"{}"}, a.sent); diff != "" {
			t.Errorf("sent (-want +got)\n%s", diff)
		}
		if f := d.Findings[1]; f.Verdict != memberships.VerdictAllowed || f.Detail != "tried on the channel memberships-diagnose" {
			t.Errorf("%+v", f)
		}
	})
	t.Run("the provider is unavailable", func(t *testing.T) {
		c, err := pubnub.New(once(&answers{t: t, steps: []answer{{503, ""}}})...)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := memberships.New(c.Provider()).Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnavailable) {
			t.Errorf("got %v, %v", d, err)
		}
	})
}
