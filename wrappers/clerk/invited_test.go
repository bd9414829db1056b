package clerk_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// An address without an account is invited if the caller asks for it, and the invitation is
// a membership in the state invited until it is removed.
func TestProviderInvites(t *testing.T) {
	c, sent := portable(t)
	ctx, eve := t.Context(), email("eve-without-account")
	_, err := c.Add(ctx, orgDemo, eve, "")
	if !errors.Is(err, memberships.ErrNoSuchMember) || !strings.Contains(err.Error(), "WithInvite") {
		t.Errorf("without WithInvite: got %v", err)
	}
	made, err := c.Add(ctx, orgDemo, eve, memberships.RoleManager, memberships.WithInvite())
	if err != nil || made.State != memberships.StateInvited || made.Role != memberships.RoleManager || !made.Expires.After(made.Created) || made.Member.Email != eve.Email {
		t.Fatalf("got %+v, %v", made, err)
	}
	if _, err := c.Add(ctx, orgDemo, eve, "", memberships.WithInvite()); !errors.Is(err, memberships.ErrAlreadyExists) {
		t.Errorf("a second time: got %v, want already exists", err)
	}
	if got, err := c.Check(ctx, orgDemo, eve); got != memberships.PresenceInvited || err != nil {
		t.Errorf("Check: got %v, %v", got, err)
	}
	if got, err := c.Get(ctx, made.Ref()); err != nil || !got.Equal(made) {
		t.Errorf("Get by id: got %+v, %v, want %+v", got, err, made)
	}
	for state, want := range map[memberships.State]int{"": 26, memberships.StateActive: 25, memberships.StateInvited: 1} {
		f := memberships.Filter{Group: orgDemo, State: state}
		var summary memberships.Summary
		all := wrappertest.Collect(t, c.List(ctx, f, memberships.WithSummary(&summary)))
		total, _ := summary.Total.Get()
		if len(all) != want || total != int64(want) || len(summary.Coverage.Gaps) != 0 {
			t.Errorf("state %q: %d rows, want %d; %+v", state, len(all), want, summary)
		}
		var paged []memberships.Membership
		for _, p := range wrappertest.Collect(t, c.Pages(ctx, f, memberships.PageRequest{Size: 5})) {
			paged = append(paged, p.Items...)
		}
		if diff := cmp.Diff(all, paged); diff != "" {
			t.Errorf("state %q: pages (-whole +paged):\n%s", state, diff)
		}
	}
	for _, m := range wrappertest.Collect(t, c.MembershipsOf(ctx, eve)) {
		if !m.Equal(made) && m.ID != made.ID {
			t.Errorf("MembershipsOf: got %+v", m)
		}
	}
	if _, err := c.Update(ctx, memberships.Ref{Group: orgDemo, Member: eve}, memberships.RoleMember); !errors.Is(err, memberships.ErrConflict) {
		t.Errorf("Update: got %v, want conflict", err)
	}
	again, err := c.Update(ctx, memberships.Ref{Group: orgDemo, Member: eve}, memberships.RoleMember, memberships.WithInvite())
	if err != nil || again.ID == made.ID || again.Role != memberships.RoleMember {
		t.Errorf("Update with WithInvite: got %+v, %v", again, err)
	}
	*sent = nil
	was, err := c.Remove(ctx, memberships.Ref{Group: orgDemo, Member: eve})
	if err != nil || was.State != memberships.StateInvited || was.ID != again.ID {
		t.Errorf("Remove: got %+v, %v", was, err)
	}
	if len(*sent) != 3 {
		t.Errorf("Remove sent %q", *sent)
	}
	if got, err := c.Check(ctx, orgDemo, eve); got != memberships.PresenceNotMember || err != nil {
		t.Errorf("Check after Remove: got %v, %v", got, err)
	}
}

