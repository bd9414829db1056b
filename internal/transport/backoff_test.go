package transport

import (
	"testing"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

func TestBackoffStaysInBounds(t *testing.T) {
	for _, r := range []config.Retry{DefaultRetry, {Base: 1, Cap: 1}, {Base: time.Hour, Cap: 1<<63 - 1}} {
		for attempt := 1; attempt < 200; attempt++ {
			if d := backoff(r, attempt); d < 0 || d > r.Cap {
				t.Fatalf("%+v: attempt %d waits %v", r, attempt, d)
			}
		}
	}
}
