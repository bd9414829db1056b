package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// An address without an account is invited. The invitation is a membership that List, Check
// and Remove find by the address.
func ExampleWithInvite() {
	demo, grace := memberships.Group{ID: "demo"}, memberships.Member{Email: "grace@example.com"}
	ctx, client := context.Background(), memberships.New(memprovider.New(memprovider.WithInvitations(7*24*time.Hour), memprovider.WithGroup(demo)))

	_, err := client.Add(ctx, demo, grace, memberships.RoleManager)
	fmt.Println(err)
	m, err := client.Add(ctx, demo, grace, memberships.RoleManager, memberships.WithInvite())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member, "is", m.State, "as", m.Role, "until", m.Expires.Format(time.DateOnly))
	for m, err := range client.List(ctx, memberships.Filter{Group: demo, State: memberships.StateInvited}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("listed:", m.Member)
	}
	presence, err := client.Check(ctx, demo, grace)
	fmt.Println("check:", presence, err)
	_, err = client.Add(ctx, demo, grace, "", memberships.WithInvite())
	fmt.Println(err)
	_, err = client.Remove(ctx, memberships.Ref{Group: demo, Member: grace})
	fmt.Println("revoked:", err)
	// Output:
	// memory: add: no such member: an invitation is possible, with WithInvite
	// grace@example.com is invited as manager until 2026-01-08
	// listed: grace@example.com
	// check: invited <nil>
	// memory: add: already exists
	// revoked: <nil>
}

// inviteCase is a change that a provider refuses, and the text of the Client's error.
type inviteCase struct {
	op      memberships.Operation
	invites bool // by Capabilities
	asked   bool // by WithInvite
	err     error
	want    string
}

var errCause = errors.New("the cause")

func refusal(kind, cause error) *memberships.Error {
	return &memberships.Error{Kind: kind, Err: cause, StatusCode: 404}
}

var inviteCases = map[string]inviteCase{
	"possible":                 {memberships.OpAdd, true, false, refusal(memberships.ErrNoSuchMember, nil), "stub: add: no such member (status 404): an invitation is possible, with WithInvite"},
	"possible, with a cause":   {memberships.OpAdd, true, false, refusal(memberships.ErrNoSuchMember, errCause), "stub: add: no such member (status 404): the cause; an invitation is possible, with WithInvite"},
	"impossible":               {memberships.OpAdd, false, true, refusal(memberships.ErrNoSuchMember, nil), "stub: add: no such member (status 404): stub has no invitations"},
	"impossible, with a cause": {memberships.OpAdd, false, true, refusal(memberships.ErrNoSuchMember, errCause), "stub: add: no such member (status 404): the cause; stub has no invitations"},
	"asked":                    {memberships.OpAdd, true, true, refusal(memberships.ErrNoSuchMember, errCause), "stub: add: no such member (status 404): the cause"},
	"unasked and impossible":   {memberships.OpAdd, false, false, refusal(memberships.ErrNoSuchMember, errCause), "stub: add: no such member (status 404): the cause"},
	"another kind":             {memberships.OpAdd, true, false, refusal(memberships.ErrNotFound, errCause), "stub: add: not found (status 404): the cause"},
	"an update":                {memberships.OpUpdate, true, false, refusal(memberships.ErrNoSuchMember, errCause), "stub: update: no such member (status 404): the cause"},
	"a removal":                {memberships.OpRemove, true, false, refusal(memberships.ErrNoSuchMember, errCause), "stub: remove: no such member (status 404): the cause"},
}

// client returns a client whose provider refuses every change with the error of the case.
func (x inviteCase) client() *memberships.Client {
	caps := able()
	caps.Invites = x.invites
	caps.Operations = []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove}
	return memberships.New(&stub{caps: caps, apply: func(memberships.Change) (membership, error) { return membership{}, x.err }})
}

func (x inviteCase) change() memberships.Change {
	return memberships.Change{Op: x.op, Ref: memberships.Ref{Group: group("g"), Member: memberships.Member{Email: "grace@example.com"}}, Role: memberships.RoleMember}
}

func (x inviteCase) opts() []memberships.Option {
	if x.asked {
		return []memberships.Option{memberships.WithInvite()}
	}
	return nil
}

