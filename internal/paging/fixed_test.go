package paging

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/memberships-go/memberships"
)

// fixed is a server with fixed pages, as of recorded traffic: it answers a position between
// two pages with one of them.
type fixed struct {
	counted
	size  int
	first bool  // with the first page, otherwise with the next one
	err   error // in place of an answer, nil for none
	gone  bool  // every position gives err

	refused atomic.Int64 // requests with err
}

func (f *fixed) Fetch(ctx context.Context, r Request) (*Page[string], error) {
	at, _ := Offsets.Of(r.Cursor)
	switch rest := int(at) % f.size; {
	case f.gone:
		return nil, f.err
	case int(at) >= len(f.members): // the end of the last page
	case rest > 0 && f.err != nil:
		f.refused.Add(1)
		return nil, f.err
	case rest > 0 && f.first:
		at = 0
	case rest > 0:
		at += int64(f.size - rest)
	}
	c := f.counted // of one of several goroutines
	return c.Fetch(ctx, Request{Cursor: Offsets.At(at), Size: f.size})
}

func readAll(t *testing.T, source Source[string], shape Shape) ([]string, error) {
	t.Helper()
	var got []string
	for m, err := range New(source, shape).All(t.Context()) {
		if err != nil {
			return got, err
		}
		got = append(got, *m)
	}
	return got, nil
}

func people(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("m", i)
	}
	return list
}

// A listing at rest comes whole from a server that begins no page at the position of an
// overlap.
func TestFixedPages(t *testing.T) {
	for _, first := range []bool{false, true} {
		for _, silent := range []bool{false, true} {
			for _, parallel := range []int{1, 4} {
				for n := range 12 {
					for _, known := range []bool{false, true} {
						f := &fixed{counted: counted{members: people(n), silent: silent}, size: 3, first: first}
						got, err := readAll(t, f, Shape{
							Size: 3, MaxSize: 10, Counted: true, Parallel: parallel,
							Positions: &Positions{Of: Offsets.Of, At: Offsets.At, Known: known},
						})
						if err != nil || !slices.Equal(got, f.members) {
							t.Errorf("first %t, silent %t, %d pages at once, known %t: got %v of %d, %v", first, silent, parallel, known, got, n, err)
						}
					}
				}
			}
		}
	}
}

// A listing comes whole from a server that has nothing at any position but the first ones of
// its pages. Another error ends the listing.
func TestFixedPagesAlone(t *testing.T) {
	for err, known := range map[error]bool{memberships.ErrNotFound: true, memberships.ErrInvalidArgument: false, memberships.ErrUnavailable: false, memberships.ErrPermissionDenied: false} {
		for _, parallel := range []int{1, 4} {
			for n := range 12 {
				f := &fixed{counted: counted{members: people(n)}, size: 3, err: fmt.Errorf("refused: %w", err)}
				got, failed := readAll(t, f, Shape{Size: 3, MaxSize: 10, Counted: true, Parallel: parallel, Positions: Offsets})
				if whole := failed == nil && slices.Equal(got, f.members); whole != (known || n <= 1) {
					t.Errorf("%v, %d pages at once: got %v of %d, %v", err, parallel, got, n, failed)
				}
				if n := f.refused.Load(); parallel == 1 && n > 1 {
					t.Errorf("%v: %d requests were refused, want at most 1", err, n)
				}
			}
		}
	}
}

// A listing that ends while it is read is an error, also at an overlap.
func TestFixedPagesGone(t *testing.T) {
	f := &fixed{counted: counted{members: people(9)}, size: 3, err: memberships.ErrNotFound}
	list := New[string](f, Shape{Size: 3, MaxSize: 10, NoPrefetch: true, Counted: true, Positions: Offsets})
	var got []string
	var err error
	for m, e := range list.All(t.Context()) {
		if err = e; err == nil {
			if got = append(got, *m); len(got) == 3 {
				f.gone = true
			}
		}
	}
	if !errors.Is(err, memberships.ErrNotFound) || len(got) != 3 {
		t.Errorf("got %v, %v", got, err)
	}
}

// replicas are two copies of a listing, one of which lags behind. They answer in turn.
type replicas struct {
	counted
	stale []string
	turns int
}

func (r *replicas) Fetch(ctx context.Context, req Request) (*Page[string], error) {
	c := r.counted
	if r.turns++; r.turns%2 == 1 {
		c.members = r.stale
	}
	return c.Fetch(ctx, req)
}

// Two copies that answer in turn clash in every scan in the same way, and are no fixed pages:
// no member is lost.
func TestFixedPagesAreNotReplicas(t *testing.T) {
	stale := people(9)
	for gone := range stale {
		for came := range 10 {
			now := slices.Insert(slices.Delete(slices.Clone(stale), gone, gone+1), min(came, 8), "new")
			for _, size := range []int{2, 3, 4} {
				got, err := readAll(t, &replicas{counted: counted{members: now}, stale: stale}, Shape{
					Size: size, MaxSize: 10, Counted: true, NoPrefetch: true, Positions: &Positions{Of: Offsets.Of, At: Offsets.At, Known: true},
				})
				if errors.Is(err, memberships.ErrUnstable) {
					continue
				}
				for i, m := range stale {
					if i != gone && !slices.Contains(got, m) {
						t.Errorf("without %d, with a new one at %d, %d a page: %s is missing in %v, %v", gone, came, size, m, got, err)
					}
				}
			}
		}
	}
}
