package transport_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/internal/transport"
)

// A throttle holds attempts back for the wait that an answer asked for, as far as the limit
// of waits and the context allow.
func TestThrottle(t *testing.T) {
	tests := []struct {
		name     string
		limited  []time.Duration
		most     time.Duration
		deadline time.Duration
		min, max time.Duration
	}{
		{"nothing was limited", nil, time.Minute, 0, 0, 0},
		{"a wait and its spread", []time.Duration{8 * time.Second}, time.Minute, 0, 8 * time.Second, 9 * time.Second},
		{"the longest of several", []time.Duration{8 * time.Second, time.Second}, time.Minute, 0, 8 * time.Second, 9 * time.Second},
		{"longer than the limit of waits", []time.Duration{2 * time.Minute}, time.Minute, 0, 0, 0},
		{"longer than the context", []time.Duration{10 * time.Second}, time.Minute, 5 * time.Second, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var throttle transport.Throttle
				for _, d := range tt.limited {
					throttle.Limited(d, transport.DefaultRetry)
				}
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				began := time.Now()
				throttle.Wait(ctx, tt.most)
				if took := time.Since(began); took < tt.min || took > tt.max {
					t.Errorf("waited %v, want %v to %v", took, tt.min, tt.max)
				}
			})
		})
	}
}

// Each limit without a stated wait doubles the wait. An answer without a limit ends that, and
// several limits at once count as one. A limited call waits as long as any other.
func TestThrottleWithoutAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var throttle transport.Throttle
		retry := transport.DefaultRetry
		limit := func(least, most time.Duration) {
			t.Helper()
			own := throttle.Limited(0, retry)
			again := throttle.Limited(0, retry)
			for _, wait := range []time.Duration{own, again} {
				if wait < least || wait > most {
					t.Errorf("the call waits %v, want %v to %v", wait, least, most)
				}
			}
			began := time.Now()
			throttle.Wait(t.Context(), retry.MaxWait)
			if took := time.Since(began); took < least || took > most {
				t.Errorf("another call waits %v, want %v to %v", took, least, most)
			}
			time.Sleep(most)
		}
		limit(retry.Base/2, retry.Base)
		limit(retry.Base, 2*retry.Base)
		limit(2*retry.Base, 4*retry.Base)
		throttle.Cleared()
		limit(retry.Base/2, retry.Base)
		for range 20 {
			throttle.Limited(0, retry)
			time.Sleep(retry.MaxWait)
		}
		limit(retry.Cap/2, retry.Cap)
		throttle.Limited(retry.MaxWait, retry)
		if wait := throttle.Limited(0, retry); wait > retry.MaxWait {
			t.Errorf("the call waits %v, longer than %v", wait, retry.MaxWait)
		}
	})
}

// A wait that is extended while an attempt waits is waited for as well.
func TestThrottleIsExtended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var throttle transport.Throttle
		throttle.Limited(4*time.Second, transport.DefaultRetry)
		began := time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			throttle.Limited(16*time.Second, transport.DefaultRetry)
		}()
		throttle.Wait(t.Context(), time.Minute)
		if took := time.Since(began); took < 19*time.Second {
			t.Errorf("waited %v", took)
		}
	})
}
