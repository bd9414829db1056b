package events_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

const (
	secret      = "canary-secret"
	clerkSecret = "whsec_AAECAwQFBgcICQoLDA0ODw=="
)

func allDeliveries() []memberships.Deliveries {
	return []memberships.Deliveries{webex.Deliveries(secret), clerk.Deliveries(clerkSecret), box.Deliveries(secret, "")}
}

// handler returns a handler and what it logs.
func handler(t *testing.T, handle func(context.Context, memberships.Event) error, opts ...events.Option) (http.Handler, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	opts = append([]events.Option{events.WithLogger(slog.New(slog.NewTextHandler(log, nil)))}, opts...)
	h, err := events.Handler(handle, allDeliveries(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return h, log
}

// request is a delivery to a provider's path.
type request struct {
	path    string
	headers map[string][]string
	body    string
}

func (r request) send(h http.Handler) *httptest.ResponseRecorder {
	return r.sendContext(context.Background(), h)
}

func (r request) sendContext(ctx context.Context, h http.Handler) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, r.path, strings.NewReader(r.body))
	for name, values := range r.headers {
		req.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func webexBody(event, moderator string) string {
	return `{"id":"hook","resource":"memberships","event":"` + event + `","actorId":"ada","data":{"id":"m","roomId":"r","personId":"p","personEmail":"p@example.com","isModerator":` +
		moderator + `,"created":"2026-01-02T03:04:05.678Z"}}`
}

func fromWebex(body string) request {
	return request{"/webex", webex.SignDelivery(secret, []byte(body)), body}
}

const clerkBody = `{"type":"organizationMembership.created","data":{"id":"m","role":"org:member","organization":{"id":"o"},"public_user_data":{"user_id":"u"}}}`

func fromClerk(id string) request {
	headers, err := clerk.SignDelivery(clerkSecret, id, time.Now(), []byte(clerkBody))
	if err != nil {
		panic(err)
	}
	return request{"/clerk", headers, clerkBody}
}

func fromBox(id string) request {
	body := `{"id":"` + id + `","trigger":"FILE.UPLOADED"}`
	return request{"/box", box.SignDelivery(secret, "", time.Now(), []byte(body)), body}
}

// recorder is a function for events that keeps what it was given.
type recorder struct {
	mu   sync.Mutex
	seen []string
	err  error
}

func (r *recorder) handle(_ context.Context, e memberships.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, e.Provider+" "+string(e.Type))
	return r.err
}

func (r *recorder) want(t *testing.T, want ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func status(t *testing.T, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		t.Errorf("got %d %s, want %d", w.Code, w.Body, want)
	}
}

// Every provider is served under its name, and a repetition is answered and not passed on.
func TestHandlerServesEachProviderOnce(t *testing.T) {
	var got recorder
	h, log := handler(t, got.handle)
	for range 3 {
		for _, r := range []request{fromWebex(webexBody("created", "false")), fromClerk("msg_1"), fromBox("1")} {
			w := r.send(h)
			if w.Code != http.StatusNoContent || w.Body.Len() != 0 {
				t.Errorf("%s: got %d %q", r.path, w.Code, w.Body)
			}
		}
	}
	got.want(t, "webex created", "clerk created", "box FILE.UPLOADED")
	if log.Len() > 0 {
		t.Errorf("logged %s", log)
	}
	status(t, fromClerk("msg_2").send(h), http.StatusNoContent)
	got.want(t, "webex created", "clerk created", "box FILE.UPLOADED", "clerk created")
}

// The same id of two providers is two deliveries.
func TestHandlerKeepsProvidersApart(t *testing.T) {
	var got recorder
	h, _ := handler(t, got.handle)
	fromClerk("same").send(h)
	fromBox("same").send(h)
	got.want(t, "clerk created", "box FILE.UPLOADED")
}

// A role that comes back is a change again, although Webex has no id for it.
func TestHandlerOfChangesThatComeBack(t *testing.T) {
	var got recorder
	h, _ := handler(t, got.handle)
	for _, body := range []string{
		webexBody("created", "false"), webexBody("updated", "true"), webexBody("updated", "true"), webexBody("created", "false"),
		webexBody("updated", "false"), webexBody("updated", "true"), webexBody("updated", "true"),
	} {
		status(t, fromWebex(body).send(h), http.StatusNoContent)
	}
	got.want(t, "webex created", "webex updated", "webex updated", "webex updated")
}

// A refused request gets a short answer, reaches nobody, and is logged without a secret.
func TestHandlerRefuses(t *testing.T) {
	good := fromWebex(webexBody("created", "false"))
	changed := func(change func(*http.Request)) *http.Request {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, good.path, strings.NewReader(good.body))
		for name, values := range good.headers {
			req.Header[name] = values
		}
		change(req)
		return req
	}
	body := func(r request) *http.Request {
		return changed(func(req *http.Request) {
			req.URL.Path, req.Header, req.ContentLength = r.path, r.headers, int64(len(r.body))
			req.Body = io.NopCloser(strings.NewReader(r.body))
		})
	}
	large := strings.Repeat("x", 1<<20+1)
	chunked := body(fromWebex(large))
	chunked.ContentLength = -1
	for name, tt := range map[string]struct {
		req    *http.Request
		status int
		answer string
	}{
		"another path":       {changed(func(r *http.Request) { r.URL.Path = "/canary" }), 404, "not found\n"},
		"a longer path":      {changed(func(r *http.Request) { r.URL.Path = "/webex/canary" }), 404, "not found\n"},
		"no path":            {changed(func(r *http.Request) { r.URL.Path = "" }), 404, "not found\n"},
		"the root":           {changed(func(r *http.Request) { r.URL.Path = "/" }), 404, "not found\n"},
		"a path with no /":   {changed(func(r *http.Request) { r.URL.Path = "webex" }), 404, "not found\n"},
		"GET":                {changed(func(r *http.Request) { r.Method = "GET" }), 405, "method not allowed\n"},
		"PUT":                {changed(func(r *http.Request) { r.Method = "PUT" }), 405, "method not allowed\n"},
		"no signature":       {changed(func(r *http.Request) { clear(r.Header) }), 401, "unauthorized\n"},
		"a bad signature":    {changed(func(r *http.Request) { r.Header.Set("X-Spark-Signature", "canary") }), 401, "unauthorized\n"},
		"two signatures":     {changed(func(r *http.Request) { r.Header.Add("X-Spark-Signature", "canary") }), 401, "unauthorized\n"},
		"another provider's": {body(request{"/clerk", good.headers, good.body}), 401, "unauthorized\n"},
		"unsigned text":      {body(request{"/webex", http.Header{}, "canary"}), 401, "unauthorized\n"},
		"signed text":        {body(fromWebex("canary")), 400, "bad request\n"},
		"a signed list":      {body(fromWebex(`["canary"]`)), 400, "bad request\n"},
		"a signed half":      {body(fromWebex(good.body[:60])), 400, "bad request\n"},
		"too large":          {body(fromWebex(large)), 413, "too large\n"},
		"too large, chunked": {chunked, 413, "too large\n"},
		"a cut body": {changed(func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("canary"), failing{}))
		}), 400, "bad request\n"},
	} {
		t.Run(name, func(t *testing.T) {
			h, log := handler(t, func(context.Context, memberships.Event) error {
				t.Error("an event passes")
				return nil
			})
			w := httptest.NewRecorder()
			h.ServeHTTP(w, tt.req)
			if w.Code != tt.status || w.Body.String() != tt.answer || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got %d %q %v, want %d %q", w.Code, w.Body, w.Header(), tt.status, tt.answer)
			}
			if allow := w.Header().Get("Allow"); (allow == "POST") != (tt.status == 405) {
				t.Errorf("Allow is %q", allow)
			}
			if !strings.Contains(log.String(), "reason=") || strings.Contains(log.String(), "canary") {
				t.Errorf("logged %s", log)
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("canary") }

// A body of exactly 1 MiB is read.
func TestHandlerTakesAMebibyte(t *testing.T) {
	var got recorder
	h, _ := handler(t, got.handle)
	body := webexBody("created", "false")
	status(t, fromWebex(body+strings.Repeat(" ", 1<<20-len(body))).send(h), http.StatusNoContent)
	got.want(t, "webex created")
}

// A delivery counts once its function returned nil.
func TestHandlerRepeatsAfterAnError(t *testing.T) {
	got := recorder{err: errors.New("no disk")}
	h, log := handler(t, got.handle)
	for range 2 {
		w := fromClerk("msg_1").send(h)
		if w.Code != 500 || w.Body.String() != "internal server error\n" {
			t.Errorf("got %d %q", w.Code, w.Body)
		}
	}
	got.err = nil
	for range 2 {
		status(t, fromClerk("msg_1").send(h), http.StatusNoContent)
	}
	got.want(t, "clerk created", "clerk created", "clerk created")
	if n := strings.Count(log.String(), "delivery msg_1: the function failed: no disk"); n != 2 {
		t.Errorf("logged %s", log)
	}
}

// A panic ends its own request alone, and so does a function that ends its goroutine.
func TestHandlerSurvivesAPanic(t *testing.T) {
	for name, end := range map[string]func(){
		"panic": func() { panic("broken") }, "abort": func() { panic(http.ErrAbortHandler) }, "goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			first := true
			var got recorder
			h, log := handler(t, func(ctx context.Context, e memberships.Event) error {
				if first {
					first = false
					end()
				}
				return got.handle(ctx, e)
			})
			srv := httptest.NewServer(h)
			defer srv.Close()
			post := func() (int, string) {
				r := fromClerk("msg_1")
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+r.path, strings.NewReader(r.body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header = r.headers
				resp, err := srv.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				text, _ := io.ReadAll(resp.Body)
				return resp.StatusCode, string(text)
			}
			if code, text := post(); code != 500 || text != "internal server error\n" {
				t.Errorf("got %d %q", code, text)
			}
			if code, _ := post(); code != http.StatusNoContent {
				t.Errorf("the repetition got %d", code)
			}
			got.want(t, "clerk created")
			if !strings.Contains(log.String(), `status=500 reason="the function panicked"`) || strings.Contains(log.String(), secret) {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// While a delivery is being handled, the same one waits for its result.
func TestHandlerWaits(t *testing.T) {
	for name, tt := range map[string]struct {
		takes  time.Duration
		fails  bool
		opts   []events.Option
		second int
		after  time.Duration
		calls  int
	}{
		"for success":                 {time.Second, false, nil, 204, time.Second, 1},
		"for a failure":               {time.Second, true, nil, 204, time.Second, 2},
		"not for ever":                {time.Minute, false, nil, 503, 10 * time.Second, 1},
		"within the wait of WithWait": {time.Minute, false, []events.Option{events.WithWait(2 * time.Minute)}, 204, time.Minute, 1},
		"not at all":                  {time.Minute, false, []events.Option{events.WithWait(0)}, 503, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				calls := 0
				h, _ := handler(t, func(context.Context, memberships.Event) error {
					mu.Lock()
					calls++
					first := calls == 1
					mu.Unlock()
					if !first {
						return nil
					}
					time.Sleep(tt.takes)
					if tt.fails {
						return errors.New("failed")
					}
					return nil
				}, tt.opts...)
				done := make(chan int)
				go func() { done <- fromClerk("msg_1").send(h).Code }()
				synctest.Wait()
				begun := time.Now()
				w := fromClerk("msg_1").send(h)
				if w.Code != tt.second || time.Since(begun) != tt.after || (w.Header().Get("Retry-After") == "5") != (tt.second == 503) {
					t.Errorf("got %d after %s, want %d after %s", w.Code, time.Since(begun), tt.second, tt.after)
				}
				status(t, fromClerk("msg_2").send(h), 204) // others do not wait
				first := <-done
				if (first == 500) != tt.fails || calls != tt.calls+1 {
					t.Errorf("the first got %d, %d calls", first, calls)
				}
				status(t, fromClerk("msg_1").send(h), 204)
				if calls != tt.calls+1 {
					t.Errorf("a repetition was passed on: %d calls", calls)
				}
			})
		})
	}
}

// A provider that gives up does not wait.
func TestHandlerWaitsForTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := handler(t, func(context.Context, memberships.Event) error { time.Sleep(time.Minute); return nil })
		go fromClerk("msg_1").send(h)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		status(t, fromClerk("msg_1").sendContext(ctx, h), 503)
		if time.Since(begun) != time.Second {
			t.Errorf("waited %s", time.Since(begun))
		}
		time.Sleep(time.Hour)
	})
}

