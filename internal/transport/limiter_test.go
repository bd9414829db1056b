package transport

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAdaptiveSlowsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := NewAdaptive(100, 1)
		for range 3 {
			a.Observe(429, 0) // together they count once
		}
		if got := a.PerSecond(); got != 50 {
			t.Errorf("after 429 the rate is %v, want 50", got)
		}
		time.Sleep(time.Second)
		a.Observe(429, 0)
		if got := a.PerSecond(); got != 25 {
			t.Errorf("after another 429 the rate is %v, want 25", got)
		}
		for range 100 {
			a.Observe(200, 0)
		}
		if got := a.PerSecond(); got != 100 {
			t.Errorf("after successes the rate is %v, want 100", got)
		}
		for range 100 {
			time.Sleep(time.Second)
			a.Observe(429, 0)
		}
		if got := a.PerSecond(); got <= 0 {
			t.Errorf("the rate fell to at %v", got)
		}
	})
}
