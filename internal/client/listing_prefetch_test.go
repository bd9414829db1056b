package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// latency is the time of an answer of a slowServer.
const latency = 50 * time.Millisecond

// slowServer is a provider with a list, by cursor or by offset, that answers after latency
// and records its requests.
type slowServer struct {
	items int
	// most is the size of its largest page; 0 is any.
	most int
	// answer may replace an answer; it returns nil for the usual one.
	answer func(from int) *http.Response

	mu             sync.Mutex
	asked          []string
	inFlight, peak int // requests
	open, sent     int // bodies that are open, and the position behind all that was sent
}

func (s *slowServer) RoundTrip(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	from, _ := strconv.Atoi(q.Get("from"))
	size, _ := strconv.Atoi(q.Get("size"))
	s.mu.Lock()
	s.asked = append(s.asked, fmt.Sprintf("%d+%d", from, size))
	s.inFlight++
	s.peak = max(s.peak, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inFlight--
	}()
	select {
	case <-time.After(latency):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if s.answer != nil {
		if resp := s.answer(from); resp != nil {
			return resp, nil
		}
	}
	if s.most > 0 {
		size = min(size, s.most)
	}
	to := min(from+size, s.items)
	var ids []string
	for i := from; i < to; i++ {
		ids = append(ids, fmt.Sprintf(`{"id":"i%d"}`, i))
	}
	body := fmt.Sprintf(`{"data":[%s],"total":%d}`, strings.Join(ids, ","), s.items)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open++
	s.sent = max(s.sent, to)
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Request: req, Body: &trackedBody{strings.NewReader(body), s}}, nil
}

// trackedBody is a body that records its Close.
type trackedBody struct {
	io.Reader
	s *slowServer
}

func (b *trackedBody) Close() error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	b.s.open--
	return nil
}

// list lists by positions, or by opaque cursors if p is nil.
func (s *slowServer) list(t *testing.T, p *paging.Positions, size int, opts ...option.Option) *paging.List[groupMember] {
	t.Helper()
	opts = append([]option.Option{option.WithHTTPClient(&http.Client{Transport: s}), option.WithPageSize(size)}, opts...)
	return List(client(t, opts...), Listing[groupPage, groupMember]{
		Call:        Call{Name: "Items.List", Endpoint: endpoint.New("GET /items")},
		CursorParam: "from", SizeParam: "size", MaxSize: 100, Positions: p,
		Items: func(p *groupPage) []groupMember { return p.Data },
		Key:   func(m *groupMember) string { return m.ID },
		Total: func(p *groupPage) int64 { return p.Total },
		Next: func(p PageInfo[groupPage]) (string, error) {
			from, _ := strconv.Atoi(p.Cursor)
			if next := from + len(p.Page.Data); int64(next) < p.Page.Total {
				return strconv.Itoa(next), nil
			}
			return "", nil
		},
	})
}

func drain[T any](seq iter.Seq2[*T, error], each func(*T)) error {
	for v, err := range seq {
		if err != nil {
			return err
		}
		if each != nil {
			each(v)
		}
	}
	return nil
}

// checkIdle fails the test if a request is in flight or a body open.
func (s *slowServer) checkIdle(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inFlight != 0 || s.open != 0 {
		t.Errorf("%d requests are in flight and %d bodies open", s.inFlight, s.open)
	}
}

// Prefetch overlaps the caller's work with the wait for the next page, and sends the
// requests of a sequential listing.
func TestPrefetchHidesLatency(t *testing.T) {
	for name, p := range map[string]*paging.Positions{"cursors": nil, "offsets": paging.Offsets} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took := map[bool]time.Duration{}
				asked := map[bool][]string{}
				for _, prefetch := range []bool{true, false} {
					s := &slowServer{items: 6000}
					opts := []option.Option{option.WithoutPrefetch()}
					if prefetch {
						opts = nil
					}
					start, n := time.Now(), 0
					err := drain(s.list(t, p, 100, opts...).All(t.Context()), func(m *groupMember) {
						time.Sleep(latency / 100)
						if m.ID != fmt.Sprint("i", n) {
							t.Fatalf("item %d is %s", n, m.ID)
						}
						n++
					})
					took[prefetch], asked[prefetch] = time.Since(start), s.asked
					if err != nil || n != 6000 || s.peak != 1 {
						t.Errorf("%d items, at most %d requests together: %v", n, s.peak, err)
					}
					s.checkIdle(t)
				}
				if ratio := float64(took[true]) / float64(took[false]); ratio > 0.52 {
					t.Errorf("with prefetch it takes %v, without %v: %.3f, want 0.52", took[true], took[false], ratio)
				}
				if diff := cmp.Diff(asked[false], asked[true]); diff != "" {
					t.Errorf("requests (-without +with)\n%s", diff)
				}
			})
		})
	}
}

