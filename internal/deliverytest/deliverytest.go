// Package deliverytest holds the tests that the deliveries of every provider pass.
package deliverytest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/delivery"
)

// Signed is a valid request. Headers has the headers that the verification reads.
type Signed struct {
	Deliveries memberships.Deliveries
	Headers    map[string][]string
	Body       []byte
	Now        time.Time
	// List names the header that may have further values, with a space between. It may be
	// empty.
	List string
	// Same reports whether another body is the same JSON in a spelling that has the same
	// signature. It may be nil.
	Same func(body []byte) bool
	// Unsigned reports that the signature does not cover the body.
	Unsigned bool
	// Equal reports whether another value of a header has the same meaning. It may be nil.
	Equal func(name, value string) bool
}

// sameHeader reports whether a value of a header is that of the valid request.
func (s Signed) sameHeader(name, value string) bool {
	return value == s.Headers[name][0] || s.Equal != nil && s.Equal(name, value)
}

// sameBody reports whether a body is that of the valid request.
func (s Signed) sameBody(body []byte) bool {
	return s.Unsigned || bytes.Equal(body, s.Body) || s.Same != nil && s.Same(body)
}

func (s Signed) open(headers map[string][]string, body []byte) error {
	_, err := s.Deliveries.Open(context.Background(), headers, body, s.Now)
	return err
}

// Refused fails the test unless a request is refused for its signature.
func (s Signed) refused(t *testing.T, headers map[string][]string, body []byte) {
	t.Helper()
	if err := s.open(headers, body); !errors.Is(err, memberships.ErrUnauthenticated) {
		t.Fatalf("got %v, want unauthenticated\nheaders %q\nbody %q", err, headers, body)
	}
}

// Test tests the rules of the headers and random mutations.
func (s Signed) Test(t *testing.T) {
	t.Run("headers", s.headers)
	t.Run("mutations", s.mutations)
	t.Run("size", func(t *testing.T) {
		large := append(slices.Clone(s.Body), bytes.Repeat([]byte(" "), delivery.MaxBody+1-len(s.Body))...)
		if err := s.open(s.Headers, large); !errors.Is(err, memberships.ErrTooLarge) {
			t.Errorf("got %v, want too large", err)
		}
		if !s.Unsigned {
			s.refused(t, s.Headers, large[:delivery.MaxBody])
		}
	})
}

// headers tests each header in other spellings, missing, empty and twice.
func (s Signed) headers(t *testing.T) {
	if err := s.open(s.Headers, s.Body); err != nil {
		t.Fatal(err)
	}
	for name, values := range s.Headers {
		change := func(spelling string, values ...string) map[string][]string {
			h := maps.Clone(s.Headers)
			delete(h, name)
			if values != nil {
				h[spelling] = values
			}
			return h
		}
		for _, spelling := range []string{strings.ToLower(name), strings.ToUpper(name)} {
			if err := s.open(change(spelling, values...), s.Body); err != nil {
				t.Errorf("%s: %v", spelling, err)
			}
		}
		s.refused(t, change(name), s.Body)
		s.refused(t, change(name, ""), s.Body)
		s.refused(t, change(name, values[0], values[0]), s.Body)
		s.refused(t, change(name, values[0], ""), s.Body)
		s.refused(t, change(name, "", values[0]), s.Body)
		s.refused(t, change(name, values[0]+" "), s.Body)
		s.refused(t, change(name, " "+values[0]), s.Body)
		s.refused(t, change(name, values[0]+","+values[0]), s.Body)
		s.refused(t, change(name, strings.Repeat(values[0], delivery.MaxHeader)), s.Body)
		twice := maps.Clone(s.Headers)
		for _, spelling := range []string{strings.ToLower(name), strings.ToUpper(name)} {
			twice[spelling] = values
		}
		s.refused(t, twice, s.Body)
	}
}

