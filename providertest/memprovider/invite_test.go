package memprovider_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// An address without an account is invited if the caller asks for it.
func ExampleWithInvitations() {
	demo := memberships.Group{ID: "demo"}
	p := memprovider.New(memprovider.WithInvitations(48*time.Hour), memprovider.WithGroup(demo))
	ctx, client, grace := context.Background(), memberships.New(p), memberships.Member{Email: "grace@example.com"}

	_, err := client.Add(ctx, demo, grace, "")
	fmt.Println(err)
	invited, err := client.Add(ctx, demo, grace, "", memberships.WithInvite())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(invited.Member, "is", invited.State, "until", invited.Expires.Format(time.DateOnly))
	// Output:
	// memory: add: no such member: an invitation is possible, with WithInvite
	// grace@example.com is invited until 2026-01-03
}

var grace = memberships.Member{Kind: memberships.MemberUser, Email: "grace@example.com"}

// inviting returns a provider with Ada in the group demo, whose invitations end after an
// hour, and a function that lets time pass.
func inviting(opts ...memprovider.Option) (p *memprovider.Provider, pass func(time.Duration)) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	opts = append(opts, memprovider.WithInvitations(time.Hour), memprovider.WithClock(func() time.Time { return now }),
		memprovider.WithGroup(demo, memberships.Membership{Member: ada}))
	return memprovider.New(opts...), func(d time.Duration) { now = now.Add(d) }
}

func mustInvite(t *testing.T, p *memprovider.Provider, g memberships.Group, who memberships.Member) memberships.Membership {
	t.Helper()
	m, err := memberships.New(p).Add(t.Context(), g, who, "", memberships.WithInvite())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantErr(t *testing.T, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: got %v, want %v", what, err, kind)
	}
}

func TestInvitation(t *testing.T) {
	p, _ := inviting()
	ctx, c := t.Context(), memberships.New(p)
	made, err := c.Add(ctx, demo, grace, memberships.RoleManager, memberships.WithInvite())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	want := memberships.Membership{
		Provider: "memory", ID: "m2", Group: demo, Member: grace, Role: memberships.RoleManager, RoleName: "manager",
		State: memberships.StateInvited, Created: at, Updated: at, Expires: at.Add(time.Hour),
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("the invitation (-want +got):\n%s", diff)
	}
	if native, ok := memberships.Native[*memprovider.Record](made); !ok || native.Email != grace.Email || native.MemberID != "" {
		t.Errorf("got the native value %+v", native)
	}
	if got := list(t, p, demo); len(got) != 2 || !got[1].Equal(made) {
		t.Errorf("List: got %+v", got)
	}
	loud := memberships.Member{Email: "GRACE@EXAMPLE.COM"}
	for _, opts := range [][]memberships.Option{nil, {memberships.WithInvite()}} {
		_, err := c.Add(ctx, demo, loud, "", opts...)
		wantErr(t, "Add of an invited address", err, memberships.ErrAlreadyExists)
	}
	if got, err := c.Check(ctx, demo, loud); got != memberships.PresenceInvited || err != nil {
		t.Errorf("Check: got %v, %v", got, err)
	}
	var of []memberships.Membership
	for m, err := range c.MembershipsOf(ctx, grace) {
		if err != nil {
			t.Fatal(err)
		}
		of = append(of, m)
	}
	if len(of) != 1 || !of[0].Equal(made) {
		t.Errorf("MembershipsOf: got %+v", of)
	}
	if was, err := c.Remove(ctx, memberships.Ref{Group: demo, Member: loud}); err != nil || !was.Equal(made) {
		t.Errorf("Remove: got %+v, %v, want the invitation", was, err)
	}
	if got := list(t, p, demo); len(got) != 1 {
		t.Errorf("List after Remove: got %+v", got)
	}
}

