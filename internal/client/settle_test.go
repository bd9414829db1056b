package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// clientWithDetails returns a client whose provider explains its errors in the body.
func clientWithDetails(t *testing.T, opts ...option.Option) *Client {
	t.Helper()
	v := *testAPI
	v.ErrorDetails = func(r *transport.Response) ErrorDetails { return ErrorDetails{Message: string(r.Body)} }
	c, err := New(&v, append([]option.Option{option.WithToken("canary")}, opts...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// createThing makes a write that getThing confirms.
func createThing(ctx context.Context, c *Client, opts ...option.Option) (*thing, error) {
	return Write(ctx, c, Call{
		Name: "Things.Create", Endpoint: withBody("POST /things"), Opts: opts,
	}, thingKey, func(ctx context.Context) (*thing, bool, error) {
		v, err := getThing(ctx, c, opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			return nil, false, nil
		}
		return v, err == nil, err
	})
}

// At 100% failure and with a spent budget, retries, read-backs and renewed credentials add
// one request to twenty calls.
func TestBudgetCountsAllTraffic(t *testing.T) {
	const calls, bucket = 10_000, 100
	tests := map[string]struct {
		answer func(*http.Request) *http.Response
		call   func(context.Context, *Client) error
	}{
		"reads": {
			func(*http.Request) *http.Response { return answers(503, "") },
			func(ctx context.Context, c *Client) error { _, err := getThing(ctx, c); return err },
		},
		"writes": {
			func(*http.Request) *http.Response { return answers(503, "") },
			func(ctx context.Context, c *Client) error { _, err := createThing(ctx, c); return err },
		},
		"writes beside good reads": {
			func(r *http.Request) *http.Response {
				if r.Method == http.MethodGet {
					return answers(404, `{"error":"not there"}`)
				}
				return answers(503, "")
			},
			func(ctx context.Context, c *Client) error { _, err := createThing(ctx, c); return err },
		},
		"credentials that are never taken": {
			func(*http.Request) *http.Response { return answers(401, "") },
			func(ctx context.Context, c *Client) error { _, err := getThing(ctx, c); return err },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent, tokens := 0, 0
				c := clientWithDetails(t, option.WithTokenSource(tokenSource(func() (*oauth2.Token, error) {
					tokens++
					return &oauth2.Token{AccessToken: fmt.Sprint("t", tokens)}, nil
				})), option.WithHTTPClient(&http.Client{Transport: rt(func(r *http.Request) (*http.Response, error) {
					sent++
					return tt.answer(r), nil
				})}))
				for range calls {
					if err := tt.call(t.Context(), c); err == nil {
						t.Fatal("success")
					}
				}
				if limit := 1.05*calls + bucket; float64(sent) > limit {
					t.Errorf("%d requests for %d calls, want %v at most", sent, calls, limit)
				}
			})
		})
	}
}

// Without a token there is no read-back, and the error names the budget.
func TestReadBackNeedsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		c := clientWithDetails(t, option.WithHTTPClient(&http.Client{Transport: rt(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				reads++
			}
			return answers(503, ""), nil
		})}))
		for c.budget.Take() {
		}
		_, err := createThing(t.Context(), c)
		if !errors.Is(err, memberships.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "retry budget") || reads != 0 {
			t.Errorf("%d readings, and %v", reads, err)
		}
	})
}

// A call ends within its time limit for any server, and its error does not wrap that of a
// context.
func TestCallTimeout(t *testing.T) {
	silent := rt(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	get := func(ctx context.Context, c *Client) error { _, err := getThing(ctx, c); return err }
	create := func(ctx context.Context, c *Client) error { _, err := createThing(ctx, c); return err }
	tests := map[string]struct {
		opts []option.Option
		call func(context.Context, *Client) error
		kind error
		most time.Duration
	}{
		"a read":                        {nil, get, memberships.ErrUnavailable, time.Minute},
		"a write":                       {nil, create, memberships.ErrOutcomeUnknown, time.Minute},
		"a read of five seconds":        {[]option.Option{option.WithCallTimeout(5 * time.Second)}, get, memberships.ErrUnavailable, 5 * time.Second},
		"a write of five seconds":       {[]option.Option{option.WithCallTimeout(5 * time.Second)}, create, memberships.ErrOutcomeUnknown, 5 * time.Second},
		"longer attempts than the call": {[]option.Option{option.WithTimeout(time.Hour)}, get, memberships.ErrUnavailable, time.Minute},
		"many attempts":                 {[]option.Option{option.WithAttempts(1000)}, get, memberships.ErrUnavailable, time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clientWithDetails(t, append(tt.opts, option.WithHTTPClient(&http.Client{Transport: silent}))...)
				start := time.Now()
				err := tt.call(context.Background(), c)
				if took := time.Since(start); took > tt.most || took < tt.most/2 {
					t.Errorf("it took %v, want %v at most", took, tt.most)
				}
				if !errors.Is(err, tt.kind) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v, want %v", err, tt.kind)
				}
			})
		})
	}
}

// Waits for a Retry-After or a limiter do not spend the time of the call.
func TestCallTimeoutLeavesWaitsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := clientWithDetails(t, option.WithLimiter(slowLimiter{}), option.WithCallTimeout(time.Second), option.WithHTTPClient(&http.Client{
			Transport: rt(func(*http.Request) (*http.Response, error) {
				if n++; n < 4 {
					return answers(429, "", "Retry-After", "50"), nil
				}
				return answers(200, `{"id":"x"}`), nil
			}),
		}))
		start := time.Now()
		_, err := getThing(t.Context(), c)
		if took, want := time.Since(start), 3*50*time.Second+4*time.Minute; err != nil || took != want {
			t.Errorf("it took %v, want %v: %v", took, want, err)
		}
	})
}

type slowLimiter struct{}

func (slowLimiter) Wait(context.Context) error { time.Sleep(time.Minute); return nil }

// A write with WithoutRepeat or one attempt is sent once after an ambiguous result.
func TestWithoutRepeat(t *testing.T) {
	for name, opt := range map[string]option.Option{"WithoutRepeat": option.WithoutRepeat(), "one attempt": option.WithAttempts(1)} {
		synctest.Test(t, func(t *testing.T) {
			var sent []string
			c := clientWithDetails(t, opt, option.WithHTTPClient(&http.Client{Transport: rt(func(r *http.Request) (*http.Response, error) {
				sent = append(sent, r.Method)
				if r.Method == http.MethodGet {
					return answers(404, `{"error":"not there"}`), nil
				}
				return answers(503, ""), nil
			})}))
			_, err := createThing(t.Context(), c)
			if got := strings.Join(sent, " "); got != "POST GET GET" || !errors.Is(err, memberships.ErrOutcomeUnknown) {
				t.Errorf("%s: sent %s, and %v", name, got, err)
			}
		})
	}
}

// The readings take the time of WithReadBack, and the error counts them.
func TestReadBackTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		c := clientWithDetails(t, option.WithReadBack(8*time.Second), option.WithoutRepeat(), option.WithHTTPClient(&http.Client{
			Transport: rt(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodGet {
					at = append(at, time.Since(start))
					return answers(404, `{"error":"not there"}`), nil
				}
				return answers(503, ""), nil
			}),
		}))
		_, err := createThing(t.Context(), c)
		if len(at) != 2 || at[0] != 2*time.Second || at[1] != 8*time.Second {
			t.Errorf("read after %v, want 2s and 8s", at)
		}
		const want = "test: Things.Create: outcome unknown (status 503): unavailable: 2 readings, the last one 8s after the last attempt, do not show the change"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}
