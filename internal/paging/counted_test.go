package paging

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// counted is a listing with a total on every page and a next cursor on every page with
// items, the last one too. Cursors are offsets, behind a letter if they are opaque.
type counted struct {
	sparse
	members []string
	opaque  bool
	silent  bool // pages have no total
	between func()
	pages   int
}

func (c *counted) Key(s *string) string { return *s }

func (c *counted) at(offset int64) string {
	if c.opaque {
		return "x" + Offsets.At(offset)
	}
	return Offsets.At(offset)
}

func (c *counted) Fetch(_ context.Context, r Request) (*Page[string], error) {
	if c.between != nil {
		c.between()
	}
	c.pages++
	offset := 0
	if r.Cursor != "" {
		for offset = 0; c.at(int64(offset)) != r.Cursor; offset++ {
		}
	}
	from := min(offset, len(c.members))
	p := &Page[string]{Items: slices.Clone(c.members[from:min(from+r.Size, len(c.members))]), Total: int64(len(c.members))}
	if c.silent {
		p.Total = -1
	}
	if len(p.Items) > 0 {
		p.Next = c.at(int64(from + len(p.Items)))
	}
	return p, nil
}

func (c *counted) list(size int) *List[string] {
	offsets := &Positions{Of: Offsets.Of, At: Offsets.At}
	return New[string](c, Shape{Size: size, MaxSize: 10, Positions: offsets, Counted: true, NoPrefetch: true})
}

// A Counted listing ends with the page that reaches the total, and without a total with an
// empty page.
func TestCountedListEndsAtItsTotal(t *testing.T) {
	for _, tt := range []struct {
		members        int
		opaque, silent bool
		pages          int
	}{
		{0, false, false, 1}, {1, false, false, 1}, {3, false, false, 1}, {4, false, false, 2}, {7, false, false, 3},
		{0, true, false, 1}, {1, true, false, 1}, {3, true, false, 1}, {4, true, false, 2}, {7, true, false, 3},
		{0, false, true, 1}, {3, false, true, 3}, {3, true, true, 2}, {7, true, true, 4},
	} {
		c := &counted{opaque: tt.opaque, silent: tt.silent}
		for i := range tt.members {
			c.members = append(c.members, fmt.Sprint("m", i))
		}
		var got []string
		for m, err := range c.list(3).All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, *m)
		}
		if !slices.Equal(got, c.members) || c.pages != tt.pages {
			t.Errorf("%+v: %v came in %d pages", tt, got, c.pages)
		}
	}
}

// short is a counted listing whose first bad readings have a total with one more member.
type short struct {
	counted
	bad, readings int
}

func (s *short) Fetch(ctx context.Context, r Request) (*Page[string], error) {
	p, err := s.counted.Fetch(ctx, r)
	if r.Cursor == "" {
		s.readings++
	}
	if s.readings <= s.bad {
		p.Total++
	}
	return p, err
}

// A Counted listing with fewer members than its total says is read again. The second such
// reading is an error, and no member comes twice.
func TestCountedListThatMissesAMember(t *testing.T) {
	members := []string{"m0", "m1", "m2"}
	for bad, want := range []struct {
		readings int
		err      error
	}{{1, nil}, {2, nil}, {2, memberships.ErrMalformed}} {
		s := &short{counted: counted{members: members}, bad: bad}
		var got []string
		var failure error
		for m, err := range New[string](s, Shape{Size: 3, MaxSize: 10, Positions: &Positions{Of: Offsets.Of, At: Offsets.At}, Counted: true, NoPrefetch: true}).All(t.Context()) {
			if failure = err; err != nil {
				break
			}
			got = append(got, *m)
		}
		if !slices.Equal(got, members) || s.readings != want.readings || !errors.Is(failure, want.err) {
			t.Errorf("%d bad readings: got %v in %d readings, %v, want %d, %v", bad, got, s.readings, failure, want.readings, want.err)
		}
	}
}

// A Counted listing that ends without an error yields a member present for the whole read
// once, and no member twice, under any changes between pages.
func TestCountedListWhileMembersComeAndGo(t *testing.T) {
	n := deeptest.Count(5_000, 100_000)
	unstable := 0
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 11))
		c := &counted{}
		throughout := map[string]bool{}
		for i := range rng.IntN(30) {
			c.members = append(c.members, fmt.Sprint("m", i))
			throughout[c.members[i]] = true
		}
		born, calm := 0, rng.IntN(4)
		c.between = func() {
			for rng.IntN(calm+1) == calm && rng.IntN(3) > 0 {
				if at := rng.IntN(len(c.members) + 1); rng.IntN(2) == 0 && at < len(c.members) {
					delete(throughout, c.members[at])
					c.members = slices.Delete(c.members, at, at+1)
				} else {
					born++
					c.members = slices.Insert(c.members, at, fmt.Sprint("new", born))
				}
			}
		}
		seen := map[string]int{}
		var failure error
		for m, err := range c.list(1 + rng.IntN(9)).All(t.Context()) {
			if failure = err; err != nil {
				break
			}
			if seen[*m]++; seen[*m] > 1 {
				t.Fatalf("seed %d: %s came twice", seed, *m)
			}
		}
		if failure != nil {
			if !errors.Is(failure, memberships.ErrUnstable) {
				t.Fatalf("seed %d: %v", seed, failure)
			}
			unstable++
			continue
		}
		for m := range throughout {
			if seen[m] == 0 {
				t.Fatalf("seed %d: %s was present for the whole read and did not come", seed, m)
			}
		}
	}
	if unstable == 0 || unstable > n/2 {
		t.Errorf("%d of %d listings failed as unstable", unstable, n)
	}
}
