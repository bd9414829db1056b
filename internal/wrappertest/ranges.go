package wrappertest

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships/option"
)

// pager is a transport with the pages of a Suite.
type pager func(*http.Request) (body string, h http.Header)

func (p pager) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body, h := p(req)
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: 200, Header: h, Request: req, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// ranges runs concurrent and alternating ranges over every sequence, and compares each
// with a single range. The race detector checks the former; the latter expose shared
// state without it.
func (s Suite[C]) ranges(t *testing.T) {
	found := 0
	for _, m := range methods(t, s.client(t, pager(s.Page), option.WithPageSize(3))) {
		if !m.lists() {
			continue
		}
		found++
		again := func() iter.Seq2[any, error] {
			seq, _ := sequence(m.call(t.Context(), s.ID)[0])
			return seq
		}
		want := collect(again())
		if want.err != nil || len(want.items) < 5 {
			t.Errorf("%s: got %d items and %v, want a listing of several pages", m.name, len(want.items), want.err)
			continue
		}
		one := again()
		var wg sync.WaitGroup
		got := make([]collected, 4)
		for i := range got {
			wg.Go(func() { got[i] = collect(one) })
		}
		wg.Wait()
		turns := interleave(again())
		for _, g := range append(got, turns[:]...) {
			if g.err != nil || !slices.Equal(g.items, want.items) {
				t.Errorf("%s: among others a range got %q and %v, alone %q", m.name, g.items, g.err, want.items)
			}
		}
	}
	if found == 0 {
		t.Error("no method returns a sequence")
	}
}

// collected has the items and the error of one range.
type collected struct {
	items []string
	err   error
}

func (c *collected) add(v any, err error) {
	if err != nil {
		c.err = err
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		c.err = err
	}
	c.items = append(c.items, string(b))
}

func collect(seq iter.Seq2[any, error]) (c collected) {
	for v, err := range seq {
		c.add(v, err)
	}
	return c
}

// interleave alternates two ranges over seq in one goroutine.
func interleave(seq iter.Seq2[any, error]) (out [2]collected) {
	var next [2]func() (any, error, bool)
	for i := range next {
		var stop func()
		next[i], stop = iter.Pull2(seq)
		defer stop()
	}
	for open := true; open; {
		open = false
		for i, pull := range next {
			if v, err, ok := pull(); ok {
				open = true
				out[i].add(v, err)
			}
		}
	}
	return out
}