// Every way to the memberships of one state has the same.
func TestListByState(t *testing.T) {
	p, _ := inviting()
	p.Put(demo, memberships.Membership{Member: memberships.Member{ID: "odd"}, State: "frozen"})
	mustInvite(t, p, demo, grace)
	for state, want := range map[memberships.State]string{
		memberships.StateActive: "ada", memberships.StateInvited: grace.Email, memberships.StateUnknown: "odd",
	} {
		page, err := p.ListPage(t.Context(), memberships.Query{Group: demo, State: state}, memberships.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := page.Total.Get(); len(page.Items) != 1 || n != 1 || page.Items[0].Member.String() != want || page.Items[0].State != state {
			t.Errorf("the state %s: got %d of %+v, want %s", state, n, page.Items, want)
		}
	}
}

func TestUpdateOfInvitation(t *testing.T) {
	p, pass := inviting()
	ctx, c, ref := t.Context(), memberships.New(p), memberships.Ref{Group: demo, Member: grace}
	made := mustInvite(t, p, demo, grace)
	pass(time.Minute)
	_, err := c.Update(ctx, ref, memberships.RoleOwner)
	wantErr(t, "Update", err, memberships.ErrConflict)
	if got, err := c.Get(ctx, ref); err != nil || !got.Equal(made) {
		t.Errorf("Get after an Update that failed: got %+v, %v", got, err)
	}
	again, err := c.Update(ctx, ref, memberships.RoleOwner, memberships.WithInvite())
	if err != nil {
		t.Fatal(err)
	}
	if again.ID == made.ID || again.Role != memberships.RoleOwner || again.State != memberships.StateInvited || !again.Expires.Equal(made.Expires.Add(time.Minute)) {
		t.Errorf("Update with WithInvite: got %+v, want a new invitation", again)
	}
	if got := list(t, p, demo); len(got) != 2 || !got[1].Equal(again) {
		t.Errorf("List: got %+v", got)
	}
	_, err = c.Update(ctx, memberships.Ref{ID: made.ID, Group: demo}, memberships.RoleOwner)
	wantErr(t, "Update of the former invitation", err, memberships.ErrNotFound)
	_, err = c.Update(ctx, memberships.Ref{Group: demo, Member: memberships.Member{Email: "nobody@example.com"}}, memberships.RoleOwner, memberships.WithInvite())
	wantErr(t, "Update of an address that was not invited", err, memberships.ErrNoSuchMember)
}

func TestInvitationEnds(t *testing.T) {
	p, pass := inviting()
	c, ref := memberships.New(p), memberships.Ref{Group: demo, Member: grace}
	mustInvite(t, p, demo, grace)
	pass(time.Hour - 1)
	if got := list(t, p, demo); len(got) != 2 {
		t.Errorf("List before the end: got %+v", got)
	}
	pass(1)
	if got := list(t, p, demo); len(got) != 1 {
		t.Errorf("List at the end: got %+v", got)
	}
	_, err := c.Get(t.Context(), ref)
	wantErr(t, "Get after the end", err, memberships.ErrNoSuchMember)
	mustInvite(t, p, demo, grace)
	pass(time.Hour)
	_, err = c.Remove(t.Context(), ref)
	wantErr(t, "Remove after the end", err, memberships.ErrNotMember)
	mustInvite(t, p, demo, grace)
	pass(time.Hour)
	mustInvite(t, p, demo, grace)
}

// An invitation without a lifetime has no end.
func TestInvitationWithoutEnd(t *testing.T) {
	p, pass := inviting()
	memprovider.WithInvitations(0)(p)
	if got := mustInvite(t, p, demo, grace); !got.Expires.IsZero() {
		t.Errorf("got the end %v", got.Expires)
	}
	pass(1000 * time.Hour)
	if got := list(t, p, demo); len(got) != 2 {
		t.Errorf("List: got %+v", got)
	}
}

// A person who enters the directory stays invited until somebody adds the person, in one
// group as in another.
func TestInvitedPersonIsAdded(t *testing.T) {
	other := memberships.Group{Kind: memberships.KindGroup, ID: "other"}
	person := memberships.Member{Kind: memberships.MemberUser, ID: "grace", Email: "Grace@example.com"}
	for how, add := range map[string]func(*memprovider.Provider) error{
		"Add by address": func(p *memprovider.Provider) error {
			_, err := memberships.New(p).Add(t.Context(), demo, grace, "", memberships.WithInvite())
			return err
		},
		"Add by id": func(p *memprovider.Provider) error {
			_, err := memberships.New(p).Add(t.Context(), demo, memberships.Member{ID: "grace"}, "")
			return err
		},
		"Put": func(p *memprovider.Provider) error { p.Put(demo, memberships.Membership{Member: person}); return nil },
	} {
		p, _ := inviting(memprovider.WithGroup(other))
		ctx, c := t.Context(), memberships.New(p)
		mustInvite(t, p, demo, grace)
		mustInvite(t, p, other, grace)
		p.PutPeople(person)
		for _, who := range []memberships.Member{grace, {ID: "grace"}} {
			if got, err := c.Check(ctx, demo, who); got != memberships.PresenceInvited || err != nil {
				t.Errorf("Check of %s, who has an account and an invitation: got %v, %v", who, got, err)
			}
		}
		if err := add(p); err != nil {
			t.Errorf("%s: %v", how, err)
		}
		if got := list(t, p, demo); len(got) != 2 || got[1].Member != person || got[1].State != memberships.StateActive {
			t.Errorf("%s: the group has %+v", how, got)
		}
		var of []memberships.State
		for m, err := range c.MembershipsOf(ctx, memberships.Member{ID: "grace"}) {
			if err != nil {
				t.Fatal(err)
			}
			of = append(of, m.State)
		}
		if diff := cmp.Diff([]memberships.State{memberships.StateInvited, memberships.StateActive}, of); diff != "" {
			t.Errorf("%s: states of the memberships of Grace (-want +got):\n%s", how, diff)
		}
	}
}

// Only an address can be invited, and only with the option of the provider and of the call.
func TestNotInvited(t *testing.T) {
	able, _ := inviting()
	unable := memprovider.New(memprovider.WithGroup(demo, memberships.Membership{Member: ada}))
	for what, x := range map[string]struct {
		p    *memprovider.Provider
		g    memberships.Group
		m    memberships.Member
		opts []memberships.Option
		kind error
	}{
		"unasked":                {able, demo, grace, nil, memberships.ErrNoSuchMember},
		"without invitations":    {unable, demo, grace, []memberships.Option{memberships.WithInvite()}, memberships.ErrNoSuchMember},
		"an id":                  {able, demo, memberships.Member{ID: "grace"}, []memberships.Option{memberships.WithInvite()}, memberships.ErrNotFound},
		"an app":                 {able, demo, memberships.Member{Kind: memberships.MemberApp, Email: grace.Email}, []memberships.Option{memberships.WithInvite()}, memberships.ErrNoSuchMember},
		"a group":                {able, demo, memberships.Member{Kind: memberships.MemberGroup, Email: grace.Email}, []memberships.Option{memberships.WithInvite()}, memberships.ErrNoSuchMember},
		"to a group not there":   {able, memberships.Group{ID: "x"}, grace, []memberships.Option{memberships.WithInvite()}, memberships.ErrNotFound},
		"a member of the group":  {able, demo, memberships.Member{Email: ada.Email}, []memberships.Option{memberships.WithInvite()}, memberships.ErrAlreadyExists},
		"an option not for this": {able, demo, grace, []memberships.Option{memberships.WithInvite(), memberships.NewOption("box", 1)}, memberships.ErrInvalidArgument},
	} {
		_, err := memberships.New(x.p).Add(t.Context(), x.g, x.m, "", x.opts...)
		wantErr(t, what, err, x.kind)
		if got := list(t, x.p, demo); len(got) != 1 {
			t.Errorf("%s: the group has %+v", what, got)
		}
	}
}

// A hidden invitation is neither listed nor denied, and hides no other.
func TestHideInvitation(t *testing.T) {
	p, _ := inviting()
	mustInvite(t, p, demo, grace)
	mustInvite(t, p, demo, memberships.Member{Email: "edsger@example.com"})
	p.Hide(demo, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "withheld"}, memberships.Member{Email: "Grace@example.com"})
	if got := list(t, p, demo); len(got) != 2 || got[1].Member.Email != "edsger@example.com" {
		t.Errorf("List: got %+v", got)
	}
	_, err := memberships.New(p).Get(t.Context(), memberships.Ref{Group: demo, Member: grace})
	wantErr(t, "Get", err, memberships.ErrUndetermined)
}
