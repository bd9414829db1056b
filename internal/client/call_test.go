package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

type thing struct {
	ID string `json:"id"`
}

func thingKey(v *thing) string { return v.ID }

var testAPI = &API{
	Name: "test", Origin: "http://h.example",
	Duplicates:   map[string]Duplicate{"Things.Create": Refused},
	ErrorDetails: func(r *transport.Response) ErrorDetails { return ErrorDetails{RequestID: r.Header.Get("X-Request-Id")} },
}

func client(t *testing.T, opts ...option.Option) *Client {
	t.Helper()
	c, err := New(testAPI, append([]option.Option{option.WithToken("canary")}, opts...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func getThing(ctx context.Context, c *Client, opts ...option.Option) (*thing, error) {
	return One(ctx, c, Call{
		Name: "Things.Get", Endpoint: withID("GET /things/{id}", "x"), Opts: opts,
	}, thingKey)
}

// withID returns the endpoint of an operation on one thing.
func withID(op, id string) endpoint.Endpoint {
	e := endpoint.New(op)
	e.ID("id", id)
	return e
}

// withBody returns the endpoint of an operation that sends an empty object.
func withBody(op string) endpoint.Endpoint {
	e := endpoint.New(op)
	e.Body("application/json", struct{}{})
	return e
}

type rt func(*http.Request) (*http.Response, error)

func (f rt) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answers(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

// A cancelled call returns at once with the cause, at any stage.
func TestCancelAnywhere(t *testing.T) {
	serve := func(answer string) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() {
				buf := make([]byte, 4096)
				_, _ = server.Read(buf)
				_, _ = io.WriteString(server, answer)
				_, _ = server.Read(buf)
				_ = server.Close()
			}()
			return client, nil
		}
	}
	tests := map[string]func(context.Context, string, string) (net.Conn, error){
		"in dialling": func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"waiting for headers": serve(""),
		"in the body":         serve("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
		"in backoff":          serve("HTTP/1.1 429 Slow down\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"),
	}
	for name, dial := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hc := &http.Client{Transport: &http.Transport{DialContext: dial}}
				ctx, cancel := context.WithCancelCause(t.Context())
				why := errors.New("changed my mind")
				time.AfterFunc(time.Second, func() { cancel(why) })
				start := time.Now()
				_, err := getThing(ctx, client(t, option.WithHTTPClient(hc)))
				if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || time.Since(start) != time.Second {
					t.Errorf("got %v after %v, want the cancellation and its cause after a second", err, time.Since(start))
				}
				hc.CloseIdleConnections()
				synctest.Wait()
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, io.EOF
	})}))
	if _, err := getThing(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: got %v", err)
	}
}

// A token that expires within a listing is renewed once, and the same page is requested
// again.
func TestListRefreshesItsToken(t *testing.T) {
	var asked []string
	g := &group{members: []string{"a", "b", "c", "d", "e", "f", "g"}}
	hc := &http.Client{Transport: rt(func(req *http.Request) (*http.Response, error) {
		auth := req.Header.Get("Authorization")
		asked = append(asked, req.URL.Query().Get("offset")+" "+auth)
		if len(asked) >= 3 && auth == "Bearer t1" {
			return answers(401, ""), nil
		}
		return g.RoundTrip(req)
	})}
	n := 0
	source := tokenSource(func() (*oauth2.Token, error) {
		n++
		return &oauth2.Token{AccessToken: fmt.Sprint("t", n)}, nil
	})
	run := g.list(t, 3, option.WithHTTPClient(hc), option.WithTokenSource(source))
	seen := ""
	for m, err := range run.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen += m.ID
	}
	want := " Bearer t1, 2 Bearer t1, 5 Bearer t1, 5 Bearer t2"
	if got := strings.Join(asked, ", "); seen != "abcdefg" || got != want || n != 2 {
		t.Errorf("got %s by %q with %d tokens, want %q", seen, got, n, want)
	}
}

type tokenSource func() (*oauth2.Token, error)

func (f tokenSource) Token() (*oauth2.Token, error) { return f() }