// A fast caller waits for the next page in its own goroutine: another one costs more than it
// saves.
func TestFastCallersGetNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var goroutines []int
		s := &slowServer{items: 50}
		s.answer = func(int) *http.Response {
			synctest.Wait() // for the goroutines of the page before
			goroutines = append(goroutines, goroutinesOf(t))
			return nil
		}
		var err error
		pprof.Do(t.Context(), pprof.Labels("test", t.Name()), func(ctx context.Context) {
			err = drain(s.list(t, nil, 10).All(ctx), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		own := goroutines[0]
		if want := []int{own, own + 1, own, own, own}; !slices.Equal(goroutines, want) { // the first page has no measured time
			t.Errorf("goroutines at each page: %v, want %v", goroutines, want)
		}
	})
}

// goroutinesOf counts the goroutines with the label of a test. A goroutine inherits labels.
func goroutinesOf(t *testing.T) int {
	var profile strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Error(err)
	}
	label, n, total := fmt.Sprintf("# labels: {%q:%q}", "test", t.Name()), 0, 0
	for line := range strings.Lines(profile.String()) {
		if count, _, ok := strings.Cut(line, " @ "); ok {
			n, _ = strconv.Atoi(count)
		} else if strings.TrimSpace(line) == label {
			total += n
		}
	}
	if total == 0 {
		t.Error("not even the caller's goroutine is found")
	}
	return total
}

// A caller that becomes slow gets prefetched pages from then on.
func TestCallersWhoBecomeSlow(t *testing.T) {
	const pages, size = 40, 100
	each := func(int) time.Duration { return latency / size }
	once := func(i int) time.Duration {
		if i == size/4 {
			return latency
		}
		return 0
	}
	for name, work := range map[string]func(item int) time.Duration{"with each item": each, "once a page": once} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowServer{items: pages * size}
			start, n := time.Now(), 0
			err := drain(s.list(t, nil, size).All(t.Context()), func(*groupMember) {
				if n >= pages/2*size {
					time.Sleep(work(n % size))
				}
				n++
			})
			// One wait for each page, the work on the last page, and at most one page until
			// the caller is measured as slow.
			if took := time.Since(start); err != nil || took > (pages+2)*latency {
				t.Errorf("%s: %d pages took %v with half of them worked on: %v", name, pages, took, err)
			}
		})
	}
}

// A loop that ends early has requested at most one extra page, none at its first item. It
// leaves no request in flight, for every way to end a loop.
func TestLoopsThatEndEarly(t *testing.T) {
	loops := map[string]func(seq iter.Seq2[*groupMember, error], each func() (enough bool)){
		"break": func(seq iter.Seq2[*groupMember, error], each func() bool) {
			for range seq {
				if each() {
					break
				}
			}
		},
		"panic": func(seq iter.Seq2[*groupMember, error], each func() bool) {
			defer func() {
				if v := recover(); v != "enough" {
					panic(v)
				}
			}()
			for range seq {
				if each() {
					panic("enough")
				}
			}
		},
		"pull": func(seq iter.Seq2[*groupMember, error], each func() bool) {
			next, stop := iter.Pull2(seq)
			defer stop()
			for next(); !each(); next() {
			}
		},
	}
	for name, loop := range loops {
		for _, k := range []int{1, 4} {
			for after, want := range map[int]int{1: 1, 2: 1 + k, 3: 1 + k, 10: 1 + k, 11: 1 + k, 12: 2 + k} {
				if k == 1 && after == 2 {
					want = 1 // an eighth of the first page comes before the prefetch
				}
				synctest.Test(t, func(t *testing.T) {
					s := &slowServer{items: 1000}
					list := s.list(t, paging.Offsets, 10, option.WithParallelPages(k)).All(t.Context())
					for range 2 { // every range starts afresh
						s.asked = nil
						n := 0
						var enough time.Time
						loop(list, func() bool {
							time.Sleep(latency / 100) // the requests are in flight
							n++
							enough = time.Now()
							return n == after
						})
						if took := time.Since(enough); took != 0 || len(s.asked) != want {
							t.Errorf("%s after %d items, %d pages at once: ended after %v, asked for %v", name, after, k, took, s.asked)
						}
						s.checkIdle(t)
					}
				})
			}
		}
	}
}

