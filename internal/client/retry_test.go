package client

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

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// step is one answer of a scripted provider.
type step struct {
	status     int
	retryAfter string
	body       string
	err        error
}

// scripted answers with one step after another, repeats the last one, and counts requests.
func scripted(sent *int, steps ...step) option.Option {
	return option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
		s := steps[min(*sent, len(steps)-1)]
		*sent++
		if s.err != nil {
			return nil, s.err
		}
		if s.retryAfter != "" {
			return answers(s.status, s.body, "Retry-After", s.retryAfter), nil
		}
		return answers(s.status, s.body), nil
	})})
}

// post makes a write without a Confirm.
func post(ctx context.Context, c *Client) (*thing, error) {
	return One(ctx, c, Call{Name: "Things.Post", Endpoint: withBody("POST /things")}, thingKey)
}

const good = `{"id":"x"}`

// A read has four attempts if a retry may help. A write has them only if it was certainly
// not carried out.
func TestAttempts(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	noHost := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	tests := []struct {
		name        string
		steps       []step
		read, write int
		readKind    error // nil for a success
		writeKind   error
	}{
		{"success", []step{{status: 200, body: good}}, 1, 1, nil, nil},
		{"400", []step{{status: 400}}, 1, 1, memberships.ErrInvalidArgument, memberships.ErrInvalidArgument},
		{"408", []step{{status: 408}}, 4, 1, memberships.ErrUnavailable, memberships.ErrOutcomeUnknown},
		{"429", []step{{status: 429}}, 4, 4, memberships.ErrRateLimited, memberships.ErrRateLimited},
		{"429, then good", []step{{status: 429}, {status: 200, body: good}}, 2, 2, nil, nil},
		{"429 for too long", []step{{status: 429, retryAfter: "3600"}}, 1, 1, memberships.ErrRateLimited, memberships.ErrRateLimited},
		{"503", []step{{status: 503}}, 4, 1, memberships.ErrUnavailable, memberships.ErrOutcomeUnknown},
		{"503, then good", []step{{status: 503}, {status: 200, body: good}}, 2, 1, nil, memberships.ErrOutcomeUnknown},
		{"reset", []step{{err: reset}}, 4, 1, memberships.ErrUnavailable, memberships.ErrOutcomeUnknown},
		{"eof", []step{{err: io.ErrUnexpectedEOF}}, 4, 1, memberships.ErrUnavailable, memberships.ErrOutcomeUnknown},
		{"connection refused", []step{{err: refused}}, 4, 4, memberships.ErrUnavailable, memberships.ErrUnavailable},
		{"no such host", []step{{err: noHost}}, 1, 1, memberships.ErrUnavailable, memberships.ErrUnavailable},
		{"malformed", []step{{status: 200, body: "{"}}, 2, 1, memberships.ErrMalformed, memberships.ErrOutcomeUnknown},
		{"malformed, then good", []step{{status: 200, body: "{"}, {status: 200, body: good}}, 2, 1, nil, memberships.ErrOutcomeUnknown},
		{"malformed between others", []step{{status: 503}, {status: 200, body: "{"}, {status: 503}, {status: 200, body: "{"}}, 4, 1, memberships.ErrMalformed, memberships.ErrOutcomeUnknown},
		{"too large", []step{{status: 200, body: strings.Repeat(" ", 2000)}}, 1, 1, memberships.ErrTooLarge, memberships.ErrOutcomeUnknown},
		{"401 for the only token", []step{{status: 401}}, 1, 1, memberships.ErrUnauthenticated, memberships.ErrUnauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := client(t, scripted(&sent, tt.steps...), option.WithMaxBody(1000))
				check := func(method string, err error, kind error, want int) {
					t.Helper()
					if kind == nil && err != nil || !errors.Is(err, kind) || sent != want {
						t.Errorf("%s: %d attempts and %v, want %d and %v", method, sent, err, want, kind)
					}
					var e *memberships.Error
					if errors.As(err, &e) && e.Attempts != want {
						t.Errorf("%s: the error counts %d attempts, want %d", method, e.Attempts, want)
					}
				}
				_, err := getThing(t.Context(), c)
				check("GET", err, tt.readKind, tt.read)
				sent = 0
				_, err = post(t.Context(), c)
				check("POST", err, tt.writeKind, tt.write)
			})
		})
	}
}