// Replays inside the tolerance are answered, and later ones refused.
func TestHandlerOfReplays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got recorder
		h, _ := handler(t, got.handle)
		r := fromClerk("msg_1")
		for _, tt := range []struct {
			after  time.Duration
			status int
		}{{0, 204}, {4 * time.Minute, 204}, {time.Minute, 204}, {time.Second, 401}, {time.Hour, 401}} {
			time.Sleep(tt.after)
			status(t, r.send(h), tt.status)
		}
		got.want(t, "clerk created")
	})
}

// Many requests at once with the same ids: each id is handled once.
func TestHandlerAtOnce(t *testing.T) {
	var got recorder
	h, _ := handler(t, got.handle)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if w := fromClerk("msg_" + string(rune('a'+i%20))).send(h); w.Code != http.StatusNoContent {
				t.Errorf("got %d", w.Code)
			}
		})
	}
	all.Wait()
	got.want(t, slices.Repeat([]string{"clerk created"}, 20)...)
}

// brokenStore is a store whose methods fail.
type brokenStore struct {
	*events.MemoryStore
	last, save error
	saved      context.Context
}

func (s *brokenStore) Last(ctx context.Context, name string) (string, error) {
	id, _ := s.MemoryStore.Last(ctx, name)
	return id, s.last
}

