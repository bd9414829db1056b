package auth_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/auth"
)

const name = "webex/default"

// service refreshes as a provider whose refresh tokens work once.
type service struct {
	mu      sync.Mutex
	n       int
	refresh string // the valid refresh token
	calls   int
	delay   time.Duration
	err     error
}

func (s *service) call(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	switch {
	case s.err != nil:
		return nil, s.err
	case c.RefreshToken != s.refresh:
		return nil, fmt.Errorf("%w: invalid_grant", auth.ErrSignedOut)
	}
	s.n++
	s.refresh = fmt.Sprintf("refresh%d", s.n)
	c.AccessToken, c.RefreshToken, c.Expiry = fmt.Sprintf("access%d", s.n), s.refresh, time.Now().Add(time.Hour)
	return c, nil
}

// signedIn returns a store with a credential whose access token ends after d.
func signedIn(t *testing.T, d time.Duration) *auth.Memory {
	t.Helper()
	m := auth.NewMemory()
	c := &auth.Credential{Provider: "webex", Method: "integration", AccessToken: "access0", RefreshToken: "refresh0", Expiry: time.Now().Add(d)}
	if err := m.Save(t.Context(), name, c); err != nil {
		t.Fatal(err)
	}
	return m
}

func wantToken(t *testing.T, s *auth.Source, want string) {
	t.Helper()
	got, err := s.TokenContext(t.Context())
	if err != nil || got.AccessToken != want {
		t.Errorf("got %+v, %v, want %s", got, err, want)
	}
}

func TestSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, time.Hour), &service{refresh: "refresh0"}
		s := auth.NewSource(store, name, p.call)
		wantToken(t, s, "access0")
		if p.calls != 0 {
			t.Errorf("%d refreshes of a fresh token", p.calls)
		}
		time.Sleep(59*time.Minute + time.Second)
		wantToken(t, s, "access1")
		wantToken(t, s, "access1")
		if c, err := store.Load(t.Context(), name); err != nil || c.RefreshToken != "refresh1" || c.AccessToken != "access1" {
			t.Errorf("the store has %v, %v", c, err)
		}
		s.Refuse("access1")
		wantToken(t, s, "access2")
		s.Refuse("access1") // an answer to an old request
		wantToken(t, s, "access2")
		if p.calls != 2 {
			t.Errorf("%d refreshes, want 2", p.calls)
		}
	})
}

// A token that another process has stored is used and not refreshed.
func TestSourceOfAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, time.Minute), &service{refresh: "refresh0"}
		a, b := auth.NewSource(store, name, p.call), auth.NewSource(store, name, p.call)
		time.Sleep(time.Minute)
		wantToken(t, a, "access1")
		wantToken(t, b, "access1")
		a.Refuse("access1")
		wantToken(t, a, "access2")
		b.Refuse("access1")
		wantToken(t, b, "access2")
		if p.calls != 2 {
			t.Errorf("%d refreshes, want 2", p.calls)
		}
	})
}

// 64 callers at the expiry share one refresh, and none waits beyond its own deadline.
func TestSourceRefreshesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, 0), &service{refresh: "refresh0", delay: 10 * time.Second}
		sources := []*auth.Source{auth.NewSource(store, name, p.call), auth.NewSource(store, name, p.call)}
		var callers sync.WaitGroup
		var late atomic.Int64
		for i := range 64 {
			callers.Go(func() {
				d := time.Minute
				if i%4 == 3 {
					d = time.Second
				}
				ctx, cancel := context.WithTimeout(t.Context(), d)
				defer cancel()
				begin := time.Now()
				got, err := sources[i%2].TokenContext(ctx)
				switch {
				case d == time.Second:
					if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != d {
						t.Errorf("got %+v, %v after %s, want the end of its second", got, err, time.Since(begin))
					}
					late.Add(1)
				case err != nil || got.AccessToken != "access1":
					t.Errorf("got %+v, %v", got, err)
				}
			})
		}
		callers.Wait()
		if p.calls != 1 || late.Load() != 16 {
			t.Errorf("%d refreshes, want 1; %d callers gave up", p.calls, late.Load())
		}
	})
}

