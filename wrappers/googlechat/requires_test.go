package googlechat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// The error of a call without the scope has Google's message, the scopes of a user and of an
// app, and their places.
func TestMissingScopeIsNamed(t *testing.T) {
	space := memberships.Group{ID: "spaces/AAAAAAAAAAA"}
	for scopes, tc := range map[string]struct {
		call func(*memberships.Client) error
		want string
	}{
		"chat.spaces": {
			func(c *memberships.Client) error {
				return wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: space}))
			},
			"required: the scope chat.memberships.readonly, or for an app chat.bot",
		},
		"chat.memberships.readonly": {
			func(c *memberships.Client) error {
				own, _ := memberships.NativeClient[*googlechat.Client](c)
				return wrappertest.Err(own.Memberships.Update(t.Context(), "spaces/AAAAAAAAAAA/members/0", googlechat.UpdateMembershipRequest{Role: googlechat.RoleMember}, googlechat.UpdateMembershipParams{}))
			},
			"required: the scope chat.memberships, or for an app chat.app.memberships, with an administrator's approval",
		},
	} {
		c, _ := portable(t, strings.Replace(appState, "chat.bot, chat.app.memberships", scopes, 1))
		err := tc.call(c)
		for _, text := range []string{tc.want, "Request had insufficient authentication scopes", "signs in again"} {
			if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want %q", err, text)
			}
		}
	}
}

// A scope that awaits approval denies its operations, and says so in errors and findings. It
// does not count as a space that the caller may not see.
func TestUnapprovedScope(t *testing.T) {
	const awaiting = `{"error":{"code":403,"message":"The administrator must grant the app the required OAuth authorization scope for this action.","status":"PERMISSION_DENIED"}}`
	const want = "no administrator has approved the scope of the app; required: the approval of the app's scopes that begin with chat.app. (an administrator of Google Workspace"
	own, _ := scripted(t, step{403, awaiting})
	if err := wrappertest.Last(memberships.New(own.Provider()).Groups(t.Context())); !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	own, _ = scripted(t, step{200, `{}`}, step{200, `{}`}, step{404, missing}, step{403, awaiting})
	d, err := memberships.New(own.Provider()).Diagnose(t.Context(), googlechat.WithAppAuth())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range d.Findings {
		got = append(got, string(f.Operation)+" "+string(f.Verdict)+" "+f.Where)
	}
	const place = "an administrator of Google Workspace approves the app's scopes once"
	if diff := cmp.Diff([]string{"groups allowed ", "list allowed ", "of allowed ", "get allowed ", "add denied " + place, "update denied " + place, "remove denied " + place}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A finding about a scope has the scope in Google's spelling and its place.
func TestDiagnoseNamesScopes(t *testing.T) {
	for scopes, want := range map[string]string{
		"chat.spaces.readonly, chat.memberships.readonly": "add https://www.googleapis.com/auth/chat.memberships",
		"chat.memberships": "groups https://www.googleapis.com/auth/chat.spaces.readonly",
	} {
		c, _ := portable(t, strings.Replace(appState, "chat.bot, chat.app.memberships", scopes, 1))
		d, err := c.Diagnose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range d.Findings {
			if f.Verdict == memberships.VerdictDenied {
				got = append(got, string(f.Operation)+" "+strings.Join(f.Scopes, " "))
				if !strings.Contains(f.Where, "signs in again") {
					t.Errorf("got %+v", f)
				}
			}
		}
		if len(got) == 0 || got[0] != want {
			t.Errorf("%s: got %q, want %q first", scopes, got, want)
		}
	}
}