func (s *brokenStore) Save(ctx context.Context, name, id string) error {
	if s.saved = ctx; s.save != nil {
		return s.save
	}
	return s.MemoryStore.Save(ctx, name, id)
}

// A delivery whose id is not saved comes again; a store that cannot be read passes nothing.
func TestHandlerWithoutItsStore(t *testing.T) {
	var got recorder
	s := &brokenStore{MemoryStore: events.NewMemoryStore(10), last: errors.New("down")}
	h, log := handler(t, got.handle, events.WithStore(s))
	status(t, fromClerk("msg_1").send(h), 503)
	got.want(t)
	s.last, s.save = nil, errors.New("full")
	status(t, fromClerk("msg_1").send(h), 503)
	got.want(t, "clerk created")
	s.save = nil
	status(t, fromClerk("msg_1").send(h), 204)
	status(t, fromClerk("msg_1").send(h), 204)
	got.want(t, "clerk created", "clerk created")
	for _, want := range []string{"the store cannot be read: down", "the store cannot be written: full"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("logged %s, want %s", log, want)
		}
	}
}

// The id is saved also when the provider has given up, and the store has ten seconds.
func TestHandlerSavesAfterTheProviderLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &brokenStore{MemoryStore: events.NewMemoryStore(10)}
		var got recorder
		h, _ := handler(t, func(ctx context.Context, e memberships.Event) error {
			cancel()
			if ctx.Err() == nil {
				t.Error("the context of the function goes on")
			}
			return got.handle(ctx, e)
		}, events.WithStore(s))
		status(t, fromClerk("msg_1").sendContext(ctx, h), 204)
		if end, ok := s.saved.Deadline(); !ok || time.Until(end) != 10*time.Second {
			t.Errorf("the store has until %v", end)
		}
		status(t, fromClerk("msg_1").send(h), 204)
		got.want(t, "clerk created")
	})
}

