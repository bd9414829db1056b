package clerk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth/clerk"
)

func TestSecretKey(t *testing.T) {
	const form = "clerk: the secret key is not of the form sk_live_... or sk_test_..."
	for _, tc := range []struct{ key, environment, want string }{
		{"sk_test_canary", "test", ""},
		{"sk_live_can_ary-9+/=", "live", ""},
		{"sk_staging_canary", "staging", ""}, // an environment of the future
		{"pk_test_canary", "", "clerk: this is a publishable key; the secret key begins with sk_"},
		{"whsec_canary", "", "clerk: this is the signing secret of a webhook; the secret key begins with sk_"},
		{"sk_test_", "", form},
		{"sk_test", "", form},
		{"sk__canary", "", form},
		{"sk_Test_canary", "", form},
		{"sk_test_can ary", "", form},
		{"sk_test_canäry", "", form},
		{"canary", "", form},
		{"", "", "clerk: the secret key is empty"},
		{"Bearer sk_test_canary", "", `clerk: the secret key begins with "Bearer", which is no part of it: give what comes after that alone`},
		{`"sk_test_canary"`, "", "clerk: the secret key stands in quotes, which would be sent with it: leave them out"},
	} {
		c, err := clerk.SecretKey(tc.key)
		if tc.want != "" {
			if c != nil || fmt.Sprint(err) != tc.want {
				t.Errorf("%q: got %v, %v, want %s", tc.key, c, err, tc.want)
			}
			continue
		}
		if err != nil || c.Provider != "clerk" || c.Method != clerk.MethodSecretKey || c.Account != tc.environment+" instance" || c.AccessToken != tc.key || !c.Expiry.IsZero() {
			t.Errorf("%q: got %v, %v", tc.key, c, err)
		}
		if strings.Contains(c.String(), "canary") {
			t.Errorf("%s shows the key", c)
		}
	}
}
