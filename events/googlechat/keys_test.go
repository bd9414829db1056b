package googlechat

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
)

// check fails the test unless a token of s gives the error, and the server has had n requests.
func (k *keyServer) check(t *testing.T, when string, d memberships.Deliveries, s *Signer, want error, n int) {
	t.Helper()
	if err := openPush(d, s); !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%s: got %v, want %v", when, err, want)
	}
	if got := k.count(); got != n {
		t.Errorf("%s: %d requests for keys, want %d", when, got, n)
	}
}

// Keys are replaced in both directions: a new key is accepted once a token names it, and a
// removed one until the time of the cached keys is over.
func TestRotation(t *testing.T) {
	old, next := signer(), stranger()
	synctest.Test(t, func(t *testing.T) {
		k, d := newKeyServer(old)
		k.check(t, "first", d, old, nil, 1)
		k.check(t, "cached", d, old, nil, 1)
		k.check(t, "an unknown key right after a fetch", d, next, memberships.ErrUnauthenticated, 1)
		k.set(func() { k.keys = keysOf(old, next) })
		time.Sleep(refreshEvery)
		k.check(t, "a new key", d, next, nil, 2)
		k.check(t, "the old key beside it", d, old, nil, 2)
		k.set(func() { k.keys = keysOf(next) })
		time.Sleep(time.Hour)
		k.check(t, "a removed key in the cache", d, old, nil, 2)
		time.Sleep(time.Hour)
		k.check(t, "a removed key", d, old, memberships.ErrUnauthenticated, 3)
		k.check(t, "the key that remains", d, next, nil, 3)
		k.set(func() { k.keys = keysOf(old) })
		time.Sleep(refreshEvery)
		k.check(t, "back again", d, old, nil, 4)
		k.check(t, "and the other one gone", d, next, memberships.ErrUnauthenticated, 4)
	})
}

// Unknown keys make one request a minute at most.
func TestUnknownKeys(t *testing.T) {
	known, unknown := signer(), stranger()
	synctest.Test(t, func(t *testing.T) {
		k, d := newKeyServer(known)
		k.check(t, "first", d, known, nil, 1)
		for range 600 {
			time.Sleep(time.Second)
			if err := openPush(d, unknown); !errors.Is(err, memberships.ErrUnauthenticated) {
				t.Fatal(err)
			}
		}
		if n := k.count(); n != 11 {
			t.Errorf("%d requests in ten minutes, want 11", n)
		}
	})
}

// While the server is down, cached keys serve for their time and nothing else is accepted.
func TestServerDown(t *testing.T) {
	s, other := signer(), stranger()
	synctest.Test(t, func(t *testing.T) {
		k, d := newKeyServer(s, other)
		k.set(func() { k.err = errors.New("down") })
		k.check(t, "from the start", d, s, memberships.ErrUnavailable, 1)
		k.check(t, "at once again", d, s, memberships.ErrUnavailable, 1)
		time.Sleep(retryEvery)
		k.check(t, "a second later", d, s, memberships.ErrUnavailable, 2)
		k.set(func() { k.err, k.keys = nil, keysOf(s) })
		time.Sleep(retryEvery)
		k.check(t, "back", d, s, nil, 3)
		k.set(func() { k.err = errors.New("down") })
		time.Sleep(refreshEvery)
		k.check(t, "cached", d, s, nil, 3)
		k.check(t, "a key that may be new", d, other, memberships.ErrUnavailable, 4)
		k.check(t, "cached still", d, s, nil, 4)
		time.Sleep(2 * time.Hour)
		k.check(t, "too old", d, s, memberships.ErrUnavailable, 5)
		k.set(func() { k.err, k.keys = nil, keysOf(s, other) })
		time.Sleep(retryEvery)
		k.check(t, "back again", d, other, nil, 6)
	})
}

// Callers at once share one request, and each leaves with its own context.
func TestSingleFlight(t *testing.T) {
	s := signer()
	synctest.Test(t, func(t *testing.T) {
		k, d := newKeyServer(s)
		gate := make(chan struct{})
		k.gate = gate
		now := time.Now()
		headers := s.SignPush(testAudience, testAccount, now)
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() {
			_, err := d.Open(ctx, headers, pushBody, now)
			left <- err
		}()
		synctest.Wait() // this caller has started the request
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := d.Open(t.Context(), headers, pushBody, now); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, memberships.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		close(gate)
		wg.Wait()
		if n := k.count(); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// A server that never answers is unavailable after ten seconds.
func TestSlowServer(t *testing.T) {
	s := signer()
	synctest.Test(t, func(t *testing.T) {
		k, d := newKeyServer(s)
		k.gate = make(chan struct{})
		from := time.Now()
		k.check(t, "slow", d, s, memberships.ErrUnavailable, 1)
		if took := time.Since(from); took != fetchTimeout {
			t.Errorf("it took %v", took)
		}
	})
}

func TestLifeOf(t *testing.T) {
	for _, tt := range []struct {
		header http.Header
		want   time.Duration
	}{
		{nil, defaultLife},
		{http.Header{"Cache-Control": {"public, max-age=7200, must-revalidate"}}, 2 * time.Hour},
		{http.Header{"Cache-Control": {"public", "MAX-AGE=7200"}, "Age": {"3600"}}, time.Hour},
		{http.Header{"Cache-Control": {`max-age="7200"`}}, 2 * time.Hour},
		{http.Header{"Cache-Control": {"max-age=0"}}, shortestLife},
		{http.Header{"Cache-Control": {"max-age=7200"}, "Age": {"999999"}}, shortestLife},
		{http.Header{"Cache-Control": {"max-age=999999999"}}, longestLife},
		{http.Header{"Cache-Control": {"max-age=99999999999999999999"}}, defaultLife},
		{http.Header{"Cache-Control": {"max-age=-1"}}, defaultLife},
		{http.Header{"Cache-Control": {"no-store, max-age=7200"}}, shortestLife},
		{http.Header{"Cache-Control": {"no-cache"}}, shortestLife},
	} {
		if got := lifeOf(tt.header); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.header, got, tt.want)
		}
	}
}