// A restart with the same store forgets nothing.
func TestHandlerWithALastingStore(t *testing.T) {
	s := events.NewMemoryStore(10)
	for i := range 2 {
		var got recorder
		h, _ := handler(t, got.handle, events.WithStore(s))
		status(t, fromClerk("msg_1").send(h), 204)
		if len(got.seen) != 1-i {
			t.Errorf("handler %d passes %d events", i, len(got.seen))
		}
	}
}

// fixed is a provider with any delivery.
type fixed struct {
	name string
	d    memberships.Delivery
	err  error
}

func (f fixed) Provider() string { return f.name }
func (fixed) Check() error       { return nil }
func (f fixed) Open(context.Context, map[string][]string, []byte, time.Time) (memberships.Delivery, error) {
	return f.d, f.err
}

// A delivery of several events is handled once all of them are; one without events is
// answered.
func TestHandlerOfSeveralEvents(t *testing.T) {
	var got recorder
	fail := true
	handle := func(ctx context.Context, e memberships.Event) error {
		_ = got.handle(ctx, e)
		if e.Type == "b" && fail {
			return errors.New("failed")
		}
		return nil
	}
	d := memberships.Delivery{ID: "1", Events: []memberships.Event{{Provider: "x", Type: "a"}, {Provider: "x", Type: "b"}, {Provider: "x", Type: "c"}}}
	h, err := events.Handler(handle, []memberships.Deliveries{fixed{"x", d, nil}, fixed{"y", memberships.Delivery{ID: "1"}, nil}})
	if err != nil {
		t.Fatal(err)
	}
	status(t, request{path: "/x"}.send(h), 500)
	got.want(t, "x a", "x b")
	fail = false
	status(t, request{path: "/x"}.send(h), 204)
	status(t, request{path: "/y"}.send(h), 204)
	got.want(t, "x a", "x b", "x a", "x b", "x c")
}