// Many addresses are resolved together, and those without an account are invited. A second
// run invites nobody again.
func TestApplyInvites(t *testing.T) {
	c, sent := portable(t)
	var changes []memberships.Change
	for _, name := range []string{"new1", "radia", "new2", "ada"} {
		changes = append(changes, memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: orgDemo, Member: email(name)}})
	}
	requests := []int{1 + 1 + 4, 1 + 1 + 2} // a search, the invitations, and the additions
	for run, want := range [][]string{
		{"invited", "active", "invited", "already exists"},
		{"already exists", "already exists", "already exists", "already exists"},
	} {
		*sent = nil
		var got []string
		for r, err := range c.Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{Concurrency: 1}, memberships.WithInvite()) {
			switch {
			case err != nil:
				t.Fatal(err)
			case errors.Is(r.Err, memberships.ErrAlreadyExists):
				got = append(got, "already exists")
			case r.Err != nil:
				got = append(got, r.Err.Error())
			default:
				got = append(got, string(r.Membership.State))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("run %d (-want +got):\n%s", run, diff)
		}
		if n := len(*sent); n != requests[run] {
			t.Errorf("run %d sent %d requests, want %d: %q", run, n, requests[run], *sent)
		}
	}
	if n := len(wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: orgDemo, State: memberships.StateInvited}))); n != 2 {
		t.Errorf("%d invitations, want 2", n)
	}
}

// An invitation that an Apply revokes does not prevent an addition after it, though another
// addition has read the invitations before.
func TestApplyInvitesAgain(t *testing.T) {
	c, _ := portable(t)
	invite := func(changes ...memberships.Change) (got []string) {
		for r, err := range c.Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{Concurrency: 1}, memberships.WithInvite()) {
			switch {
			case err != nil:
				t.Fatal(err)
			case errors.Is(r.Err, memberships.ErrAlreadyExists):
				got = append(got, "already exists")
			case r.Err != nil:
				got = append(got, r.Err.Error())
			default:
				got = append(got, string(r.Membership.State))
			}
		}
		return got
	}
	of := func(op memberships.Operation, name string) memberships.Change {
		return memberships.Change{Op: op, Ref: memberships.Ref{Group: orgDemo, Member: email(name)}}
	}
	invite(of(memberships.OpAdd, "new1"))
	got := invite(of(memberships.OpAdd, "new2"), of(memberships.OpRemove, "new1"), of(memberships.OpAdd, "new1"), of(memberships.OpAdd, "new1"))
	if diff := cmp.Diff([]string{"invited", "invited", "invited", "already exists"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: orgDemo, State: memberships.StateInvited}))); n != 2 {
		t.Errorf("%d invitations, want 2", n)
	}
}

// Invitations that the credential may not read are a hidden part: a member is listed, and an
// absent address is undetermined.
func TestProviderUnreadInvitations(t *testing.T) {
	const list, invited, org = "GET /organizations/o/memberships", "GET /organizations/o/invitations", "GET /organizations/o"
	var sent []string
	c := answers(t, &sent, map[string]any{
		list: listOf(1, membershipIn("o", "x@example.com")), list + "?email_address": `{"data":[],"total_count":0}`,
		invited: http.StatusForbidden, org: `{"id":"o"}`,
	})
	var summary memberships.Summary
	all := wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "o"}}, memberships.WithSummary(&summary)))
	if len(all) != 1 || len(summary.Coverage.Hidden()) != 1 || summary.Coverage.Gaps[0].Code != memberships.GapInvitations {
		t.Errorf("got %d rows, %+v", len(all), summary)
	}
	if got, err := c.Check(t.Context(), memberships.Group{ID: "o"}, email("ada")); got != memberships.PresenceUndetermined || !errors.Is(err, memberships.ErrUndetermined) {
		t.Errorf("Check: got %v, %v", got, err)
	}
}

