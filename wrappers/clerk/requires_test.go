package clerk_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
)

// refusing returns a client of a server that refuses everything with a status and a code.
func refusing(t *testing.T, status int, code string, opts ...option.Option) *memberships.Client {
	t.Helper()
	return memberships.New(serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"errors":[{"message":"no","long_message":"No.","code":"`+code+`"}]}`)
	}, opts...).Provider())
}

// Organizations that are disabled are named by every error and finding, with the place to
// enable them.
func TestOrganizationsDisabled(t *testing.T) {
	c := refusing(t, 403, "organization_not_enabled_in_instance")
	err := wrappertest.Last(c.Groups(t.Context()))
	if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), "organizations are disabled in the instance of the key; required: organizations in that instance (Clerk Dashboard, https://dashboard.clerk.com)") {
		t.Errorf("got %v", err)
	}
	d, err := c.Diagnose(t.Context())
	if err != nil || len(d.Findings) != len(memberships.Operations()) {
		t.Fatalf("got %+v, %v", d, err)
	}
	for _, f := range d.Findings {
		if f.Verdict != memberships.VerdictDenied || f.Grant != "organizations in that instance" || !strings.Contains(f.Where, "Dashboard") {
			t.Errorf("got %+v", f)
		}
	}
}

// An unknown key has its place in the error.
func TestUnknownKey(t *testing.T) {
	_, err := refusing(t, 401, "clerk_key_invalid").Diagnose(t.Context())
	if !errors.Is(err, memberships.ErrUnauthenticated) || !strings.Contains(err.Error(), "required: the secret key of the instance (Clerk Dashboard, https://dashboard.clerk.com > API Keys)") {
		t.Errorf("got %v", err)
	}
}

// The identity is the kind of the key's instance, and nothing else of the key.
func TestDiagnoseIdentity(t *testing.T) {
	for key, want := range map[string]string{
		"sk_test_canary": "the secret key of a test instance", "sk_live_canary": "the secret key of a live instance", "canary": "the secret key of an instance",
	} {
		d, err := refusing(t, 403, "x", option.WithToken(key)).Diagnose(t.Context())
		if err != nil || !strings.HasPrefix(d.Identity, want+";") || strings.Contains(d.Identity, "canary") {
			t.Errorf("got %q, %v, want %s", d.Identity, err, want)
		}
	}
}
