package providertest

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

func otherKindsOnly(c memberships.Capabilities, w *Fixture) string {
	if slices.Contains(c.SearchedKinds, w.Small.Kind) {
		return ""
	}
	return fmt.Sprintf("not declared: %s of the kind %s", memberships.OpListByMember, w.Small.Kind)
}

func ofMember(t *checker) {
	got := list(t, "MembershipsOf", t.client.MembershipsOf(t.Context(), byID(t.Ada)))
	in := map[memberships.Group]int{}
	for _, m := range got {
		if m.Member.ID != t.Ada.ID {
			t.Errorf("MembershipsOf %s: got a membership of %s", t.Ada, m.Member)
		}
		m.Group.Name = ""
		in[m.Group]++
	}
	for _, g := range []memberships.Group{t.Small, t.Large} {
		g.Name = ""
		if in[g] != 1 {
			t.Errorf("MembershipsOf: %s comes %d times, want once", g, in[g])
		}
	}
	if t.Empty.ID != "" && in[memberships.Group{Kind: t.Empty.Kind, ID: t.Empty.ID}] != 0 {
		t.Errorf("MembershipsOf: got a membership of the empty group")
	}
	got, err := read(t, "MembershipsOf", t.client.MembershipsOf(t.Context(), byID(t.Niklaus)))
	if len(got) != 0 {
		t.Errorf("MembershipsOf a member of no group: got %d", len(got))
	}
	if err != nil { // some providers know people by their groups alone
		t.wantKind("MembershipsOf a member of no group", err, memberships.ErrNoSuchMember)
	}
}

// ofUnknown accepts any error but no clean end: a clean-up would take an empty listing
// for success.
func ofUnknown(t *checker) {
	for _, who := range t.identities(t.Nobody) {
		for what, seq := range map[string]iter.Seq2[memberships.Membership, error]{
			"MembershipsOf ": t.client.MembershipsOf(t.Context(), who),
			"Provider.List ": t.Provider.List(t.Context(), memberships.Query{Member: who}, nil),
			"Pages of ":      itemsIn(t.client.Pages(t.Context(), memberships.Filter{Member: who}, memberships.PageRequest{Size: 1})),
		} {
			what += who.String() + ", who does not exist"
			got, err := read(t, what, seq)
			if len(got) > 0 {
				t.Errorf("%s: got %d memberships", what, len(got))
			}
			var e *memberships.Error
			if !errors.As(err, &e) || errors.Is(err, memberships.ErrNotMember) {
				t.Errorf("%s: got %v, want ErrNoSuchMember, or the error that leaves it open", what, err)
			}
		}
	}
}

func ofEmail(t *checker) {
	want := list(t, "MembershipsOf", t.client.MembershipsOf(t.Context(), byID(t.Ada)))
	t.wantSame("MembershipsOf by e-mail address", want, list(t, "MembershipsOf", t.client.MembershipsOf(t.Context(), byEmail(t.Ada))))
}

func getByRef(t *checker) {
	m := t.get(t.Small, t.Alan)
	if m.Member.ID != t.Alan.ID || m.Group.ID != t.Small.ID || m.Group.Kind != t.Small.Kind {
		t.Errorf("Get: got %s in %s, want %s in %s", m.Member, m.Group, t.Alan, t.Small)
	}
	again := must[memberships.Membership](t, "Get by Membership.Ref")(t.client.Get(t.Context(), m.Ref()))
	t.wantSame("Get by Membership.Ref", []memberships.Membership{m}, []memberships.Membership{again})
	if m.ID != "" {
		again = must[memberships.Membership](t, "Get by id")(t.client.Get(t.Context(), memberships.Ref{ID: m.ID, Group: memberships.Group{Kind: t.Small.Kind}}))
		t.wantSame("Get by id", []memberships.Membership{m}, []memberships.Membership{again})
	}
	if !t.caps.Can(memberships.OpList) {
		return
	}
	for _, listed := range t.members(t.Small) {
		got := must[memberships.Membership](t, "Get of a listed membership")(t.client.Get(t.Context(), listed.Ref()))
		if got.Member.ID != listed.Member.ID || got.Role != listed.Role || got.RoleName != listed.RoleName || got.State != listed.State || got.ID != listed.ID {
			t.Errorf("Get: got %+v, and List has %+v; a membership has to be the same from both", got, listed)
		}
	}
}