// A caller who gives up during a refresh does not end it: the provider may have ended the former
// refresh token, and the store gets the new one.
func TestSourceStoresForACallerWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, 0), &service{refresh: "refresh0", delay: 10 * time.Second}
		s := auth.NewSource(store, name, p.call)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %+v, %v, want the end of the caller's second", got, err)
		}
		time.Sleep(10 * time.Second)
		if c, err := store.Load(t.Context(), name); err != nil || c.RefreshToken != "refresh1" {
			t.Errorf("the store has %v, %v", c, err)
		}
		wantToken(t, s, "access1")
		if p.calls != 1 {
			t.Errorf("%d refreshes, want 1", p.calls)
		}
	})
}

// Settle returns when the store has the token of a refresh whose caller has gone, and at the end
// of its own time.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, 0), &service{refresh: "refresh0", delay: 10 * time.Second}
		s := auth.NewSource(store, name, p.call)
		begin := time.Now()
		if err := s.Settle(t.Context()); err != nil {
			t.Errorf("without a refresh: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %+v, %v, want the end of the caller's second", got, err)
		}
		short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := s.Settle(short); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 3*time.Second || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v after %s, want the end of the second deadline", err, time.Since(begin))
		}
		if err := s.Settle(t.Context()); err != nil || time.Since(begin) != 10*time.Second {
			t.Errorf("got %v after %s, want the end of the refresh", err, time.Since(begin))
		}
		if c, err := store.Load(t.Context(), name); err != nil || c.RefreshToken != "refresh1" {
			t.Errorf("the store has %v, %v", c, err)
		}
		if err := s.Settle(ctx); err != nil {
			t.Errorf("after the refresh: %v", err)
		}
	})
}

// A caller who gives up before the refresh begins leaves nothing in flight.
func TestSettleBeforeRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, 0), &service{refresh: "refresh0"}
		unlock, err := store.Lock(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		s := auth.NewSource(store, name, p.call)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if got, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %+v, %v, want the end of the caller's second", got, err)
		}
		if err := s.Settle(t.Context()); err != nil || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s, want no wait", err, time.Since(begin))
		}
		unlock()
		if synctest.Wait(); p.calls != 0 {
			t.Errorf("%d refreshes for nobody", p.calls)
		}
		wantToken(t, s, "access1")
	})
}

// A hung provider frees its caller after the caller's time, and the next one after a minute.
func TestSourceOfAHungProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := signedIn(t, 0), &service{refresh: "refresh0", delay: time.Hour}
		s := auth.NewSource(store, name, p.call)
		begin := time.Now()
		if got, err := s.TokenContext(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Minute {
			t.Errorf("got %+v, %v after %s, want an end after a minute", got, err, time.Since(begin))
		}
		p.delay = 0
		wantToken(t, s, "access1")
	})
}

// broken is a store that fails.
type broken struct {
	*auth.Memory
	load, save error
	// loaded changes what Load returns, from its n-th call on.
	loaded func(n int) *auth.Credential
	n      int
}

func (b *broken) Load(ctx context.Context, name string) (*auth.Credential, error) {
	b.n++
	if b.load != nil {
		return nil, b.load
	}
	if b.loaded != nil {
		if c := b.loaded(b.n); c != nil {
			return c, nil
		}
	}
	return b.Memory.Load(ctx, name)
}

func (b *broken) Save(ctx context.Context, name string, c *auth.Credential) error {
	if b.save != nil {
		return b.save
	}
	return b.Memory.Save(ctx, name, c)
}

