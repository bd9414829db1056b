package memberships_test

import (
	"context"
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
)

// TestPagesHoldTheTotal: pages that end before all are there that the provider counts are
// no listing, unless they say that some are hidden.
func TestPagesHoldTheTotal(t *testing.T) {
	hidden := []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1}}
	scope := []memberships.Gap{{Level: memberships.GapScope, Code: memberships.GapInvitations}}
	two := []membership{{Member: memberships.Member{ID: "a"}}, {Member: memberships.Member{ID: "b"}}}
	tests := []struct {
		name  string
		pages map[string]page
		err   error
	}{
		{"all", map[string]page{"": {Items: two, Next: "1", Total: memberships.TotalOf(2)}, "1": {Total: memberships.TotalOf(2)}}, nil},
		{"no total", map[string]page{"": {Items: two, Next: "1"}, "1": {}}, nil},
		{"an empty end", map[string]page{"": {Items: two, Next: "1", Total: memberships.TotalOf(3)}, "1": {Total: memberships.TotalOf(3)}}, memberships.ErrMalformed},
		{"an empty end without the total", map[string]page{"": {Items: two, Next: "1", Total: memberships.TotalOf(3)}, "1": {}}, memberships.ErrMalformed},
		{"one page", map[string]page{"": {Items: two, Total: memberships.TotalOf(3)}}, memberships.ErrMalformed},
		{"none of them", map[string]page{"": {Total: memberships.TotalOf(1)}}, memberships.ErrMalformed},
		{"fewer by then", map[string]page{"": {Items: two, Next: "1", Total: memberships.TotalOf(3)}, "1": {Total: memberships.TotalOf(2)}}, nil},
		{"hidden", map[string]page{"": {Items: two, Next: "1", Total: memberships.TotalOf(3), Gaps: hidden}, "1": {Total: memberships.TotalOf(3)}}, nil},
		{"out of scope", map[string]page{"": {Items: two, Total: memberships.TotalOf(3), Gaps: scope}}, memberships.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{caps: able()}
			s.listPage = func(_ context.Context, _ memberships.Query, r memberships.PageRequest) (*page, error) {
				p := tt.pages[r.Token]
				return &p, nil
			}
			c, f := memberships.New(s), memberships.Filter{Group: memberships.Group{ID: "g"}}
			failures := map[string]error{"Pages": nil, "List": nil}
			for _, err := range c.Pages(t.Context(), f, memberships.PageRequest{}) {
				failures["Pages"] = err
			}
			for _, err := range c.List(t.Context(), f) {
				failures["List"] = err
			}
			for name, err := range failures {
				if !errors.Is(err, tt.err) || err != nil && tt.err == nil {
					t.Errorf("%s: %v, want %v", name, err, tt.err)
				}
			}
		})
	}
	t.Run("from a page in the middle", func(t *testing.T) {
		s := &stub{caps: able()}
		s.listPage = func(_ context.Context, _ memberships.Query, r memberships.PageRequest) (*page, error) {
			if r.Token == "" {
				return &page{Items: two, Next: "1", Total: memberships.TotalOf(3)}, nil
			}
			return &page{Items: two[:1], Total: memberships.TotalOf(3)}, nil
		}
		c, f := memberships.New(s), memberships.Filter{Group: memberships.Group{ID: "g"}}
		next := ""
		for p, err := range c.Pages(t.Context(), f, memberships.PageRequest{}) {
			if err != nil {
				t.Fatal(err)
			}
			next = p.Next
			break
		}
		for _, err := range c.Pages(t.Context(), f, memberships.PageRequest{Token: next}) {
			if err != nil {
				t.Errorf("the rest: %v", err)
			}
		}
	})
}