// A user with an account who is invited is found by id and by address, also among many, and
// is not added beside the invitation.
func TestInvitedUser(t *testing.T) {
	c, _ := portable(t)
	ctx, radia := t.Context(), userNamed(t, c, "radia")
	own, _ := memberships.NativeClient[*clerk.Client](c)
	if _, err := own.Invitations.Create(ctx, orgDemo.ID, clerk.CreateInvitationRequest{Email: radia.Email, Role: clerk.RoleMember}); err != nil {
		t.Fatal(err)
	}
	byID := memberships.Ref{Group: orgDemo, Member: memberships.Member{ID: radia.ID}}
	found, err := c.GetMany(ctx, []memberships.Ref{byID, {Group: orgDemo, Member: memberships.Member{ID: "user_nobody"}}}, memberships.BulkOptions{})
	if err != nil || found[0].Err != nil || found[0].Membership.State != memberships.StateInvited || !errors.Is(found[1].Err, memberships.ErrNotMember) {
		t.Errorf("GetMany: got %+v, %v", found, err)
	}
	for _, opts := range [][]memberships.Option{nil, {memberships.WithInvite()}} {
		if _, err := c.Add(ctx, orgDemo, email("radia"), "", opts...); !errors.Is(err, memberships.ErrAlreadyExists) {
			t.Errorf("Add: got %v, want already exists", err)
		}
	}
	if was, err := c.Remove(ctx, byID); err != nil || was.State != memberships.StateInvited {
		t.Errorf("Remove by id: got %+v, %v", was, err)
	}
}

// A ref to an invitation that was accepted names the member by the address, and a list of
// invitations that may not be read leaves a user undetermined.
func TestEndedInvitation(t *testing.T) {
	const list, org = "GET /organizations/o/memberships", "GET /organizations/o"
	var sent []string
	c := answers(t, &sent, map[string]any{
		"GET /organizations/o/invitations/orginv_1": `{"id":"orginv_1","email_address":"ada@example.com","role":"org:member","status":"accepted"}`,
		list + "?email_address":                     listOf(1, membershipIn("o", "ada@example.com")),
		"DELETE /organizations/o/memberships/u":     membershipIn("o", "ada@example.com"),
		list:                                        `{"data":[],"total_count":0}`, org: `{"id":"o"}`,
		"GET /users/v/organization_invitations": http.StatusForbidden,
	})
	group := memberships.Group{ID: "o"}
	was, err := c.Remove(t.Context(), memberships.Ref{ID: "orginv_1", Group: group, Member: email("ada")})
	if err != nil || was.Member.ID != "u" {
		t.Errorf("Remove: got %+v, %v", was, err)
	}
	if _, err := c.Remove(t.Context(), memberships.Ref{ID: "orginv_1", Group: group}); !errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("Remove by the id alone: got %v", err)
	}
	if got, err := c.Check(t.Context(), group, memberships.Member{ID: "v"}); got != memberships.PresenceUndetermined || !errors.Is(err, memberships.ErrUndetermined) {
		t.Errorf("Check: got %v, %v", got, err)
	}
}

// A replacement whose second half fails returns the former invitation as absent, and the
// error of the second half in one line.
func TestReplacedInvitationIsLost(t *testing.T) {
	const list, invited = "GET /organizations/o/memberships?email_address", "GET /organizations/o/invitations"
	const invitation = `{"id":"orginv_1","organization_id":"o","email_address":"ada@example.com","role":"org:member","status":"pending"}`
	var sent []string
	c := answers(t, &sent, map[string]any{
		list: `{"data":[],"total_count":0}`, invited: `{"data":[` + invitation + `],"total_count":1}`,
		"POST /organizations/o/invitations/orginv_1/revoke": strings.Replace(invitation, "pending", "revoked", 1),
		"POST /organizations/o/invitations":                 http.StatusForbidden,
	})
	ref := memberships.Ref{Group: memberships.Group{ID: "o"}, Member: email("ada")}
	got, err := c.Update(t.Context(), ref, memberships.RoleManager, memberships.WithInvite())
	if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), "the former invitation was revoked") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if got.State != memberships.StateAbsent || got.ID != "orginv_1" {
		t.Errorf("got %+v", got)
	}
}