// A token that cannot be stored is used in memory, which is reported.
func TestSourceUnsaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		store, p := &broken{Memory: signedIn(t, 0), save: errors.New("the disk is full")}, &service{refresh: "refresh0"}
		s := auth.NewSource(store, name, p.call).WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
		wantToken(t, s, "access1")
		if !strings.Contains(log.String(), "a new token could not be stored; it is valid in this process alone") || !strings.Contains(log.String(), "the disk is full") {
			t.Errorf("logged %q", log.String())
		}
		time.Sleep(2 * time.Hour)
		wantToken(t, s, "access2") // by the refresh token in memory, not the spent one of the store
		store.save = nil
		time.Sleep(2 * time.Hour)
		wantToken(t, s, "access3")
		if c, err := store.Load(t.Context(), name); err != nil || c.RefreshToken != "refresh3" {
			t.Errorf("the store has %v, %v", c, err)
		}
		if strings.Contains(log.String(), "access1") || strings.Contains(log.String(), "refresh1") {
			t.Errorf("the log has a token: %q", log.String())
		}
	})
}

// An answer whose access token has no use is an error, and its refresh token is stored: the
// former one may have ended with it.
func TestSourceKeepsTheRefreshToken(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		change     func(*auth.Credential)
	}{
		{"ended", "has ended", func(c *auth.Credential) { c.Expiry = time.Now().Add(-time.Second) }},
		{"ends at once", "has ended", func(c *auth.Credential) { c.Expiry = time.Now().Add(30 * time.Second) }},
		{"refused before", "refused before", func(c *auth.Credential) { c.AccessToken = "access0" }},
		{"a line break", "a control character", func(c *auth.Credential) { c.AccessToken = "canary\r\nX: y" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, p := signedIn(t, 0), &service{refresh: "refresh0"}
				change := tc.change
				s := auth.NewSource(store, name, func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
					next, err := p.call(ctx, c)
					if err == nil && change != nil {
						change(next)
					}
					return next, err
				})
				s.Refuse("access0")
				if got, err := s.TokenContext(t.Context()); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") || errors.Is(err, auth.ErrSignedOut) {
					t.Errorf("got %+v, %v, want %s", got, err, tc.want)
				}
				if c, err := store.Load(t.Context(), name); err != nil || c.RefreshToken != "refresh1" {
					t.Errorf("the store has %v, %v, want the new refresh token", c, err)
				}
				change = nil
				s = auth.NewSource(store, name, p.call) // of another process
				s.Refuse("access0")
				wantToken(t, s, "access2")
			})
		})
	}
}

// The end of a sign-in in another process ends a source whose token could not be stored.
func TestSourceUnsavedAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, p := &broken{Memory: signedIn(t, 0), save: errors.New("the disk is full")}, &service{refresh: "refresh0"}
		s := auth.NewSource(store, name, p.call).WithLogger(slog.New(slog.DiscardHandler))
		wantToken(t, s, "access1")
		store.load = errors.New("the disk is broken")
		time.Sleep(2 * time.Hour)
		wantToken(t, s, "access2") // the store cannot tell
		store.save, store.load = nil, nil
		if err := store.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		if got, err := s.TokenContext(t.Context()); !errors.Is(err, auth.ErrAbsent) {
			t.Errorf("got %+v, %v, want no credential", got, err)
		}
		if c, err := store.Load(t.Context(), name); !errors.Is(err, auth.ErrAbsent) {
			t.Errorf("the store has %v, %v", c, err)
		}
	})
}

