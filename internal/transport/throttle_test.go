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
					throttle.Limited(d)
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
