package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// group is a provider with one list by offset that changes between pages.
type group struct {
	members []string
	// between is called before each page.
	between func(g *group)
	pages   int
}

type groupPage struct {
	Data  []groupMember `json:"data"`
	Total int64         `json:"total"`
}

type groupMember struct {
	ID string `json:"id"`
}

func (g *group) RoundTrip(req *http.Request) (*http.Response, error) {
	if g.between != nil {
		g.between(g)
	}
	g.pages++
	q := req.URL.Query()
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	p := groupPage{Data: []groupMember{}, Total: int64(len(g.members))}
	for _, m := range g.members[min(offset, len(g.members)):min(offset+limit, len(g.members))] {
		p.Data = append(p.Data, groupMember{m})
	}
	b, err := json.Marshal(p)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(b))), Request: req}, err
}

func (g *group) list(t *testing.T, size int, opts ...option.Option) *paging.List[groupMember] {
	t.Helper()
	return List(g.listing(t, size, opts...))
}

func (g *group) listing(t *testing.T, size int, opts ...option.Option) (*Client, Listing[groupPage, groupMember]) {
	t.Helper()
	v := &API{Name: "test", Origin: "https://h.example", ErrorDetails: func(*transport.Response) ErrorDetails { return ErrorDetails{} }}
	opts = append([]option.Option{option.WithToken("t"), option.WithHTTPClient(&http.Client{Transport: g}), option.WithPageSize(size)}, opts...)
	c, err := New(v, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c, Listing[groupPage, groupMember]{
		Call:        Call{Name: "Members.List", Endpoint: endpoint.New("GET /members")},
		CursorParam: "offset", SizeParam: "limit", MaxSize: 10, Positions: paging.Offsets,
		Items: func(p *groupPage) []groupMember { return p.Data },
		Key:   func(m *groupMember) string { return m.ID },
		Total: func(p *groupPage) int64 { return p.Total },
		Next: func(p PageInfo[groupPage]) (string, error) {
			offset, _ := strconv.Atoi(p.Cursor)
			next := offset + len(p.Page.Data)
			if int64(next) >= p.Page.Total {
				return "", nil
			}
			return strconv.Itoa(next), nil
		},
	}
}

// schedules returns the number of random schedules of changes to test.
func schedules() int { return deeptest.Count(5_000, 100_000) / thin }

// A listing that ends without an error yields a member present for the whole read once, and
// no member twice, under any changes between pages.
func TestListWhileMembersComeAndGo(t *testing.T) {
	n := schedules()
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
			t.Parallel()
			listWhileChanging(t, part*n/parts, (part+1)*n/parts, func(g *group, _ int) http.RoundTripper { return g })
		})
		t.Run(fmt.Sprint("in parallel, part ", part+1), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				listWhileChanging(t, part*n/parts, (part+1)*n/parts, func(g *group, seed int) http.RoundTripper {
					return &shuffled{group: g, seed: uint64(seed)}
				}, option.WithParallelPages(4))
			})
		})
	}
}

// shuffled answers requests in flight in an order that the seed determines.
type shuffled struct {
	*group
	seed uint64

	mu    sync.Mutex
	times map[string]uint64
}

func (j *shuffled) RoundTrip(req *http.Request) (*http.Response, error) {
	j.mu.Lock()
	if j.times == nil {
		j.times = map[string]uint64{}
	}
	j.times[req.URL.RawQuery]++
	rng := rand.New(rand.NewPCG(j.seed, uint64(crc32.ChecksumIEEE([]byte(req.URL.RawQuery)))<<32|j.times[req.URL.RawQuery]))
	j.mu.Unlock()
	select {
	case <-time.After(time.Duration(rng.Int64N(int64(time.Second)))): // each takes another time
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.group.RoundTrip(req)
}

// listWhileChanging lists groups that change, through the transport of via.
func listWhileChanging(t *testing.T, from, to int, via func(g *group, seed int) http.RoundTripper, opts ...option.Option) {
	unstable := 0
	for seed := from; seed < to; seed++ {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		g := &group{}
		for i := range rng.IntN(30) {
			g.members = append(g.members, fmt.Sprint("m", i))
		}
		throughout := map[string]bool{}
		for _, m := range g.members {
			throughout[m] = true
		}
		born, calm := 0, rng.IntN(4)
		g.between = func(g *group) {
			for rng.IntN(calm+1) == calm && rng.IntN(3) > 0 {
				if at := rng.IntN(len(g.members) + 1); rng.IntN(2) == 0 && at < len(g.members) {
					delete(throughout, g.members[at])
					g.members = slices.Delete(g.members, at, at+1)
				} else {
					born++
					g.members = slices.Insert(g.members, at, fmt.Sprint("new", born))
				}
			}
		}
		seen := map[string]int{}
		var failure error
		opts := append(opts, option.WithHTTPClient(&http.Client{Transport: via(g, seed)}))
		for m, err := range g.list(t, 1+rng.IntN(9), opts...).All(t.Context()) {
			if err != nil {
				failure = err
				break
			}
			seen[m.ID]++
		}
		if failure != nil {
			if !errors.Is(failure, memberships.ErrUnstable) {
				t.Fatalf("seed %d: %v", seed, failure)
			}
			unstable++
		}
		for m, times := range seen {
			if times > 1 {
				t.Fatalf("seed %d: %s came %d times", seed, m, times)
			}
		}
		for m := range throughout {
			if failure == nil && seen[m] == 0 {
				t.Fatalf("seed %d: %s was present for the whole read and did not come", seed, m)
			}
		}
	}
	if n := to - from; unstable == 0 || unstable > n/2 {
		t.Errorf("%d of %d listings failed as unstable", unstable, n)
	}
}

// The overlap costs a listing at rest no extra page.
func TestListSendsNoExtraRequests(t *testing.T) {
	for members, want := range map[int]int{0: 1, 1: 1, 10: 1, 11: 2, 19: 2, 20: 3, 28: 3} {
		g := &group{}
		for i := range members {
			g.members = append(g.members, fmt.Sprint("m", i))
		}
		got := 0
		for _, err := range g.list(t, 10).All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != members || g.pages != want {
			t.Errorf("%d members came in %d pages, want %d in %d", got, g.pages, members, want)
		}
	}
}

func TestListGivesUpAfterThreeRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &group{}
		for i := range 30 {
			g.members = append(g.members, fmt.Sprint("m", i))
		}
		g.between = func(g *group) { g.members = slices.Insert(g.members, 0, fmt.Sprint("new", g.pages)) }
		var last error
		for _, err := range g.list(t, 10).All(t.Context()) {
			last = err
		}
		if !errors.Is(last, memberships.ErrUnstable) || g.pages != 2*(3+1) {
			t.Errorf("ended with %v after %d pages", last, g.pages)
		}
	})
}
