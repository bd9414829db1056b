package memberships_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// TestHelpersWithoutContext: the sequences that implementers make yield the error alone,
// and do nothing.
func TestHelpersWithoutContext(t *testing.T) {
	var none context.Context
	page := func(context.Context, memberships.Query, memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
		t.Error("a page was asked for")
		return nil, nil
	}
	do := func(context.Context, memberships.Change) (memberships.Membership, error) {
		t.Error("a change was made")
		return memberships.Membership{}, nil
	}
	var errs []error
	for _, err := range memberships.ListByPage(none, page, memberships.Query{}, nil) {
		errs = append(errs, err)
	}
	for _, err := range memberships.ApplyEach(none, make([]memberships.Change, 2), do) {
		errs = append(errs, err)
	}
	if len(errs) != 2 || !errors.Is(errs[0], memberships.ErrInvalidArgument) || !errors.Is(errs[1], memberships.ErrInvalidArgument) {
		t.Errorf("got %v", errs)
	}
}

// TestLongPageToken: a page token longer than 8 KiB is refused for that.
func TestLongPageToken(t *testing.T) {
	c := memberships.New(memprovider.New())
	f := memberships.Filter{Group: memberships.Group{ID: "g"}}
	var last error
	for _, err := range c.Pages(t.Context(), f, memberships.PageRequest{Token: "m1" + strings.Repeat("A", 8<<10)}) {
		last = err
	}
	if !errors.Is(last, memberships.ErrInvalidArgument) || !strings.Contains(last.Error(), "longer than 8192 bytes") {
		t.Errorf("got %v", last)
	}
}

func TestCheckContext(t *testing.T) {
	why := errors.New("why")
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	late, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	for name, tc := range map[string]struct {
		ctx  context.Context
		kind error // nil for none
		err  error
	}{
		"nil":       {nil, memberships.ErrInvalidArgument, nil},
		"live":      {t.Context(), nil, nil},
		"cancelled": {cancelled, context.Canceled, why},
		"too late":  {late, context.DeadlineExceeded, context.DeadlineExceeded},
	} {
		err := memberships.CheckContext(tc.ctx, "mine", memberships.OpList)
		var e *memberships.Error
		switch {
		case tc.kind == nil && err != nil:
			t.Errorf("%s: got %v", name, err)
		case tc.kind == nil:
		case !errors.As(err, &e) || e.Provider != "mine" || e.Op != "list" || e.Kind != tc.kind || tc.err != nil && !errors.Is(err, tc.err):
			t.Errorf("%s: got %v, want %v", name, err, tc.kind)
		}
	}
}