// Concurrent loops over one listing are independent.
func TestListIsRangedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowServer{items: 60}
		list := s.list(t, paging.Offsets, 10, option.WithParallelPages(3)).All(t.Context())
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				n := 0
				err := drain(list, func(m *groupMember) {
					if m.ID != fmt.Sprint("i", n) {
						t.Errorf("item %d is %s", n, m.ID)
					}
					n++
				})
				if err != nil || n != 60 {
					t.Errorf("%d items: %v", n, err)
				}
			})
		}
		group.Wait()
		s.checkIdle(t)
	})
}

// An error comes once, after all items of the pages before it.
func TestErrorsComeAfterEarlierPages(t *testing.T) {
	for _, k := range []int{1, 2, 4, 16} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowServer{items: 100}
			s.answer = func(from int) *http.Response {
				if from == 29 { // the fourth page, which begins with the last item of the third
					return answers(403, `{"id":"x"}`)
				}
				return nil
			}
			n, failures := 0, 0
			for _, err := range s.list(t, paging.Offsets, 10, option.WithParallelPages(k)).All(t.Context()) {
				switch {
				case err == nil && failures == 0:
					n++
				case !errors.Is(err, memberships.ErrPermissionDenied):
					t.Errorf("%d pages at once: got %v", k, err)
				default:
					failures++
				}
			}
			if n != 30 || failures != 1 {
				t.Errorf("%d pages at once: %d items and %d errors", k, n, failures)
			}
			s.checkIdle(t)
		})
	}
}

// A cancelled listing ends after the present page, also if later pages have arrived.
func TestCancelWhilePagesAreInFlight(t *testing.T) {
	for _, k := range []int{1, 4} {
		for _, arrived := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				s := &slowServer{items: 100}
				ctx, cancel := context.WithCancelCause(t.Context())
				why := errors.New("changed my mind")
				n := 0
				err := drain(s.list(t, paging.Offsets, 10, option.WithParallelPages(k)).All(ctx), func(*groupMember) {
					if n++; n == 5 {
						if arrived {
							time.Sleep(time.Second)
						}
						cancel(why)
					}
				})
				var e *memberships.Error
				if n != 10 || !errors.As(err, &e) || e.Kind != context.Canceled || !errors.Is(err, why) {
					t.Errorf("%d pages at once, arrived %v: %d items, and %v", k, arrived, n, err)
				}
				s.checkIdle(t)
			})
		}
	}
}

// A panic or Goexit of the caller's transport reaches the caller of a prefetched page.
func TestPanicsReachTheCaller(t *testing.T) {
	for _, k := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowServer{items: 100}
			s.answer = func(from int) *http.Response {
				if from > 0 {
					panic("from the transport")
				}
				return nil
			}
			n := 0
			func() {
				defer func() {
					if v := recover(); v != "from the transport" {
						t.Errorf("%d pages at once: got %v", k, v)
					}
				}()
				err := drain(s.list(t, paging.Offsets, 10, option.WithParallelPages(k)).All(t.Context()), func(*groupMember) { n++ })
				t.Errorf("the listing ended with %v", err)
			}()
			s.answer = func(from int) *http.Response {
				if from > 0 {
					runtime.Goexit() // as t.FailNow does
				}
				return nil
			}
			ended := make(chan bool)
			go func() {
				defer close(ended)
				err := drain(s.list(t, paging.Offsets, 10, option.WithParallelPages(k)).All(t.Context()), nil)
				t.Errorf("the listing ended with %v", err)
			}()
			<-ended
			if n != 10 {
				t.Errorf("%d pages at once: %d items before the panic", k, n)
			}
			s.checkIdle(t)
		})
	}
}

// Parallel pages take the expected number of latencies, come in order, and have the requests
// of a sequential listing.
func TestParallelPages(t *testing.T) {
	tests := []struct {
		items, size, k int
		// rounds is the number of latencies of the listing.
		rounds int
	}{
		{0, 10, 8, 1},
		{10, 10, 8, 1},
		{11, 10, 8, 2},
		{1009, 10, 1, 101},
		{1009, 10, 8, 1 + 13}, // 100 more pages of 11 that overlap by one
		{1009, 10, 16, 1 + 7},
		{1009, 10, 32, 1 + 4},
		{1009, 10, 64, 1 + 2},
		{1000, 100, 8, 1 + 2}, // no larger page than the maximum: 10 more
		{1, 1, 8, 1},
		{9, 1, 4, 1 + 2},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			one := &slowServer{items: tt.items}
			if err := drain(one.list(t, paging.Offsets, tt.size).All(t.Context()), nil); err != nil {
				t.Fatal(err)
			}
			s := &slowServer{items: tt.items}
			start, n := time.Now(), 0
			err := drain(s.list(t, paging.Offsets, tt.size, option.WithParallelPages(tt.k)).All(t.Context()), func(m *groupMember) {
				if m.ID != fmt.Sprint("i", n) {
					t.Fatalf("%+v: item %d is %s", tt, n, m.ID)
				}
				n++
			})
			took := time.Since(start)
			if want := time.Duration(tt.rounds) * latency; err != nil || n != tt.items || took != want || s.peak > tt.k {
				t.Errorf("%+v: %d items in %v, want %v, at most %d requests together: %v", tt, n, took, want, s.peak, err)
			}
			slices.Sort(s.asked) // parallel requests arrive in any order
			slices.Sort(one.asked)
			if diff := cmp.Diff(one.asked, s.asked); diff != "" {
				t.Errorf("%+v: requests (-one after the other +in parallel)\n%s", tt, diff)
			}
			s.checkIdle(t)
		})
	}
}