// The limit of attempts holds for the whole call, readings in between included.
func TestAttemptsCountOverTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := client(t, scripted(&sent, step{status: 503}, step{status: 429}))
		_, err := Write(t.Context(), c, Call{Name: "Things.Create", Endpoint: withBody("POST /things")}, thingKey, nothing)
		if !errors.Is(err, memberships.ErrOutcomeUnknown) || sent != 4 {
			t.Errorf("%d attempts and %v, want 4 and an unknown outcome", sent, err)
		}
	})
}

// nothing is a Confirm that does not find the effect.
func nothing(context.Context) (*thing, bool, error) { return nil, false, nil }

// A retry waits as long as the provider asks, but not beyond the caller's deadline.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		busy := step{status: 429, retryAfter: "7"}
		c := client(t, scripted(&sent, busy, busy, step{status: 200, body: good}))
		start := time.Now()
		if _, err := getThing(t.Context(), c); err != nil || time.Since(start) != 14*time.Second {
			t.Errorf("got %v after %v, want success after 14s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		sent, start = 0, time.Now()
		if _, err := getThing(ctx, c); !errors.Is(err, memberships.ErrRateLimited) || sent != 1 || time.Since(start) != 0 {
			t.Errorf("got %v after %v and %d attempts, want the 429 at once", err, time.Since(start), sent)
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		sent := 0
		c := client(t, scripted(&sent, step{status: 429, retryAfter: "30"}))
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if _, err := getThing(ctx, c); !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("got %v after %v, want the cancellation after a second", err, time.Since(start))
		}
	})
}

// At 100% failure and with a spent budget, 10,000 calls send hardly more than 10,000
// requests, read-backs included. The budget recovers with successes.
func TestBudgetBoundsAmplification(t *testing.T) {
	const calls = 10_000
	tests := map[string]func(context.Context, *Client) error{
		"reads": func(ctx context.Context, c *Client) error { _, err := getThing(ctx, c); return err },
		"writes": func(ctx context.Context, c *Client) error {
			_, err := Write(ctx, c, Call{Name: "Things.Create", Endpoint: withBody("POST /things")}, thingKey,
				func(ctx context.Context) (*thing, bool, error) {
					v, err := getThing(ctx, c)
					return v, err == nil, err
				})
			return err
		},
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				steps := []step{{status: 503}}
				c := client(t, scripted(&sent, steps...))
				for range calls {
					if err := call(t.Context(), c); err == nil {
						t.Fatal("a failing call succeeds")
					}
				}
				if float64(sent) > 1.05*calls {
					t.Errorf("%d requests for %d calls", sent, calls)
				}
				before := sent
				steps[0] = step{status: 200, body: good}
				for range 100 {
					if err := call(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				}
				steps[0] = step{status: 503}
				sent, before = 0, sent-before
				_ = call(t.Context(), c)
				if before != 100 || sent < 2 {
					t.Errorf("%d requests for 100 good calls, and %d for a failing one: the budget does not recover", before, sent)
				}
			})
		})
	}
}

// Credentials are renewed once a call.
func TestCredentialsAreRenewedOnce(t *testing.T) {
	tests := map[string]struct {
		steps []step
		fresh bool
		sent  int
		kind  error
	}{
		"the second token is good":       {[]step{{status: 401}, {status: 200, body: good}}, true, 2, nil},
		"the second token is no better":  {[]step{{status: 401}}, true, 2, memberships.ErrUnauthenticated},
		"the second token is the same":   {[]step{{status: 401}}, false, 2, memberships.ErrUnauthenticated},
		"the second one meets an outage": {[]step{{status: 401}, {status: 429}, {status: 200, body: good}}, true, 3, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent, n := 0, 0
				c := client(t, scripted(&sent, tt.steps...), option.WithTokenSource(tokenSource(func() (*oauth2.Token, error) {
					if tt.fresh {
						n++
					}
					return &oauth2.Token{AccessToken: fmt.Sprint("tok-", n)}, nil
				})))
				_, err := getThing(t.Context(), c)
				if !errors.Is(err, tt.kind) || sent != tt.sent {
					t.Errorf("%d attempts and %v, want %d and %v", sent, err, tt.sent, tt.kind)
				}
			})
		})
	}
}

// A read-back takes a token of the budget, and is not sent without one.
func TestReadBackTakesAToken(t *testing.T) {
	sent := 0
	c := client(t, scripted(&sent, step{status: 200, body: good}))
	for c.budget.Take() {
	}
	ctx := transport.ReadBack(t.Context(), transport.NewAllowance(time.Minute))
	if _, err := getThing(ctx, c); !errors.Is(err, transport.ErrBudget) || sent != 0 {
		t.Errorf("%d requests and %v, want none and an error about the budget", sent, err)
	}
}