// ErrNoSuchMember of an addition says whether an invitation is possible, alone and in bulk,
// and keeps all of the provider's error.
func TestNotInvited(t *testing.T) {
	ctx := t.Context()
	for name, x := range inviteCases {
		t.Run(name, func(t *testing.T) {
			ref, errs := x.change().Ref, map[string]error{}
			switch x.op {
			case memberships.OpAdd:
				_, errs["alone"] = x.client().Add(ctx, ref.Group, ref.Member, memberships.RoleMember, x.opts()...)
			case memberships.OpUpdate:
				_, errs["alone"] = x.client().Update(ctx, ref, memberships.RoleMember, x.opts()...)
			case memberships.OpRemove:
				_, errs["alone"] = x.client().Remove(ctx, ref, x.opts()...)
			}
			for r, err := range x.client().Apply(ctx, slices.Values([]memberships.Change{x.change()}), memberships.BulkOptions{}, x.opts()...) {
				errs["in bulk"] = errors.Join(err, r.Err)
			}
			var first *memberships.Error
			if !errors.As(x.err, &first) {
				t.Fatal("the case has no error")
			}
			for how, err := range errs {
				var e *memberships.Error
				if !errors.As(err, &e) || e.Error() != x.want || e.StatusCode != 404 || !errors.Is(err, first.Kind) || first.Err != nil && !errors.Is(err, first.Err) {
					t.Errorf("%s: got %v, want %s", how, err, x.want)
				}
			}
			if len(errs) != 2 {
				t.Errorf("got the errors %v, want two", errs)
			}
		})
	}
}

// An error that leaves the outcome open says nothing of an invitation, which may be there.
func TestNotInvitedOfUnknownOutcome(t *testing.T) {
	x := inviteCase{op: memberships.OpAdd, invites: true}
	x.err = refusal(memberships.ErrNoSuchMember, memberships.ErrOutcomeUnknown)
	_, err := x.client().Add(t.Context(), group("g"), memberships.Member{Email: "grace@example.com"}, "")
	if want := "stub: add: no such member (status 404): " + memberships.ErrOutcomeUnknown.Error(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// bulkMemory returns a client of the group demo with Ada, and the log of its provider's
// calls.
func bulkMemory(opts ...memprovider.Option) (*memberships.Client, *[]string) {
	calls := new([]string)
	opts = append(opts, memprovider.WithBulk(10), memprovider.WithPeople(memberships.Member{ID: "niklaus", Email: "niklaus@example.com"}),
		memprovider.WithGroup(group("demo"), membership{Member: memberships.Member{ID: "ada", Email: "ada@example.com"}}),
		memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
			*calls = append(*calls, fmt.Sprintf("%s %s", c.Operation, c.Member))
			return nil
		}))
	return memberships.New(memprovider.New(opts...)), calls
}

// applied makes a change for each of the addresses, one after the other.
func applied(t *testing.T, c *memberships.Client, op memberships.Operation, addresses []string, opts ...memberships.Option) (out []string) {
	t.Helper()
	var changes []memberships.Change
	for _, a := range addresses {
		changes = append(changes, memberships.Change{Op: op, Ref: memberships.Ref{Group: group("demo"), Member: memberships.Member{Email: a}}, Role: memberships.RoleManager})
	}
	for r, err := range c.Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{Concurrency: 1}, opts...) {
		switch {
		case err != nil:
			t.Fatal(err)
		case r.Err != nil:
			out = append(out, r.Err.Error())
		default:
			out = append(out, fmt.Sprintf("%s %s", r.Membership.Member, r.Membership.State))
		}
	}
	return out
}

