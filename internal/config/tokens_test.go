package config

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

type source func() (*oauth2.Token, error)

func (f source) Token() (*oauth2.Token, error) { return f() }

func TestTokensRefreshOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refreshes atomic.Int32
		tokens := NewTokens(source(func() (*oauth2.Token, error) {
			n := refreshes.Add(1)
			time.Sleep(time.Second)
			return &oauth2.Token{AccessToken: fmt.Sprint("t", n)}, nil
		}))
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				if got, err := tokens.Get(t.Context()); got != "t1" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
		wg.Wait()
		for range 64 { // each call refuses t1
			wg.Go(func() {
				if !tokens.Refuse("t1") {
					t.Error("a refresh would help")
				}
				if got, err := tokens.Get(t.Context()); got != "t2" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
		wg.Wait()
		if n := refreshes.Load(); n != 2 {
			t.Errorf("%d refreshes, want 2", n)
		}
	})
}

// Each caller of a hung refresh returns at its own deadline.
func TestTokensHungRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		tokens := NewTokens(source(func() (*oauth2.Token, error) { <-hang; return nil, errors.New("late") }))
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				d := time.Duration(i+1) * time.Second
				ctx, cancel := context.WithTimeout(t.Context(), d)
				defer cancel()
				if _, err := tokens.Get(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != d {
					t.Errorf("got %v after %v, want %v", err, time.Since(start), d)
				}
			})
		}
		wg.Wait()
		close(hang)
	})
}

// Each failure has its own reason, and none is cached.
func TestTokensFailures(t *testing.T) {
	answers := []struct {
		token  *oauth2.Token
		err    error
		panic  bool
		exit   bool
		want   string
		reason string
	}{
		{err: errors.New("down"), reason: "down"},
		{reason: "the token source gave an empty token"},
		{token: &oauth2.Token{}, reason: "the token source gave an empty token"},
		{token: &oauth2.Token{AccessToken: "a\nb"}, reason: "the token source gave a token with a control character"},
		{panic: true, reason: "the token source panicked"},
		{exit: true, reason: "the token source ended its goroutine and gave no token"},
		{token: &oauth2.Token{AccessToken: "good"}, want: "good"},
	}
	n := 0
	tokens := NewTokens(source(func() (*oauth2.Token, error) {
		a := answers[n]
		if a.panic {
			panic("boom")
		}
		if a.exit {
			runtime.Goexit() // as t.FailNow does
		}
		return a.token, a.err
	}))
	for i, a := range answers {
		n = i
		got, err := tokens.Get(t.Context())
		reason := ""
		if err != nil {
			reason = err.Error()
		}
		if got != a.want || reason != a.reason {
			t.Errorf("answer %d: got %q, %q, want %q, %q", i, got, reason, a.want, a.reason)
		}
	}
}

// A static token is not requested again.
func TestFixedToken(t *testing.T) {
	tokens := FixedToken("one")
	if got, err := tokens.Get(t.Context()); got != "one" || err != nil || tokens.Refuse("one") {
		t.Errorf("got %q, %v, and a refusal that helps", got, err)
	}
}

// Refuse reports false if the source returns the refused token again.
func TestTokensSameTokenAgain(t *testing.T) {
	tokens := NewTokens(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "static"}))
	for i, want := range []bool{true, false} {
		got, err := tokens.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if helps := tokens.Refuse(got); helps != want {
			t.Errorf("refusal %d helps: %v, want %v", i+1, helps, want)
		}
	}
}

// The late refusal of an earlier token keeps the token in use.
func TestTokensLateRefusal(t *testing.T) {
	n := 0
	tokens := NewTokens(source(func() (*oauth2.Token, error) {
		n++
		return &oauth2.Token{AccessToken: fmt.Sprint("t", n)}, nil
	}))
	for _, want := range []string{"t1", "t2", "t2"} {
		if got, err := tokens.Get(t.Context()); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		if !tokens.Refuse("t1") {
			t.Error("another token may not be had")
		}
	}
}

// Given returns the latest tokens, which answers may still quote.
func TestTokensGiven(t *testing.T) {
	n := 0
	tokens := NewTokens(source(func() (*oauth2.Token, error) {
		n++
		return &oauth2.Token{AccessToken: fmt.Sprint("t", n)}, nil
	}))
	if got := tokens.Given(); len(got) != 0 || n != 0 {
		t.Errorf("got %v after %d refreshes", got, n)
	}
	for range 6 {
		got, err := tokens.Get(t.Context())
		if err != nil || !tokens.Refuse(got) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if got, want := tokens.Given(), []string{"t3", "t4", "t5", "t6"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := FixedToken("one").Given(); !slices.Equal(got, []string{"one"}) {
		t.Errorf("got %v before it was used", got)
	}
	var none *Tokens
	if got := none.Given(); got != nil {
		t.Errorf("no tokens: %v", got)
	}
}