// At most k pages wait for the caller.
func TestParallelPagesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const k, size = 4, 10
		s := &slowServer{items: 1000}
		n := 0
		err := drain(s.list(t, paging.Offsets, size, option.WithParallelPages(k)).All(t.Context()), func(*groupMember) {
			n++
			time.Sleep(latency) // long enough for all requests in flight
			s.mu.Lock()
			defer s.mu.Unlock()
			if held := s.sent - n; held > (k+1)*size {
				t.Fatalf("after %d items %d more have been sent", n, held)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// After a wrong guess, the listing continues page by page and is complete.
func TestParallelPagesWithWrongGuesses(t *testing.T) {
	unknown := &paging.Positions{Of: paging.Offsets.Of, At: paging.Offsets.At}
	tests := []struct {
		name       string
		slowServer *slowServer
		p          *paging.Positions
		opts       []option.Option
		peak       int
		most       int // requests
	}{
		{"as guessed", &slowServer{items: 100}, paging.Offsets, nil, 4, 10},
		{"cursors", &slowServer{items: 100}, nil, nil, 1, 10},
		{"cursors whose meaning is not documented", &slowServer{items: 100}, unknown, nil, 1, 10},
		{"smaller pages than asked for", &slowServer{items: 100, most: 7}, paging.Offsets, nil, 4, 17 + 3},
		{"pages of one", &slowServer{items: 10, most: 1}, paging.Offsets, nil, 4, 20 + 3},
		{"without prefetch", &slowServer{items: 100}, paging.Offsets, []option.Option{option.WithoutPrefetch()}, 4, 10},
		{"smaller pages, without prefetch", &slowServer{items: 100, most: 7}, paging.Offsets, []option.Option{option.WithoutPrefetch()}, 4, 17 + 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []string
				err := drain(tt.slowServer.list(t, tt.p, 10, append(tt.opts, option.WithParallelPages(4))...).All(t.Context()), func(m *groupMember) {
					got = append(got, m.ID)
				})
				var want []string
				for i := range tt.slowServer.items {
					want = append(want, fmt.Sprint("i", i))
				}
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("ended with %v, items (-want +got)\n%s", err, diff)
				}
				if tt.slowServer.peak > tt.peak || len(tt.slowServer.asked) > tt.most {
					t.Errorf("%d requests, %d together: %v", len(tt.slowServer.asked), tt.slowServer.peak, tt.slowServer.asked)
				}
				tt.slowServer.checkIdle(t)
			})
		})
	}
}

// Prefetched and parallel pages obey the client's rate limit.
func TestPrefetchKeepsTheRateLimit(t *testing.T) {
	for _, k := range []int{1, 8} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowServer{items: 200}
			start := time.Now()
			err := drain(s.list(t, paging.Offsets, 10, option.WithParallelPages(k), option.WithRateLimit(10, 2)).All(t.Context()), nil)
			took, want := time.Since(start), time.Duration(len(s.asked)-2)*100*time.Millisecond
			if err != nil || took < want || took > want+latency+time.Millisecond {
				t.Errorf("%d pages at once: %d requests took %v, want %v: %v", k, len(s.asked), took, want, err)
			}
		})
	}
}

// A caller that ends a loop while the next page is in flight keeps the connection of a server
// that speaks HTTP/2, as all providers do.
func TestBreakKeepsConnection(t *testing.T) {
	began := make(chan struct{}, 1)
	var connections atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("from") != "" {
			began <- struct{}{}
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"id":"a"},{"id":"b"}],"total":4}`)
	}))
	srv.EnableHTTP2 = true
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	srv.StartTLS()
	defer srv.Close()
	list := new(slowServer).list(t, nil, 2, option.WithHTTPClient(srv.Client()), option.WithBaseURL(srv.URL))
	for range 3 {
		for m, err := range list.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if m.ID == "b" {
				<-began
				break
			}
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections, want 1", got)
	}
}
