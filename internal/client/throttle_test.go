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
