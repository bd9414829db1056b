package providertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

func invitesNobody(c memberships.Capabilities, _ *Fixture) string {
	if c.Invites {
		return ""
	}
	return "not declared: Invites"
}

func declaresInvites(c memberships.Capabilities, _ *Fixture) string {
	if !c.Invites {
		return ""
	}
	return "declared: Invites"
}

func invitesWithOneRole(c memberships.Capabilities, w *Fixture) string {
	if reason := invitesNobody(c, w); reason != "" {
		return reason
	}
	return hasOneRole(c, w)
}

func invitesElsewhere(c memberships.Capabilities, w *Fixture) string {
	if reason := invitesNobody(c, w); reason != "" {
		return reason
	}
	return otherKindsOnly(c, w)
}

// add adds Nobody to Small by address.
func (t *checker) add(r memberships.Role, opts ...memberships.Option) (memberships.Membership, error) {
	return t.client.Add(t.Context(), t.Small, byEmail(t.Nobody), r, opts...)
}

// invite invites the address of Nobody to Small.
func (t *checker) invite(r memberships.Role) memberships.Membership {
	t.Helper()
	const what = "Add with WithInvite of an address without an account; do it, or do not declare Invites"
	made := must[memberships.Membership](t, what)(t.add(r, memberships.WithInvite()))
	t.wantInvitation(what, made)
	return made
}

// revoke removes what was added, where the provider removes members.
func (t *checker) revoke(r memberships.Ref) {
	t.Helper()
	if t.caps.Can(memberships.OpRemove) {
		must[memberships.Membership](t, "Remove of what Add returned")(t.client.Remove(t.Context(), r))
	}
}

func (t *checker) isNobody(m memberships.Member) bool {
	return strings.EqualFold(m.Email, t.Nobody.Email)
}

// wantInvitation checks a pending invitation of Nobody to Small.
func (t *checker) wantInvitation(what string, m memberships.Membership) {
	t.Helper()
	if m.State != memberships.StateInvited || !t.isNobody(m.Member) || m.Group.ID != t.Small.ID || m.Group.Kind != t.Small.Kind || m.Provider != t.Provider.Name() {
		t.Errorf("%s: got %+v, want a membership of the address %s in %s with the state %q", what, m, t.Nobody.Email, t.Small, memberships.StateInvited)
	}
	if year := m.Expires.UTC().Year(); !m.Expires.IsZero() && (!m.Expires.After(m.Created) || year < 2000 || year > 2100) {
		t.Errorf("%s: got an invitation from %v to %v; leave times zero that the provider does not tell", what, m.Created, m.Expires)
	}
}

// invited returns the listed memberships of Nobody in Small, of which there should be n.
func (t *checker) invited(what string, n int) []memberships.Membership {
	t.Helper()
	var summary memberships.Summary
	all := list(t, "List after "+what, t.client.List(t.Context(), t.filter(t.Small), memberships.WithSummary(&summary)))
	for _, g := range summary.Coverage.Gaps {
		if g.Code == memberships.GapInvitations {
			t.Errorf("List after %s: got the gap %+v, and invitations are listed", what, g)
		}
	}
	got := slices.DeleteFunc(all, func(m memberships.Membership) bool { return !t.isNobody(m.Member) })
	if len(got) != n {
		t.Errorf("List after %s: the address %s comes %d times, want %d", what, t.Nobody.Email, len(got), n)
	}
	return got
}

// wantThere checks that an invitation is listed once and found by its address.
func (t *checker) wantThere(what string, want memberships.Membership) {
	t.Helper()
	found := map[string]memberships.Membership{}
	if t.caps.Can(memberships.OpList) {
		for _, m := range t.invited(what, 1) {
			found["List after "+what] = m
		}
	}
	if t.caps.Can(memberships.OpGet) {
		got := must[memberships.Membership](t, "Get by the address of "+what)(t.client.Get(t.Context(), ref(t.Small, byEmail(t.Nobody))))
		found["Get by the address of "+what] = got
		found["Get by Membership.Ref of "+what] = must[memberships.Membership](t, "Get by Membership.Ref of "+what)(t.client.Get(t.Context(), got.Ref()))
		if got, err := t.client.Check(t.Context(), t.Small, byEmail(t.Nobody)); got != memberships.PresenceInvited || err != nil {
			t.Errorf("Check by the address of %s: got %v, %v, want %v", what, got, err, memberships.PresenceInvited)
		}
	}
	for from, got := range found {
		t.wantInvitation(from, got)
		if got.ID != want.ID || got.Role != want.Role || !got.Expires.Equal(want.Expires) {
			t.Errorf("%s: got %+v, and Add returned %+v", from, got, want)
		}
	}
}

