package wrappertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/memberships-go/memberships"
)

// Outcome returns the result of a portable call as text: the membership, the kind of the
// error, or both.
func Outcome(m memberships.Membership, err error) string {
	there := ""
	if m.Provider != "" {
		who := memberships.Member{Kind: m.Member.Kind, ID: m.Member.ID}
		there = fmt.Sprintf("%s <%s> is %s (%s) in %s, %s", who, m.Member.Email, m.Role, m.RoleName, m.Group, m.State)
	}
	var e *memberships.Error
	switch {
	case err == nil:
		return there
	case !errors.As(err, &e):
		return err.Error()
	case there == "":
		return e.Kind.Error()
	}
	return there + "; " + e.Kind.Error()
}

// Outcomes returns the items of a listing as text, the error last.
func Outcomes(seq iter.Seq2[memberships.Membership, error]) []string {
	var out []string
	for m, err := range seq {
		out = append(out, Outcome(m, err))
	}
	return out
}

// GroupsOf returns the groups that c lists, with their names.
func GroupsOf(t *testing.T, c *memberships.Client) []string {
	t.Helper()
	var out []string
	for _, g := range Collect(t, c.Groups(t.Context())) {
		out = append(out, g.String()+" "+g.Name)
	}
	return out
}

// Collect returns the items of a listing. An error fails the test.
func Collect[T any](t *testing.T, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var all []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// Last returns the error at the end of a listing.
func Last[T any](seq iter.Seq2[T, error]) error {
	var last error
	for _, err := range seq {
		last = err
	}
	return last
}

// Err returns the error of a call with a result.
func Err[T any](_ T, err error) error { return err }

// Apply makes one change through a Provider itself, without the checks of a Client.
func Apply(ctx context.Context, p memberships.Provider, ch memberships.Change) (memberships.Membership, error) {
	for r, err := range p.Apply(ctx, []memberships.Change{ch}) {
		return r.Membership, cmp.Or(err, r.Err)
	}
	return memberships.Membership{}, errors.New("no result")
}

// Unresolved checks that an address without a unique account proves nothing: every
// operation on m fails with kind and is undetermined. The provider must deny the list of
// g, which Remove reads for an unknown address.
func Unresolved(t *testing.T, c *memberships.Client, g memberships.Group, m memberships.Member, kind error) {
	t.Helper()
	ctx, ref := t.Context(), memberships.Ref{Group: g, Member: m}
	presence, check := c.Check(ctx, g, m)
	if presence != memberships.PresenceUndetermined {
		t.Errorf("check: %v", presence)
	}
	for op, err := range map[string]error{
		"check":   check,
		"get":     Err(c.Get(ctx, ref)),
		"add":     Err(c.Add(ctx, g, m, "")),
		"update":  Err(c.Update(ctx, ref, memberships.RoleMember)),
		"remove":  Err(c.Remove(ctx, ref)),
		"of":      Last(c.MembershipsOf(ctx, m)),
		"page":    Last(c.Pages(ctx, memberships.Filter{Member: m}, memberships.PageRequest{})),
		"resolve": Err(c.Resolve(ctx, m)),
	} {
		want := kind
		if op == "remove" && kind == memberships.ErrNoSuchMember {
			want = memberships.ErrPermissionDenied
		}
		if !errors.Is(err, want) || errors.Is(err, memberships.ErrNotMember) || errors.Is(err, memberships.ErrNoSuchMember) && want != memberships.ErrNoSuchMember {
			t.Errorf("%s: got %v, want %v", op, err, want)
		}
	}
}

// Native checks that the Provider of a wrapper returns the client.
func Native[C any](t *testing.T, p memberships.Provider, want *C) {
	t.Helper()
	if got, ok := memberships.NativeClient[*C](memberships.New(p)); !ok || got != want {
		t.Error("Native is not the client")
	}
	if _, ok := memberships.NativeClient[*http.Client](memberships.New(p)); ok {
		t.Error("Native has another type, too")
	}
}

// TextOrError returns a call's text, or the text of its error.
func TextOrError(text string, err error) string {
	if err != nil {
		return err.Error()
	}
	return text
}