// All addresses are resolved together. An address without an account then reaches a provider
// that invites, which may have an invitation of it, and no other.
func TestApplyWithInvite(t *testing.T) {
	addresses := []string{"grace@example.com", "niklaus@example.com", "ada@example.com"}
	resolved := []string{"resolve grace@example.com", "resolve niklaus@example.com", "resolve ada@example.com"}
	with := []memprovider.Option{memprovider.WithInvitations(time.Hour)}
	others := []string{"niklaus active", "memory: add: already exists"}
	for name, x := range map[string]struct {
		provider []memprovider.Option
		opts     []memberships.Option
		grace    string // result
		calls    []string
	}{
		"asked":      {with, []memberships.Option{memberships.WithInvite()}, "grace@example.com invited", []string{"add grace@example.com", "add niklaus", "add ada"}},
		"unasked":    {with, nil, "memory: add: no such member: an invitation is possible, with WithInvite", []string{"add grace@example.com", "add niklaus", "add ada"}},
		"impossible": {nil, []memberships.Option{memberships.WithInvite()}, "memory: resolve: no such member: memory has no invitations", []string{"add niklaus", "add ada"}},
		"neither":    {nil, nil, "memory: resolve: no such member", []string{"add niklaus", "add ada"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, calls := bulkMemory(x.provider...)
			got := applied(t, c, memberships.OpAdd, addresses, x.opts...)
			if diff := cmp.Diff(append([]string{x.grace}, others...), got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Concat(resolved, x.calls), *calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// Updates and removals of an invited address reach a provider that invites, also without
// WithInvite.
func TestApplyToInvitations(t *testing.T) {
	addresses := []string{"grace@example.com", "nobody@example.com"}
	c, calls := bulkMemory(memprovider.WithInvitations(time.Hour))
	if _, err := c.Add(t.Context(), group("demo"), memberships.Member{Email: "grace@example.com"}, "", memberships.WithInvite()); err != nil {
		t.Fatal(err)
	}
	*calls = nil
	for _, step := range []struct {
		op   memberships.Operation
		opts []memberships.Option
		want []string
	}{
		{memberships.OpUpdate, nil, []string{"memory: update: conflict: a pending invitation keeps its role; WithInvite replaces it by a new one", "memory: update: no such member"}},
		{memberships.OpUpdate, []memberships.Option{memberships.WithInvite()}, []string{"grace@example.com invited", "memory: update: no such member"}},
		{memberships.OpRemove, nil, []string{"grace@example.com invited", "memory: remove: not a member: no account and no member of the group has this e-mail address"}},
	} {
		if diff := cmp.Diff(step.want, applied(t, c, step.op, addresses, step.opts...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.op, diff)
		}
		if !slices.Contains(*calls, string(step.op)+" grace@example.com") {
			t.Errorf("%s: got the calls %v, want one for Grace", step.op, *calls)
		}
		*calls = nil
	}
}

// stateful returns a client whose provider lists a member in each state, whatever state it
// is asked for.
func stateful() *memberships.Client {
	in := func(g memberships.Group) []membership {
		return []membership{
			{Group: g, Member: member("ada"), State: memberships.StateActive},
			{Group: g, Member: member("grace"), State: memberships.StateInvited},
			{Group: g, Member: member("odd"), State: memberships.StateUnknown},
		}
	}
	return memberships.New(&stub{
		caps: able(),
		listPage: func(_ context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			all := in(q.Group)
			if r.Token == "" {
				return &page{Items: all[:1], Next: "rest"}, nil
			}
			return &page{Items: all[1:]}, nil
		},
		get: func(_ context.Context, r memberships.Ref) (membership, error) {
			for _, m := range in(r.Group) {
				if m.Member.ID == r.Member.ID {
					return m, nil
				}
			}
			return membership{}, memberships.ErrNotMember
		},
	})
}

// A state that no listing has is an error.
func TestFilterByAnUnknownState(t *testing.T) {
	for _, state := range []memberships.State{memberships.StateAbsent, "nonsense"} {
		_, err := ids(t, stateful().List(t.Context(), memberships.Filter{Group: group("g"), State: state}))
		wantKind(t, string(state), err, memberships.ErrInvalidArgument)
	}
}

// The Client keeps the memberships of one state, whatever the provider lists.
func TestFilterByState(t *testing.T) {
	c, ctx := stateful(), t.Context()
	for state, want := range map[memberships.State][]string{
		"": {"ada", "grace", "odd"}, memberships.StateActive: {"ada"}, memberships.StateInvited: {"grace"}, memberships.StateUnknown: {"odd"},
	} {
		f := memberships.Filter{Group: group("g"), State: state}
		var paged []string
		for p, err := range c.Pages(ctx, f, memberships.PageRequest{}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range p.Items {
				paged = append(paged, m.Member.ID)
			}
		}
		if diff := cmp.Diff(want, paged); diff != "" {
			t.Errorf("Pages of the state %q (-want +got):\n%s", state, diff)
		}
		for what, seq := range map[string]iter.Seq2[membership, error]{
			"List":     c.List(ctx, f),
			"ListMany": c.ListMany(ctx, []memberships.Group{group("g")}, memberships.ManyOptions{State: state}),
		} {
			got, err := ids(t, seq)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s of the state %q: %v (-want +got):\n%s", what, state, err, diff)
			}
		}
		f.Member = member("grace")
		got, err := ids(t, c.List(ctx, f))
		if there := slices.Contains(want, "grace"); err != nil || (len(got) == 1) != there {
			t.Errorf("List of Grace with the state %q: got %v, %v", state, got, err)
		}
	}
}

// A page token belongs to the state of its listing.
func TestTokenOfState(t *testing.T) {
	c, ctx := stateful(), t.Context()
	tokens := map[memberships.State]string{}
	states := []memberships.State{"", memberships.StateActive, memberships.StateInvited}
	for _, state := range states {
		for p, err := range c.Pages(ctx, memberships.Filter{Group: group("g"), State: state}, memberships.PageRequest{}) {
			if err != nil {
				t.Fatal(err)
			}
			tokens[state] = p.Next
			break
		}
	}
	for _, of := range states {
		for _, state := range states {
			var err error
			for _, err = range c.Pages(ctx, memberships.Filter{Group: group("g"), State: state}, memberships.PageRequest{Token: tokens[of]}) {
			}
			if state != of {
				wantKind(t, fmt.Sprintf("the state %q with a token of %q", state, of), err, memberships.ErrInvalidArgument)
			} else if err != nil {
				t.Errorf("the state %q with its own token: %v", state, err)
			}
		}
	}
}
