package portable_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
)

// A finding has the operation's permission, unless the error can be about another one alone.
// Its detail is the provider's answer without the permission.
func TestFindingOf(t *testing.T) {
	required := client.Permission{Grant: "the scope a", Scopes: []string{"a"}, Where: "the console"}
	refused := func(kind error, p *client.Permission) error {
		e := &memberships.Error{Provider: "webex", Op: "Rooms.List", Kind: kind, Message: "No."}
		if p != nil {
			e.Err = p
		}
		return e
	}
	const op = memberships.OpList
	for name, tc := range map[string]struct {
		err  error
		want memberships.Finding
	}{
		"allowed":  {nil, memberships.Finding{Operation: op, Verdict: memberships.VerdictAllowed}},
		"harmless": {refused(memberships.ErrNotFound, nil), memberships.Finding{Operation: op, Verdict: memberships.VerdictAllowed}},
		"refused": {refused(memberships.ErrPermissionDenied, nil), memberships.Finding{
			Operation: op, Verdict: memberships.VerdictDenied, Grant: "the scope a", Scopes: []string{"a"}, Where: "the console",
			Detail: "webex: Rooms.List: permission denied: No.",
		}},
		"a permission among others": {refused(memberships.ErrPermissionDenied, &client.Permission{Grant: "b"}), memberships.Finding{
			Operation: op, Verdict: memberships.VerdictDenied, Grant: "the scope a", Scopes: []string{"a"}, Where: "the console",
			Detail: "webex: Rooms.List: permission denied: No.",
		}},
		"the only one": {refused(memberships.ErrPermissionDenied, &client.Permission{Certain: true, Meaning: "it is off", Grant: "b", Where: "c"}), memberships.Finding{
			Operation: op, Verdict: memberships.VerdictDenied, Grant: "b", Where: "c", Detail: "webex: Rooms.List: permission denied: No: it is off",
		}},
		"a failure":  {refused(memberships.ErrUnavailable, nil), memberships.Finding{Operation: op, Verdict: memberships.VerdictUndetermined, Detail: "webex: Rooms.List: unavailable: No."}},
		"no *Error":  {errors.New("x"), memberships.Finding{Operation: op, Verdict: memberships.VerdictUndetermined, Detail: "x"}},
		"no account": {refused(memberships.ErrUnauthenticated, nil), memberships.Finding{Operation: op, Verdict: memberships.VerdictDenied, Grant: "the scope a", Scopes: []string{"a"}, Where: "the console", Detail: "webex: Rooms.List: unauthenticated: No."}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, portable.FindingOf(op, tc.err, required, memberships.ErrNotFound)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