func inviteUnasked(t *checker) {
	const what = "Add without WithInvite of an address without an account"
	t.unchanged(what, t.Small, func() {
		made, err := t.add("")
		offered := err != nil && strings.Contains(err.Error(), "WithInvite")
		switch {
		case !t.caps.Invites && err == nil:
			t.revoke(made.Ref())
			if !t.caps.AddsByEmail {
				t.Errorf("%s: it succeeds, and Capabilities does not declare AddsByEmail", what)
			}
		case !t.caps.Invites && offered:
			t.Errorf("%s: got %v, which offers an invitation, and Capabilities does not declare Invites", what, err)
		case t.caps.Invites:
			t.wantKind(what, err, memberships.ErrNoSuchMember)
			if !offered {
				t.Errorf("%s: got %v, want an error that offers WithInvite", what, err)
			}
		}
	})
}

func inviteUndeclared(t *checker) {
	t.unchanged("Add of an address without an account", t.Small, func() {
		outcome := func(opts ...memberships.Option) string {
			made, err := t.add("", opts...)
			var e *memberships.Error
			switch {
			case errors.As(err, &e):
				return e.Kind.Error()
			case err != nil:
				return err.Error()
			}
			t.revoke(made.Ref())
			return fmt.Sprintf("%s with the state %q", made.Member, made.State)
		}
		without, with := outcome(), outcome(memberships.WithInvite())
		if with != without {
			t.Errorf("Add of an address without an account: got %s with WithInvite, and %s without it; declare Invites, or ignore the option", with, without)
		}
	})
}

func inviteAccount(t *checker) {
	ask := memberships.WithInvite()
	for _, who := range t.identities(t.Niklaus) {
		made := must[memberships.Membership](t, "Add with WithInvite of a person with an account")(t.client.Add(t.Context(), t.Small, who, "", ask))
		if made.Member.ID != t.Niklaus.ID || made.State != memberships.StateActive {
			t.Errorf("Add with WithInvite of %s, who has an account: got %+v, want an active membership", who, made)
		}
		if !t.caps.Can(memberships.OpRemove) {
			break // he is there
		}
		must[memberships.Membership](t, "Remove with WithInvite")(t.client.Remove(t.Context(), made.Ref(), ask))
	}
	for _, r := range []memberships.Role{t.otherRole(), memberships.RoleMember} {
		if t.caps.Can(memberships.OpUpdate) {
			what := "Update with WithInvite of a member to the role " + string(r)
			t.wantRole(what, must[memberships.Membership](t, what)(t.client.Update(t.Context(), ref(t.Small, byID(t.Alan)), r, ask)), r)
		}
	}
	for _, o := range t.operations() {
		if o.write {
			continue
		}
		if err := o.do(t.Context(), ask); err != nil {
			t.Errorf("%s with WithInvite: got %v; only additions and updates use the option, and every operation accepts it", o.name, err)
		}
	}
}

func inviteAsked(t *checker) {
	t.unchanged("invitations that were revoked", t.Small, func() {
		for _, r := range append([]memberships.Role{""}, t.caps.Roles...) {
			what := "an invitation with the role " + string(r)
			made := t.invite(r)
			if r == "" {
				r = memberships.RoleMember
			}
			t.wantRole(what, made, r)
			t.wantThere(what, made)
			t.revoke(made.Ref())
		}
	})
}

func inviteTwice(t *checker) {
	made := t.invite("")
	loud := byEmail(t.Nobody)
	loud.Email = strings.ToUpper(loud.Email)
	for _, who := range []memberships.Member{byEmail(t.Nobody), loud} {
		what := who.String() + ", which is invited"
		t.unchanged("Add with WithInvite of "+what, t.Small, func() {
			_, err := t.client.Add(t.Context(), t.Small, who, t.otherRole(), memberships.WithInvite())
			t.wantKind("Add with WithInvite of "+what+"; nobody gets a second invitation", err, memberships.ErrAlreadyExists)
		})
	}
	t.unchanged("Add of an address that is invited", t.Small, func() {
		_, err := t.add("")
		t.wantKind("Add without WithInvite of an address that is invited", err, memberships.ErrAlreadyExists, memberships.ErrNoSuchMember)
	})
	t.wantThere("an invitation that was asked for again", made)
	t.revoke(made.Ref())
}

func inviteRevoked(t *checker) {
	byAddress := ref(t.Small, byEmail(t.Nobody))
	named := map[string]func(memberships.Membership) memberships.Ref{
		"the address":       func(memberships.Membership) memberships.Ref { return byAddress },
		"what Add returned": memberships.Membership.Ref,
		"what List returned": func(made memberships.Membership) memberships.Ref {
			for _, m := range t.invited("Add", 1) {
				return m.Ref()
			}
			return made.Ref()
		},
	}
	for _, by := range []string{"the address", "what Add returned", "what List returned"} {
		what := "Remove of an invitation by " + by
		t.unchanged(what, t.Small, func() {
			r := named[by](t.invite(""))
			was := must[memberships.Membership](t, what)(t.client.Remove(t.Context(), r))
			if !t.isNobody(was.Member) || was.Group.ID != t.Small.ID {
				t.Errorf("%s: got %+v, want the invitation that was revoked", what, was)
			}
			_, err := t.client.Remove(t.Context(), byAddress)
			t.wantKind("Remove of an invitation that was revoked", err, memberships.ErrNotFound)
			if t.caps.Can(memberships.OpGet) {
				_, err := t.client.Get(t.Context(), byAddress)
				t.wantKind("Get of an invitation that was revoked", err, memberships.ErrNotFound)
			}
		})
	}
}

