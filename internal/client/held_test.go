package client

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// holding is a server that answers after a time, with a body that begins and pauses.
func holding(header, pause time.Duration) http.RoundTripper {
	return rt(func(req *http.Request) (*http.Response, error) {
		select {
		case <-time.After(header):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
		r, w := io.Pipe()
		go func() {
			_, _ = io.WriteString(w, `{"id":`)
			select {
			case <-time.After(pause):
				_, _ = io.WriteString(w, `"x"}`)
				_ = w.Close()
			case <-req.Context().Done():
				_ = w.CloseWithError(req.Context().Err())
			}
		}()
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: r, ContentLength: -1, Request: req}, nil
	})
}

// Hold is the limit of one call and of its attempts, in place of shorter ones, and lets a
// body pause. Other calls of the client keep their limits.
func TestHeldCalls(t *testing.T) {
	const hold = 310 * time.Second
	for _, tc := range []struct {
		name          string
		hold          time.Duration
		header, pause time.Duration
		opts          []option.Option
		took          time.Duration
		err           error
	}{
		{"an answer after the hold of the provider", hold, 280 * time.Second, 0, nil, 280 * time.Second, nil},
		{"the same without Hold", 0, 280 * time.Second, 0, nil, 30 * time.Second, memberships.ErrUnavailable},
		{"a body that pauses", hold, time.Second, 280 * time.Second, nil, 281 * time.Second, nil},
		{"the same without Hold", 0, time.Second, 280 * time.Second, nil, 6 * time.Second, memberships.ErrUnavailable},
		{"an answer that never comes", hold, time.Hour, 0, nil, hold, memberships.ErrUnavailable},
		{"a body that never ends", hold, time.Second, time.Hour, nil, hold, memberships.ErrUnavailable},
		{"shorter limits of the client", hold, 280 * time.Second, 0, []option.Option{option.WithTimeout(5 * time.Second), option.WithCallTimeout(10 * time.Second)}, 280 * time.Second, nil},
		{"longer limits of the client", hold, 400 * time.Second, 0, []option.Option{option.WithTimeout(500 * time.Second), option.WithCallTimeout(500 * time.Second)}, 400 * time.Second, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := client(t, append([]option.Option{option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: holding(tc.header, tc.pause)})}, tc.opts...)...)
				begin := time.Now()
				v, err := One(t.Context(), c, Call{Name: "Things.Get", Endpoint: withID("GET /things/{id}", "x"), Hold: tc.hold}, thingKey)
				if took := time.Since(begin); took != tc.took || !errors.Is(err, tc.err) {
					t.Errorf("ended with %v after %s, want %v after %s", err, took, tc.err, tc.took)
				}
				if err == nil && v.ID != "x" {
					t.Errorf("got %+v", v)
				}
			})
		})
	}
}

// A held call has all of its time left for a second attempt, and not half of it.
func TestHeldCallsRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		late := holding(280*time.Second, 0)
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(req *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return answers(503, ""), nil
			}
			return late.RoundTrip(req)
		})}))
		v, err := One(t.Context(), c, Call{Name: "Things.Get", Endpoint: withID("GET /things/{id}", "x"), Hold: 310 * time.Second}, thingKey)
		if err != nil || v.ID != "x" || n != 2 {
			t.Errorf("got %+v, %v after %d attempts", v, err, n)
		}
	})
}
