package emulator_test

import (
	"sync"
	"testing"
)

// Of many requests with one code, one at most gets a token, and the others revoke it. Of many
// with one refresh token of Box, exactly one gets a token.
func TestSignInRaces(t *testing.T) {
	const callers = 64
	together := func(one func() *response) (good []*response) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range callers {
			wg.Go(func() {
				if r := one(); r.status == 200 {
					mu.Lock()
					defer mu.Unlock()
					good = append(good, r)
				}
			})
		}
		wg.Wait()
		return good
	}
	for _, p := range servers {
		s := beginSignIn(t, "authorize: auto\n")
		code := s.code(&p)
		good := together(func() *response { return s.send("POST", p.token, p.exchange(code)) })
		if len(good) != 1 {
			t.Fatalf("%s: a code gives %d tokens", p.provider, len(good))
		}
		if got := s.as(good[0].str("access_token"), p.me); got != 401 {
			t.Errorf("%s: the token of a replayed code: %d", p.provider, got)
		}
		refresh := s.tokens(&p).str("refresh_token")
		good = together(func() *response { return s.send("POST", p.token, p.refresh(refresh)) })
		if want := map[string]int{"box": 1, "googlechat": callers, "webex": callers}[p.provider]; len(good) != want {
			t.Errorf("%s: a refresh token gives %d tokens, want %d", p.provider, len(good), want)
		}
		for _, r := range good {
			if got := s.as(r.str("access_token"), p.me); got != 200 {
				t.Errorf("%s: a refreshed token: %d", p.provider, got)
			}
		}
	}
}
