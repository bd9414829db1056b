package trips

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Trips are the requests of a job.
type Trips struct {
	// Requests is the number of requests.
	Requests int
	// Chain is the length of the longest chain of requests in which each one began after
	// the previous one had ended.
	Chain int
}

// counter counts requests and delays each of them by latency. It is safe for concurrent
// use.
type counter struct {
	latency time.Duration
	mu      sync.Mutex
	// total.Chain is the longest chain that ends in a finished request.
	total Trips
}

// begin counts a request. The request continues the longest chain that has ended.
func (c *counter) begin() (place int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total.Requests++
	return c.total.Chain + 1
}

// end ends the request at a place in its chain. A cancelled request has no end, because
// nobody waited for it.
func (c *counter) end(place int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total.Chain = max(c.total.Chain, place)
}

// trips returns the requests so far.
func (c *counter) trips() Trips {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// wait waits for the latency. It reports whether ctx lasted that long.
func (c *counter) wait(ctx context.Context) bool {
	if c.latency == 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(c.latency)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// handler counts the requests to next. A request ends before its response is sent, so
// that a request that waits for the response begins later.
func (c *counter) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := c.begin()
		if !c.wait(r.Context()) {
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		c.end(place)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// transport counts the requests to next, whose responses are complete when it returns.
type transport struct {
	*counter
	next http.RoundTripper
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	place := t.begin()
	if !t.wait(r.Context()) {
		return nil, context.Cause(r.Context())
	}
	defer t.end(place)
	return t.next.RoundTrip(r)
}
