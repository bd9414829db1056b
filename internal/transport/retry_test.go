package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

// scripted answers with one step after another, the last one for ever.
type step struct {
	status int
	header http.Header
	body   string
	err    error
}

func scripted(seen *int, steps ...step) *http.Client {
	return Guard(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		s := steps[min(*seen, len(steps)-1)]
		*seen++
		if s.err != nil {
			return nil, s.err
		}
		h := s.header
		if h == nil {
			h = http.Header{}
		}
		return &http.Response{StatusCode: s.status, Header: h, Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: -1, Request: req}, nil
	})})
}

// outcome says whether an attempt leaves open what became of the request.
type outcome int

const (
	clear outcome = iota
	unclearOutcome
	unclearWrite // of a request that changes something
)

func TestDoRepeats(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	refusedErr := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	noHost := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	flakyDNS := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}
	tests := []struct {
		name string
		step step
		// how often it is sent if it is repeatable, and if it is not.
		read, write int
		unclear     outcome
	}{
		{"success", step{status: 200}, 1, 1, clear},
		{"400", step{status: 400}, 1, 1, clear},
		{"404", step{status: 404}, 1, 1, clear},
		{"409", step{status: 409}, 1, 1, clear},
		{"501", step{status: 501}, 1, 1, clear},
		{"408", step{status: 408}, 4, 1, unclearOutcome},
		{"425", step{status: 425}, 4, 4, clear},
		{"429", step{status: 429}, 4, 4, clear},
		{"500", step{status: 500}, 4, 1, unclearOutcome},
		{"503", step{status: 503}, 4, 1, unclearOutcome},
		{"599", step{status: 599}, 4, 1, unclearOutcome},
		{"reset", step{err: reset}, 4, 1, unclearOutcome},
		{"eof", step{err: io.ErrUnexpectedEOF}, 4, 1, unclearOutcome},
		{"connection refused", step{err: refusedErr}, 4, 4, clear},
		{"no such host", step{err: noHost}, 1, 1, clear},
		{"name server down", step{err: flakyDNS}, 4, 4, clear},
		{"redirect after a POST", step{status: 303, header: http.Header{"Location": {"/x"}}}, 1, 1, unclearWrite},
		{"redirect", step{status: 302, header: http.Header{"Location": {"/x"}}}, 1, 1, unclearWrite},
		{"redirect before any effect", step{status: 307, header: http.Header{"Location": {"/x"}}}, 1, 1, clear},
		{"401 without another token", step{status: 401}, 1, 1, clear},
		{"Retry-After above the limit", step{status: 429, header: http.Header{"Retry-After": {"3600"}}}, 1, 1, clear},
		{"not now", step{status: 202, body: "busy"}, 4, 4, clear},
		{"broken content", step{status: 200, body: "broken"}, 2, 1, unclearOutcome},
	}
	for _, tt := range tests {
		for _, repeatable := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, " repeatable ", repeatable), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					seen := 0
					r := request(t, "https://h.example/")
					r.Retry, r.Repeatable, r.Budget = DefaultRetry, repeatable, NewBudget()
					r.Busy = func(resp *Response) bool { return resp.StatusCode == 202 }
					r.Accept = func(resp *Response) error {
						if string(resp.Body) == "broken" {
							return errors.New("broken")
						}
						return nil
					}
					res, err := Do(t.Context(), scripted(&seen, tt.step), r)
					want := tt.read
					if !repeatable {
						want = tt.write
					}
					unclear := tt.unclear == unclearOutcome || tt.unclear == unclearWrite && !repeatable
					if seen != want || res.Attempts != want || res.Unclear != unclear {
						t.Errorf("sent %d times, unclear %v (%v), want %d, %v", seen, res.Unclear, err, want, unclear)
					}
					if tt.step.err != nil && !errors.Is(err, tt.step.err) {
						t.Errorf("got %v, want %v", err, tt.step.err)
					}
				})
			})
		}
	}
}

// The wait is what the server asks for, to the second, and no longer than the caller has.
func TestDoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := 0
		r := request(t, "https://h.example/")
		r.Retry, r.Budget = DefaultRetry, NewBudget()
		busy := step{status: 429, header: http.Header{"Retry-After": {"7"}}}
		start := time.Now()
		res, err := Do(t.Context(), scripted(&seen, busy, busy, step{status: 200}), r)
		if err != nil || res.StatusCode != 200 || time.Since(start) != 14*time.Second {
			t.Errorf("got %v after %v, want success after 14s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		seen, start = 0, time.Now()
		res, err = Do(ctx, scripted(&seen, busy), r)
		if err != nil || res.StatusCode != 429 || seen != 1 || time.Since(start) != 0 {
			t.Errorf("got %v after %v and %d attempts, want the 429 at once", err, time.Since(start), seen)
		}
	})
}

func TestDoStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		r := request(t, "https://h.example/")
		r.Retry, r.Budget = DefaultRetry, NewBudget()
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := Do(ctx, scripted(&seen, step{status: 429, header: http.Header{"Retry-After": {"30"}}}), r)
		if !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("got %v after %v, want the cancellation after a second", err, time.Since(start))
		}
	})
}

// With everything failing, 10,000 calls send hardly more than 10,000 requests.
func TestBudgetBoundsAmplification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen, budget := 0, NewBudget()
		hc := scripted(&seen, step{status: 503})
		const calls = 10_000
		for range calls {
			r := request(t, "https://h.example/")
			r.Retry, r.Budget = DefaultRetry, budget
			if res, err := Do(t.Context(), hc, r); err != nil || res.StatusCode != 503 {
				t.Fatal(res, err)
			}
		}
		if float64(seen) > 1.05*calls {
			t.Errorf("%d requests for %d calls", seen, calls)
		}
		// It recovers with success.
		seen = 0
		ok := scripted(&seen, step{status: 200})
		for range budgetSize {
			r := request(t, "https://h.example/")
			r.Budget = budget
			_, _ = Do(t.Context(), ok, r)
		}
		if !budget.take() {
			t.Error("the budget does not recover")
		}
	})
}

func TestDoRefreshesOnce(t *testing.T) {
	for _, helps := range []bool{true, false} {
		seen, refused := 0, 0
		r := request(t, "https://h.example/")
		r.Retry, r.Budget = DefaultRetry, NewBudget()
		r.Refused = func() bool { refused++; return helps }
		steps := []step{{status: 401}, {status: 401}, {status: 200}}
		res, err := Do(t.Context(), scripted(&seen, steps...), r)
		want := 1
		if helps {
			want = 2 // and a second refusal is final
		}
		if err != nil || res.StatusCode != 401 || seen != want || refused != 1 {
			t.Errorf("helps %v: got %v after %d attempts and %d refreshes", helps, res.StatusCode, seen, refused)
		}
	}
}

func TestBackoffStaysInBounds(t *testing.T) {
	for _, r := range []config.Retry{DefaultRetry, {Base: 1, Cap: 1}, {Base: time.Hour, Cap: 1<<63 - 1}} {
		for attempt := 1; attempt < 200; attempt++ {
			if d := backoff(r, attempt); d < 0 || d > r.Cap {
				t.Fatalf("%+v: attempt %d waits %v", r, attempt, d)
			}
		}
	}
}

func TestAdaptiveSlowsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := NewAdaptive(100, 1)
		for range 3 {
			a.Observe(429, 0) // together they count once
		}
		if got := a.PerSecond(); got != 50 {
			t.Errorf("after 429 the pace is %v, want 50", got)
		}
		time.Sleep(time.Second)
		a.Observe(429, 0)
		if got := a.PerSecond(); got != 25 {
			t.Errorf("after another 429 the pace is %v, want 25", got)
		}
		for range 100 {
			a.Observe(200, 0)
		}
		if got := a.PerSecond(); got != 100 {
			t.Errorf("after successes the pace is %v, want 100", got)
		}
		for range 100 {
			time.Sleep(time.Second)
			a.Observe(429, 0)
		}
		if got := a.PerSecond(); got <= 0 {
			t.Errorf("the pace came to a stop at %v", got)
		}
	})
}

func TestHooksNest(t *testing.T) {
	type key struct{}
	var order []string
	hook := func(name string) config.Hook {
		return config.Hook{
			Before: func(ctx context.Context, a config.Attempt) context.Context {
				order = append(order, fmt.Sprint("before ", name, a.Number))
				return context.WithValue(ctx, key{}, name)
			},
			After: func(ctx context.Context, a config.Attempt) {
				order = append(order, fmt.Sprint("after ", name, a.Number, " ", a.StatusCode, " ", ctx.Value(key{})))
			},
		}
	}
	seen := 0
	r := request(t, "https://h.example/")
	r.Hooks = []config.Hook{hook("a"), hook("b")}
	if _, err := Do(t.Context(), scripted(&seen, step{status: 200}), r); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, ", "), "before a1, before b1, after b1 200 b, after a1 200 b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