func inviteRole(t *checker) {
	byAddress, role := ref(t.Small, byEmail(t.Nobody)), t.otherRole()
	t.unchanged("Update with WithInvite of an address that is not invited", t.Small, func() {
		_, err := t.client.Update(t.Context(), byAddress, role, memberships.WithInvite())
		t.wantKind("Update with WithInvite of an address that is not invited", err, memberships.ErrNotFound)
	})
	made := t.invite("")
	const plain = "Update of an invitation"
	for _, r := range []memberships.Ref{byAddress, made.Ref()} {
		changed, err := t.client.Update(t.Context(), r, role)
		switch {
		case err != nil:
			t.wantKind(plain, err, memberships.ErrConflict)
			t.wantThere(plain+" that failed", made)
		default:
			t.wantRole(plain, changed, role)
			if changed.ID != made.ID {
				t.Errorf("%s: got the invitation %s, and it was %s; a new one needs WithInvite", plain, changed.ID, made.ID)
			}
			t.wantThere(plain, changed)
		}
	}
	const asked = "Update with WithInvite of an invitation"
	again := must[memberships.Membership](t, asked)(t.client.Update(t.Context(), byAddress, role, memberships.WithInvite()))
	t.wantInvitation(asked, again)
	t.wantRole(asked, again, role)
	t.wantThere(asked, again)
	t.revoke(again.Ref())
}

func inviteOf(t *checker) {
	made := t.invite("")
	const what = "MembershipsOf an address that is invited"
	got := list(t, what, t.client.MembershipsOf(t.Context(), byEmail(t.Nobody)))
	if len(got) != 1 {
		t.Errorf("%s: got %d memberships, want the invitation", what, len(got))
	}
	for _, m := range got {
		t.wantInvitation(what, m)
	}
	t.revoke(made.Ref())
}

// bulkInvites makes a list of additions twice, and takes it back.
func bulkInvites(t *checker) {
	nobody, niklaus, alan := byEmail(t.Nobody), byEmail(t.Niklaus), byEmail(t.Alan)
	exists := memberships.ErrAlreadyExists
	t.unchanged("additions that were taken back", t.Small, func() {
		t.wantRows("Apply with WithInvite",
			[]bulkRow{adds(t.Small, nobody), adds(t.Small, niklaus), adds(t.Small, alan, exists), adds(t.Small, nobody, exists)}, memberships.WithInvite())
		t.invited("Apply with WithInvite", 1)
		t.wantRows("Apply with WithInvite for the second time",
			[]bulkRow{adds(t.Small, nobody, exists), adds(t.Small, niklaus, exists), adds(t.Small, alan, exists)}, memberships.WithInvite())
		t.invited("Apply with WithInvite for the second time", 1)
		t.wantRows("Apply of removals", []bulkRow{removes(t.Small, nobody), removes(t.Small, niklaus), removes(t.Small, nobody, memberships.ErrNotFound)})
	})
}

// listByState compares the listings of each state with the whole one.
func listByState(t *checker) {
	invited := 0
	switch invite := t.Tamper[Invitation]; {
	case t.caps.Invites && t.caps.Can(memberships.OpAdd) && t.caps.Email:
		made := t.invite("")
		defer t.revoke(made.Ref())
		invited = 1
	case invite != nil:
		invite()
		invited = 1
	}
	all := t.members(t.Small)
	in := map[memberships.State][]memberships.Membership{}
	for _, m := range all {
		in[m.State] = append(in[m.State], m)
	}
	if len(in[memberships.StateActive]) != 2 || len(in[memberships.StateInvited]) != invited || len(all) != 2+invited {
		t.Errorf("List: got %+v, want two active memberships and %d invitations", all, invited)
	}
	for _, state := range []memberships.State{memberships.StateActive, memberships.StateInvited} {
		f := memberships.Filter{Group: t.Small, State: state}
		what := "a listing of the state " + string(state) + ", compared with the whole one"
		t.wantSame("List: "+what, in[state], list(t, "List: "+what, t.client.List(t.Context(), f)))
		t.wantSame("Pages: "+what, in[state], itemsOf(t.pages(t.client, f, memberships.PageRequest{Size: 1})))
	}
}
