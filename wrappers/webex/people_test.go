package webex_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// An address is one person's, and nothing else than an answer about it counts.
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
		"the main address":       {"ada@example.com", items(ada), "ada", nil, 1},
		"another one":            {"countess@example.com", items(ada), "ada", nil, 1},
		"in other letters":       {"ADA@EXAMPLE.COM", items(ada), "ada", nil, 1},
		"somebody twice":         {"ada@example.com", items(ada, ada), "ada", nil, 1},
		"nobody":                 {"ada@example.com", emptyOne, "", memberships.ErrNoSuchMember, 1},
		"two people":             {"ada@example.com", items(ada, alias), "", memberships.ErrAmbiguous, 1},
		"somebody else":          {"ada@example.com", items(alan), "", memberships.ErrMalformed, 1},
		"somebody else, too":     {"ada@example.com", items(ada, alan), "", memberships.ErrMalformed, 1},
		"somebody without any":   {"ada@example.com", items(none), "", memberships.ErrMalformed, 1},
		"a refusal":              {"ada@example.com", step{403, `{"message":"no","trackingId":"x"}`}, "", memberships.ErrPermissionDenied, 1},
		"a search that is lost":  {"ada@example.com", step{404, ``}, "", memberships.ErrMalformed, 2},
		"an answer without list": {"ada@example.com", step{200, `{"notFoundIds":null}`}, "", memberships.ErrMalformed, 2},
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
