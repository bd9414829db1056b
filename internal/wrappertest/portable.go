package wrappertest

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/memberships-go/memberships"
)

// Outcome is what a portable call returned, in words for tables: the membership, the
// kind of the error, or both.
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

// Outcomes is what a listing yields, the error last.
func Outcomes(seq iter.Seq2[memberships.Membership, error]) []string {
	var out []string
	for m, err := range seq {
		out = append(out, Outcome(m, err))
	}
	return out
}

// GroupsOf are the groups that c lists, with their names.
func GroupsOf(t *testing.T, c *memberships.Client) []string {
	t.Helper()
	var out []string
	for g, err := range c.Groups(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, g.String()+" "+g.Name)
	}
	return out
}

// As holds the Provider of a wrapper's client against what it sets and what it refuses.
func As[C any](t *testing.T, p memberships.Provider, want *C) {
	t.Helper()
	var got *C
	var other *http.Client
	if !p.As(&got) || got != want {
		t.Error("As does not set the client")
	}
	if p.As(nil) || p.As((**C)(nil)) || p.As(want) || p.As(&other) || p.As(7) {
		t.Error("As took what is none of its types")
	}
}
