package client

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/option"
)

// After a rate-limited answer, the other workers of the client send nothing before the wait
// that it asks for is over.
func TestRateLimitHoldsAllWorkersBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		var early atomic.Int64
		began := time.Now()
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			n := sent.Add(1)
			if n > 1 { // the refusal comes before the answers to the others
				time.Sleep(100 * time.Millisecond)
			}
			switch {
			case n == 1:
				return answers(http.StatusTooManyRequests, `{}`, "Retry-After", "10"), nil
			case n > 4 && time.Since(began) < 10*time.Second:
				early.Add(1)
			}
			return answers(http.StatusOK, `{"id":"a"}`), nil
		})}))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if _, err := getThing(t.Context(), c); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if early.Load() > 0 || sent.Load() != 21 {
			t.Errorf("%d requests, %d of them before the wait was over", sent.Load(), early.Load())
		}
	})
}

// A limit that states no wait holds all workers back too, longer every time, so that hardly
// any call uses up its attempts.
func TestRateLimitWithoutAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers, calls = 8, 20
		var sent, refused, failed atomic.Int64
		began := time.Now()
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			n := sent.Add(1)
			time.Sleep(20 * time.Millisecond)
			if n > 10 && time.Since(began) < 20*time.Second {
				refused.Add(1)
				return answers(http.StatusTooManyRequests, `{}`), nil
			}
			return answers(http.StatusOK, `{"id":"a"}`), nil
		})}))
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range calls {
					if _, err := getThing(t.Context(), c); err != nil {
						failed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if n := failed.Load(); n > workers/2 {
			t.Errorf("%d calls failed", n)
		}
		if n := refused.Load(); n < 2 || n > 6*workers {
			t.Errorf("%d requests were refused in 20 s, want at most %d", n, 6*workers)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("the calls took %v", took)
		}
	})
}

// A retry waits for the limit that another worker met.
func TestRateLimitHoldsRetriesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent, early atomic.Int64
		began := time.Now()
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			switch n := sent.Add(1); {
			case n == 1:
				time.Sleep(time.Millisecond)
				return answers(http.StatusServiceUnavailable, `{}`), nil
			case n == 2:
				return answers(http.StatusTooManyRequests, `{}`, "Retry-After", "10"), nil
			case time.Since(began) < 10*time.Second:
				early.Add(1)
			}
			return answers(http.StatusOK, `{"id":"a"}`), nil
		})}))
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if _, err := getThing(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if early.Load() > 0 || sent.Load() != 4 {
			t.Errorf("%d requests, %d of them before the wait was over", sent.Load(), early.Load())
		}
	})
}
