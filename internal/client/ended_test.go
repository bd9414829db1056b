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
	"github.com/memberships-go/memberships/option"
)

// An error wraps context.DeadlineExceeded or context.Canceled only for the caller's context,
// never for a time limit of a client, a transport or a token source.
func TestOnlyTheCallersContextEnds(t *testing.T) {
	silent := rt(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
	says := func(err error) *http.Client {
		return &http.Client{Transport: rt(func(*http.Request) (*http.Response, error) { return nil, err })}
	}
	tests := map[string]option.Option{
		"the client's own timeout":    option.WithHTTPClient(&http.Client{Transport: silent, Timeout: time.Second}),
		"the transport's own time":    option.WithHTTPClient(says(context.DeadlineExceeded)),
		"the transport's own context": option.WithHTTPClient(says(fmt.Errorf("closing: %w", context.Canceled))),
		"the token source's own time": option.WithTokenSource(tokenSource(func() (*oauth2.Token, error) { return nil, context.DeadlineExceeded })),
	}
	for name, opt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clientWithDetails(t, option.WithHTTPClient(&http.Client{Transport: silent}), opt)
				_, read := getThing(context.Background(), c)
				_, write := createThing(context.Background(), c)
				for _, err := range []error{read, write} {
					if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
						t.Errorf("the error wraps that of a context: %v", err)
					}
				}
			})
		})
	}
}

// A write is read back twice even if the time for it exceeds that of its call or context.
func TestReadBackFitsTheCall(t *testing.T) {
	tests := map[string]struct {
		opts    []option.Option
		timeout time.Duration
	}{
		"a call that is shorter":    {[]option.Option{option.WithReadBack(time.Hour)}, time.Hour},
		"a context that is shorter": {nil, 1500 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hc := &http.Client{Transport: rt(func(r *http.Request) (*http.Response, error) {
					if r.Method == http.MethodGet {
						return answers(404, `{"error":"not there"}`), nil
					}
					return answers(503, ""), nil
				})}
				c := clientWithDetails(t, append(tt.opts, option.WithHTTPClient(hc), option.WithAttempts(1))...)
				ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
				defer cancel()
				_, err := createThing(ctx, c)
				if !errors.Is(err, memberships.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "2 readings") {
					t.Error(err)
				}
			})
		})
	}
}

// The error of an attempt that the limit of the call shortens names that limit.
func TestShortenedAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := rt(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		c := clientWithDetails(t, option.WithHTTPClient(&http.Client{Transport: silent}), option.WithCallTimeout(time.Second))
		_, err := getThing(t.Context(), c)
		if !errors.Is(err, memberships.ErrUnavailable) || !strings.Contains(err.Error(), "the limit of the call") {
			t.Error(err)
		}
	})
}