// A reading settles a write without an answer, which happens at most once.
func TestWriteIsSettledByReading(t *testing.T) {
	type server struct{ exists bool }
	lost := io.ErrUnexpectedEOF
	tests := []struct {
		name string
		// post answers the n-th POST.
		post func(w *server, n int) (*http.Response, error)
		// read answers a reading of the state.
		read   func(w *server) (*thing, bool, error)
		posts  int
		kind   error // nil is success
		exists bool
	}{
		{
			"answer at once",
			func(w *server, _ int) (*http.Response, error) {
				w.exists = true
				return answers(200, `{"id":"x"}`), nil
			},
			nil, 1, nil, true,
		},
		{
			"carried out, answer lost",
			func(w *server, _ int) (*http.Response, error) { w.exists = true; return nil, lost },
			func(w *server) (*thing, bool, error) { return &thing{"x"}, w.exists, nil }, 1, nil, true,
		},
		{
			"carried out, answer cut",
			func(w *server, _ int) (*http.Response, error) { w.exists = true; return answers(200, `{"id":`), nil },
			func(w *server) (*thing, bool, error) { return &thing{"x"}, w.exists, nil }, 1, nil, true,
		},
		{
			"not carried out, then carried out",
			func(w *server, n int) (*http.Response, error) {
				if n == 1 {
					return answers(503, ""), nil
				}
				w.exists = true
				return answers(200, `{"id":"x"}`), nil
			},
			func(w *server) (*thing, bool, error) { return &thing{"x"}, w.exists, nil }, 2, nil, true,
		},
		{
			"never carried out",
			func(*server, int) (*http.Response, error) { return answers(503, ""), nil },
			func(w *server) (*thing, bool, error) { return nil, w.exists, nil }, 4, memberships.ErrOutcomeUnknown, false,
		},
		{
			"carried out late: the retry is refused",
			func(w *server, n int) (*http.Response, error) {
				if n == 1 {
					return nil, lost
				}
				w.exists = true
				return answers(409, ""), nil
			},
			func(w *server) (*thing, bool, error) { return &thing{"x"}, w.exists, nil }, 2, nil, true,
		},
		{
			"it existed before",
			func(w *server, _ int) (*http.Response, error) { w.exists = true; return answers(409, ""), nil },
			func(*server) (*thing, bool, error) { t.Error("the state was read"); return nil, false, nil },
			1, memberships.ErrAlreadyExists, true,
		},
		{
			"the reading fails",
			func(w *server, _ int) (*http.Response, error) { w.exists = true; return nil, lost },
			func(*server) (*thing, bool, error) { return nil, false, errors.New("down") },
			1, memberships.ErrOutcomeUnknown, true,
		},
		{
			"refused",
			func(*server, int) (*http.Response, error) { return answers(403, ""), nil },
			nil, 1, memberships.ErrPermissionDenied, false,
		},
	}
	v := *testAPI
	v.Kinds = []ErrorRule{{Status: 409, Kind: memberships.ErrAlreadyExists}}
	v.ErrorDetails = func(*transport.Response) ErrorDetails { return ErrorDetails{Code: "exists"} }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, posts := &server{}, 0
				c, err := New(&v, []option.Option{option.WithToken("t"), option.WithHTTPClient(&http.Client{
					Transport: rt(func(*http.Request) (*http.Response, error) {
						posts++
						return tt.post(w, posts)
					}),
				})})
				if err != nil {
					t.Fatal(err)
				}
				got, err := Write(t.Context(), c, Call{
					Name: "Things.Create", Endpoint: withBody("POST /things"),
				}, thingKey, func(context.Context) (*thing, bool, error) { return tt.read(w) })
				if tt.kind == nil && (err != nil || got.ID != "x") || tt.kind != nil && !errors.Is(err, tt.kind) {
					t.Errorf("got %+v, %v, want %v", got, err, tt.kind)
				}
				if posts != tt.posts || w.exists != tt.exists {
					t.Errorf("%d POSTs, exists %v, want %d, %v", posts, w.exists, tt.posts, tt.exists)
				}
				var e *memberships.Error
				if errors.As(err, &e) && e.Attempts != tt.posts {
					t.Errorf("the error counts %d attempts, want %d", e.Attempts, tt.posts)
				}
			})
		})
	}
}

// A call fails at once if the answer asks for a wait above the limit; the error has the wait.
func TestRetryAfterBeyondTheCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			return answers(429, "", "Retry-After", "86400"), nil
		})}))
		start := time.Now()
		_, err := getThing(t.Context(), c)
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind != memberships.ErrRateLimited || e.RetryAfter != 24*time.Hour || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

// A refused static token ends the call with the first answer.
func TestStaticTokenIsRefusedOnce(t *testing.T) {
	sent := 0
	c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
		sent++
		return answers(401, ""), nil
	})}))
	if _, err := getThing(t.Context(), c); !errors.Is(err, memberships.ErrUnauthenticated) || sent != 1 {
		t.Errorf("got %v after %d requests, want unauthenticated after one", err, sent)
	}
}

func TestRateLimitPacesAClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ok := rt(func(*http.Request) (*http.Response, error) { return answers(200, `{"id":"x"}`), nil })
		c := client(t, option.WithHTTPClient(&http.Client{Transport: ok}), option.WithRateLimit(10, 2))
		start := time.Now()
		for range 12 {
			if _, err := getThing(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 990*time.Millisecond || took > 1010*time.Millisecond {
			t.Errorf("12 calls at 10 per second with a burst of 2 took %v, want a second", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := getThing(ctx, c); err == nil {
			t.Error("a request was sent after a wait beyond the deadline")
		}
	})
}

// New and every call refuse invalid options by name.
func TestInvalidOptions(t *testing.T) {
	bad := map[string]option.Option{
		"WithAttempts":          option.WithAttempts(-1),
		"WithBackoff":           option.WithBackoff(time.Second, time.Millisecond),
		"WithMaxRetryAfter":     option.WithMaxRetryAfter(-1),
		"WithRateLimit":         option.WithRateLimit(1, 0),
		"WithAdaptiveRateLimit": option.WithAdaptiveRateLimit(0, 1),
		"WithLimiter":           option.WithLimiter(nil),
		"WithHook":              option.WithHook(nil, nil),
		"WithParallelPages":     option.WithParallelPages(0),
		"WithParallelPages: 65": option.WithParallelPages(65),
	}
	for name, o := range bad {
		_, err := New(testAPI, []option.Option{o})
		_, callErr := getThing(t.Context(), client(t), o)
		for _, err := range []error{err, callErr} {
			if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

// A 409 of a proxy is ErrConflict, not ErrAlreadyExists.
func TestConflictOfAProxy(t *testing.T) {
	v := *echoing
	v.Kinds = []ErrorRule{{Status: 409, Kind: memberships.ErrAlreadyExists}}
	for body, want := range map[string]error{"": memberships.ErrConflict, "exists": memberships.ErrAlreadyExists} {
		c, err := New(&v, []option.Option{option.WithToken("t"), option.WithHTTPClient(&http.Client{
			Transport: rt(func(*http.Request) (*http.Response, error) { return answers(409, body), nil }),
		})})
		if err != nil {
			t.Fatal(err)
		}
		_, err = One(t.Context(), c, Call{Name: "Things.Create", Endpoint: withBody("POST /things")}, thingKey)
		if !errors.Is(err, want) {
			t.Errorf("body %q: got %v, want %v", body, err, want)
		}
	}
}
