package unfinished_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/internal/cli/unfinished"
)

// ends is work that ends at a time.
type ends struct{ at time.Time }

func (e ends) Settle(ctx context.Context) error {
	if !time.Now().Before(e.at) {
		return nil
	}
	select {
	case <-time.After(time.Until(e.at)):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Settle waits for all work of a context within one grace, and announces a wait alone.
func TestSettle(t *testing.T) {
	for name, tc := range map[string]struct {
		lives []time.Duration
		want  time.Duration
		err   error
		waits int
	}{
		"no work":          {nil, 0, nil, 0},
		"ended work":       {[]time.Duration{0, 0}, 0, nil, 0},
		"work":             {[]time.Duration{time.Second, 0, 2 * time.Second}, 2 * time.Second, nil, 1},
		"work that hangs":  {[]time.Duration{2 * time.Second, time.Hour}, 3 * time.Second, context.DeadlineExceeded, 1},
		"hanging together": {[]time.Duration{time.Hour, time.Hour}, 3 * time.Second, context.DeadlineExceeded, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, all := unfinished.Watch(t.Context())
				begin := time.Now()
				for _, life := range tc.lives {
					unfinished.Add(ctx, ends{begin.Add(life)})
				}
				unfinished.Add(t.Context(), ends{begin.Add(time.Hour)}) // of no run
				waits := 0
				if err := all.Settle(3*time.Second, func() { waits++ }); !errors.Is(err, tc.err) || time.Since(begin) != tc.want || waits != tc.waits {
					t.Errorf("got %v after %s and %d announcements, want %v after %s and %d", err, time.Since(begin), waits, tc.err, tc.want, tc.waits)
				}
			})
		})
	}
}
