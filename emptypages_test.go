package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
)

// TestEmptyPagesEnd: pages that show nothing end a listing, later where a member is looked
// for in one group after the other, and not at all where each tells what it hides.
func TestEmptyPagesEnd(t *testing.T) {
	group := memberships.Query{Group: memberships.Group{ID: "g"}}
	member := memberships.Query{Member: memberships.Member{ID: "m"}}
	const most = memberships.MaxEmptyPages
	tests := []struct {
		name  string
		q     memberships.Query
		pages int
		gap   bool
		asked int
		err   error
	}{
		{"as many as may be", group, most + 1, false, most + 1, nil},
		{"of a group for ever", group, 1 << 40, false, most + 1, memberships.ErrMalformed},
		{"of a member", member, 100*most + 1, false, 100*most + 1, nil},
		{"of a member for ever", member, 1 << 40, false, 100*most + 1, memberships.ErrMalformed},
		{"with gaps", group, 3 * most, true, 3 * most, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			list := func(context.Context, memberships.Query, memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
				page := &memberships.Page[memberships.Membership]{}
				if asked++; asked < tt.pages {
					page.Next = fmt.Sprint(asked)
				}
				if tt.gap {
					page.Gaps = []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1}}
				}
				return page, nil
			}
			var failure error
			for _, err := range memberships.ListByPage(t.Context(), list, tt.q, nil) {
				failure = err
			}
			if asked != tt.asked || !errors.Is(failure, tt.err) {
				t.Errorf("%d pages and %v, want %d and %v", asked, failure, tt.asked, tt.err)
			}
		})
	}
}