func TestSourceErrors(t *testing.T) {
	locked := errors.New("the keyring is locked")
	for _, tc := range []struct {
		name string
		set  func(*broken, *service)
		want error
		text string
	}{
		{"a store that cannot tell", func(b *broken, _ *service) { b.load = locked }, locked, "the keyring is locked"},
		{"no credential", func(b *broken, _ *service) { _ = b.Delete(context.Background(), name) }, auth.ErrAbsent, "webex/default"},
		{"a refused refresh token", func(_ *broken, p *service) { p.refresh = "another" }, auth.ErrSignedOut, "invalid_grant"},
		{"a failing provider", func(_ *broken, p *service) { p.err = errors.New("status 503") }, nil, "status 503"},
		{"no refresh token", func(b *broken, _ *service) {
			b.loaded = func(int) *auth.Credential {
				return &auth.Credential{Provider: "webex", AccessToken: "a", Expiry: time.Now().Add(-time.Hour)}
			}
		}, auth.ErrSignedOut, "there is no refresh token"},
		{"a refresh token that has ended", func(b *broken, _ *service) {
			b.loaded = func(int) *auth.Credential {
				return &auth.Credential{Provider: "webex", RefreshToken: "r", RefreshExpiry: time.Now().Add(-time.Hour)}
			}
		}, auth.ErrSignedOut, "the refresh token ended on 1999-12-31T23:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, p := &broken{Memory: signedIn(t, 0)}, &service{refresh: "refresh0"}
				tc.set(store, p)
				got, err := auth.NewSource(store, name, p.call).TokenContext(t.Context())
				if err == nil || tc.want != nil && !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %+v, %v, want %v: %s", got, err, tc.want, tc.text)
				}
				if tc.want == nil && errors.Is(err, auth.ErrSignedOut) {
					t.Errorf("%v says signed out", err)
				}
			})
		})
	}
}

// After invalid_grant the store is read once more, because another process may have refreshed
// without the lock.
func TestSourceReadsAgainBeforeSignedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &service{refresh: "refresh7"}
		store := &broken{Memory: signedIn(t, 0), loaded: func(n int) *auth.Credential {
			if n < 3 {
				return nil
			}
			return &auth.Credential{Provider: "webex", AccessToken: "access7", RefreshToken: "refresh7", Expiry: time.Now().Add(time.Hour)}
		}}
		s := auth.NewSource(store, name, p.call)
		wantToken(t, s, "access7")
		if p.calls != 1 {
			t.Errorf("%d refreshes, want 1", p.calls)
		}
	})
}

// A credential and the errors about it print no secret.
func TestCredentialPrintsNoSecret(t *testing.T) {
	c := &auth.Credential{Provider: "webex", Method: "integration", Account: "ada@example.com", ClientSecret: "canary1", AccessToken: "canary2", RefreshToken: "canary3"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c)
	texts := []string{log.String(), c.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, c), fmt.Sprintf(verb, []any{c}), fmt.Sprintf(verb, *c.Clone()))
	}
	for _, text := range texts {
		if strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
			t.Errorf("a secret shows in %q", text)
		}
	}
}

func TestMarshal(t *testing.T) {
	c := &auth.Credential{
		Provider: "box", Method: "user", Account: "ada@example.com", ClientID: "id", ClientSecret: "s", AccessToken: "a", RefreshToken: "r",
		Expiry: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RefreshExpiry: time.Date(2026, 2, 2, 3, 4, 5, 0, time.UTC), Scopes: []string{"x", "y"}, Origin: "http://127.0.0.1:8787",
		Settings: map[string]string{"user_id": "ada"},
	}
	data, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := auth.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Marshal()
	if err != nil || string(again) != string(data) {
		t.Errorf("got %s, %v, want %s", again, err, data)
	}
	if got.Settings["user_id"] != "ada" {
		t.Errorf("the settings are %v", got.Settings)
	}
	alone := &auth.Credential{Provider: "pubnub", Method: "keyset", Settings: map[string]string{"subscribe_key": "sub-c-1"}}
	if data, err := alone.Marshal(); err != nil {
		t.Error(err)
	} else if got, err := auth.Unmarshal(data); err != nil || got.Settings["subscribe_key"] != "sub-c-1" {
		t.Errorf("settings alone: got %v, %v", got, err)
	}
	clone := c.Clone()
	clone.Settings["user_id"] = "grace"
	if c.Settings["user_id"] != "ada" {
		t.Error("a clone shares its settings")
	}
	for _, damaged := range []string{"", "{", "[]", "{}", `{"format":"memberships credential 1"}`, `{"format":"memberships credential 2","provider":"box","access_token":"canary"}`, string(data[:len(data)-2])} {
		if got, err := auth.Unmarshal([]byte(damaged)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: got %v, %v", damaged, got, err)
		}
	}
}
