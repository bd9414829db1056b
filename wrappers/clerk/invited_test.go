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
		if n := len(*sent); n != 5 {
			t.Errorf("run %d sent %d requests, want one search and four additions: %q", run, n, *sent)
		}
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