func getByEmail(t *checker) {
	want := t.get(t.Small, t.Alan)
	got := must[memberships.Membership](t, "Get by e-mail address")(t.client.Get(t.Context(), ref(t.Small, byEmail(t.Alan))))
	if got.Member.ID != want.Member.ID || got.ID != want.ID || got.Role != want.Role {
		t.Errorf("Get by e-mail address: got %+v, and by id %+v", got, want)
	}
	_, err := t.client.Get(t.Context(), ref(t.Small, byEmail(t.Niklaus)))
	t.wantKind("Get by the e-mail address of a person outside the group", err, memberships.ErrNotMember)
	_, err = t.client.Get(t.Context(), ref(t.Small, byEmail(t.Nobody)))
	t.wantKind("Get by an e-mail address without an account", err, memberships.ErrNotFound)
}

func getNotMember(t *checker) {
	_, err := t.client.Get(t.Context(), ref(t.Small, byID(t.Niklaus)))
	t.wantKind("Get of a person outside of a group that was read whole", err, memberships.ErrNotMember)
	if !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("Get: %v is not an ErrNotFound as well", err)
	}
}

func getUnknownMember(t *checker) {
	_, err := t.client.Get(t.Context(), ref(t.Small, byID(t.Nobody)))
	t.wantKind("Get of a member that does not exist", err, memberships.ErrNotFound)
}

func getUnknownGroup(t *checker) {
	_, err := t.client.Get(t.Context(), ref(t.Unknown, byID(t.Alan)))
	t.wantNotFound("Get in a group that does not exist", err)
}

func checkAnswers(t *checker) {
	wantCheck := func(who memberships.Member, want memberships.Presence) {
		t.Helper()
		if got, err := t.client.Check(t.Context(), t.Small, who); got != want || err != nil {
			t.Errorf("Check of %s: got %v, %v, want %v", who, got, err, want)
		}
	}
	wantCheck(byID(t.Ada), memberships.PresenceMember)
	wantCheck(byID(t.Alan), memberships.PresenceMember)
	wantCheck(byID(t.Niklaus), memberships.PresenceNotMember)
	got, err := t.client.Check(t.Context(), t.Unknown, byID(t.Alan))
	if got != memberships.PresenceUndetermined || err == nil {
		t.Errorf("Check in a group that does not exist: got %v, %v, want undetermined and the error", got, err)
	}
}

// checkHalfWay looks up a member by e-mail address, and the last member of a group, while
// later requests fail.
func checkHalfWay(t *checker) {
	in := map[memberships.Group][]memberships.Member{t.Small: {byID(t.Alan)}}
	if t.caps.Email {
		in[t.Small] = append(in[t.Small], byEmail(t.Alan))
	}
	for _, m := range t.members(t.Large) {
		in[t.Large] = []memberships.Member{byID(m.Member)}
	}
	for _, kind := range []FaultKind{PermissionDenied, NotFound} {
		for _, after := range []int{1, 2} {
			for _, g := range []memberships.Group{t.Small, t.Large} {
				for _, who := range in[g] {
					t.Inject(&Fault{Kind: kind, After: after})
					got, err := t.client.Check(t.Context(), g, who)
					if got != memberships.PresenceMember && (got != memberships.PresenceUndetermined || err == nil) {
						t.Errorf("Check of %s, a member of %s, with requests that fail (%s) after %d: got %v, %v, want member, or undetermined and the error",
							who, g, kind, after, got, err)
					}
				}
			}
		}
	}
}

func checkInvited(t *checker) {
	m := t.get(t.Small, t.Niklaus)
	if m.State != memberships.StateInvited {
		t.Errorf("Get of an invited member: got the state %q, want %q", m.State, memberships.StateInvited)
	}
	if got, err := t.client.Check(t.Context(), t.Small, byID(t.Niklaus)); got != memberships.PresenceInvited || err != nil {
		t.Errorf("Check of an invited member: got %v, %v, want %v", got, err, memberships.PresenceInvited)
	}
	if t.caps.Can(memberships.OpList) {
		t.wantMembers("List with an invitation", t.members(t.Small), 3, t.Ada, t.Alan, t.Niklaus)
	}
	if t.caps.Can(memberships.OpAdd) {
		t.unchanged("Add of an invited member", t.Small, func() {
			_, err := t.client.Add(t.Context(), t.Small, byID(t.Niklaus), "")
			t.wantKind("Add of an invited member; no address is invited twice", err, memberships.ErrAlreadyExists)
		})
	}
}