// The kind of Open's error sets the status.
func TestHandlerOfOpen(t *testing.T) {
	for kind, want := range map[error]int{
		memberships.ErrUnauthenticated: 401, memberships.ErrMalformed: 400, memberships.ErrTooLarge: 413, memberships.ErrUnavailable: 503, context.Canceled: 503,
	} {
		h, err := events.Handler(new(recorder).handle, []memberships.Deliveries{fixed{"x", memberships.Delivery{}, &memberships.Error{Kind: kind}}}, events.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		status(t, request{path: "/x"}.send(h), want)
	}
	h, err := events.Handler(new(recorder).handle, []memberships.Deliveries{fixed{"x", memberships.Delivery{}, nil}}, events.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	status(t, request{path: "/x"}.send(h), 400) // without an id
}

// A handler that cannot work is refused at its start.
func TestHandlerNeeds(t *testing.T) {
	handle := new(recorder).handle
	one := []memberships.Deliveries{webex.Deliveries(secret)}
	for want, make := range map[string]func() (http.Handler, error){
		"Handler: invalid argument: handle is nil":                                   func() (http.Handler, error) { return events.Handler(nil, one) },
		"Handler: invalid argument: there are no deliveries to take":                 func() (http.Handler, error) { return events.Handler(handle, nil) },
		"Handler: invalid argument: deliveries are nil":                              func() (http.Handler, error) { return events.Handler(handle, []memberships.Deliveries{nil}) },
		"webex: Handler: invalid argument: there are two deliveries of one provider": func() (http.Handler, error) { return events.Handler(handle, append(one, one...)) },
		"webex: Deliveries: invalid argument: the secret is empty": func() (http.Handler, error) {
			return events.Handler(handle, []memberships.Deliveries{webex.Deliveries("")})
		},
		"clerk: Deliveries: invalid argument: the secret has fewer than 16 bytes": func() (http.Handler, error) {
			return events.Handler(handle, []memberships.Deliveries{clerk.Deliveries("whsec_AAAA")})
		},
		"box: Deliveries: invalid argument: both signature keys are empty": func() (http.Handler, error) {
			return events.Handler(handle, []memberships.Deliveries{box.Deliveries("", "")})
		},
		"Handler: invalid argument: WithStore: the store is nil":        func() (http.Handler, error) { return events.Handler(handle, one, events.WithStore(nil)) },
		"Handler: invalid argument: WithLogger: the logger is nil":      func() (http.Handler, error) { return events.Handler(handle, one, events.WithLogger(nil)) },
		"Handler: invalid argument: WithWait: the duration is negative": func() (http.Handler, error) { return events.Handler(handle, one, events.WithWait(-1)) },
		"Handler: invalid argument: an option is empty":                 func() (http.Handler, error) { return events.Handler(handle, one, events.Option{}) },
	} {
		if h, err := make(); h != nil || !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != want {
			t.Errorf("got %v, %v, want %s", h, err, want)
		}
	}
}

// A full store forgets the pair that was saved longest ago.
func TestMemoryStore(t *testing.T) {
	s := events.NewMemoryStore(2)
	for _, p := range [][2]string{{"a", "1"}, {"b", "1"}, {"a", "2"}, {"c", "1"}} {
		if err := s.Save(t.Context(), p[0], p[1]); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a": "2", "b": "", "c": "1"} {
		if got, err := s.Last(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if err := events.NewMemoryStore(-1).Save(t.Context(), "a", "1"); err != nil {
		t.Error(err)
	}
}