// mutations changes one bit or byte of a header or the body. Mutations without a meaning do
// not count.
func (s Signed) mutations(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 1))
	names := slices.Sorted(maps.Keys(s.Headers))
	for n := deeptest.Count(5_000, 100_000); n > 0; {
		headers, body := s.Headers, s.Body
		if place := r.IntN(len(names) + 1); place < len(names) {
			headers = maps.Clone(headers)
			headers[names[place]] = []string{string(mutate(r, []byte(headers[names[place]][0])))}
			if s.sameHeader(names[place], headers[names[place]][0]) {
				continue
			}
		} else if body = mutate(r, body); s.sameBody(body) {
			continue
		}
		s.refused(t, headers, body)
		n--
	}
}

func mutate(r *rand.Rand, b []byte) []byte {
	i := r.IntN(len(b))
	b = slices.Clone(b)
	switch r.IntN(4) {
	case 0:
		b[i] ^= 1 << r.IntN(8)
	case 1:
		b[i] = byte(r.IntN(256))
	case 2:
		return slices.Insert(b, r.IntN(len(b)+1), byte(r.IntN(256)))
	default:
		return slices.Delete(b, i, i+1)
	}
	return b
}

// FuzzRead is a fuzz test of signed bodies: a body is malformed or has events with an id, the
// same ones every time.
func FuzzRead(f *testing.F, d memberships.Deliveries, sign func(t testing.TB, body []byte) map[string][]string, now time.Time, seeds ...[]byte) {
	for _, seed := range append(seeds, []byte("{\"a\":\"\xff\"}")) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := d.Open(t.Context(), sign(t, body), body, now)
		switch {
		case errors.Is(err, memberships.ErrTooLarge) && len(body) > delivery.MaxBody:
			return
		case errors.Is(err, memberships.ErrMalformed), errors.Is(err, memberships.ErrUnauthenticated) && !utf8.Valid(body):
			return
		case err != nil:
			t.Fatal(err)
		case first.ID == "" || len(first.Events) == 0:
			t.Fatalf("got %+v", first)
		}
		for _, e := range first.Events {
			m := e.Membership
			named := m.Group.ID != "" || m.Member.ID != "" || m.Member.Email != ""
			if e.Provider != d.Provider() || e.ID == "" || e.Type == "" || e.NativeType == "" || e.Type.Changes() != named || !bytes.Equal(e.Raw, body) {
				t.Errorf("got %s %s with the id %q and the membership %+v", e.Type, e.NativeType, e.ID, e.Membership)
			}
			if absent := m.State == memberships.StateAbsent; absent != (e.Type == memberships.EventDeleted) {
				t.Errorf("%s has the state %s", e.Type, m.State)
			}
		}
		second, err := d.Open(t.Context(), sign(t, body), body, now)
		if err != nil || first.ID != second.ID || first.Series != second.Series {
			t.Errorf("got %q in %q, then %q in %q, %v", first.ID, first.Series, second.ID, second.Series, err)
		}
	})
}

// FuzzVerify is a fuzz test of the values of s.Headers, in the order of their names, and of
// the body: nothing passes but the genuine request.
func FuzzVerify(f *testing.F, s Signed) {
	names := slices.Sorted(maps.Keys(s.Headers))
	const separator = "\x00"
	var values []string
	for _, name := range names {
		values = append(values, s.Headers[name][0])
	}
	f.Add(strings.Join(values, separator), s.Body)
	f.Fuzz(func(t *testing.T, joined string, body []byte) {
		headers := map[string][]string{}
		for i, value := range strings.Split(joined, separator) {
			headers[names[i%len(names)]] = append(headers[names[i%len(names)]], value)
		}
		err := s.open(headers, body)
		accepted := !errors.Is(err, memberships.ErrUnauthenticated) && !errors.Is(err, memberships.ErrTooLarge)
		unchanged := joined == strings.Join(values, separator) && bytes.Equal(body, s.Body)
		if accepted && !s.genuine(headers, body) || unchanged && !accepted {
			t.Errorf("accepted %v: %v\n%q\n%q", accepted, err, headers, body)
		}
	})
}

// genuine reports whether a request has what the genuine one has.
func (s Signed) genuine(headers map[string][]string, body []byte) bool {
	for name, values := range s.Headers {
		got := headers[name]
		if len(got) != 1 || !s.sameHeader(name, got[0]) && !(name == s.List && slices.Contains(strings.Split(got[0], " "), values[0])) {
			return false
		}
	}
	return s.sameBody(body)
}
