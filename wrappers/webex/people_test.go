package webex_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// FindByEmail returns the one person with the address. An answer about another person is
// malformed.
func TestPeopleByEmail(t *testing.T) {
	const (
		ada   = `{"id":"ada","emails":["ada@example.com","Countess@example.com"]}`
		alan  = `{"id":"alan","emails":["alan@example.com"]}`
		alias = `{"id":"other","emails":["ada@example.com"]}`
		none  = `{"id":"x","emails":[]}`
	)
	type lookup struct {
		email  string
		answer step
		want   string
		kind   error
		asked  int
	}
	wrappertest.RunSynctest(t, map[string]lookup{
		"the main address":           {"ada@example.com", items(ada), "ada", nil, 1},
		"another address":            {"countess@example.com", items(ada), "ada", nil, 1},
		"in another case":            {"ADA@EXAMPLE.COM", items(ada), "ada", nil, 1},
		"the person twice":           {"ada@example.com", items(ada, ada), "ada", nil, 1},
		"no person":                  {"ada@example.com", emptyOne, "", memberships.ErrNoSuchMember, 1},
		"two people":                 {"ada@example.com", items(ada, alias), "", memberships.ErrAmbiguous, 1},
		"another person":             {"ada@example.com", items(alan), "", memberships.ErrMalformed, 1},
		"the person and another one": {"ada@example.com", items(ada, alan), "", memberships.ErrMalformed, 1},
		"a person without addresses": {"ada@example.com", items(none), "", memberships.ErrMalformed, 1},
		"a refusal":                  {"ada@example.com", step{403, `{"message":"no","trackingId":"x"}`}, "", memberships.ErrPermissionDenied, 1},
		"a search with status 404":   {"ada@example.com", step{404, ``}, "", memberships.ErrMalformed, 2},
		"an answer without a list":   {"ada@example.com", step{200, `{"notFoundIds":null}`}, "", memberships.ErrMalformed, 2},
	}, func(t *testing.T, tc lookup) {
		c, asked := wrappertest.Scripted(t, webex.New, slices.Repeat([]step{tc.answer}, tc.asked)...)
		p, err := c.People.FindByEmail(t.Context(), tc.email)
		switch {
		case tc.kind == nil && (err != nil || p.ID != tc.want):
			t.Errorf("got %+v, %v", p, err)
		case tc.kind != nil && (!errors.Is(err, tc.kind) || p != nil):
			t.Errorf("got %+v, %v, want %v", p, err, tc.kind)
		}
		if len(*asked) != tc.asked {
			t.Errorf("asked with %q, want %d requests", *asked, tc.asked)
		}
	})
}
