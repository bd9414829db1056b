package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// echoing is a provider whose errors repeat the body in all fields.
var echoing = &API{
	Name: "test", Origin: "http://h.example",
	ErrorDetails: func(r *transport.Response) ErrorDetails {
		s := string(r.Body)
		return ErrorDetails{Code: s, Message: s, RequestID: s}
	},
}

// The error of an answer that quotes the request does not show the credential.
func TestErrorsDoNotRepeatTheToken(t *testing.T) {
	const token = "canary/+ 7" // another text in a query
	for _, status := range []int{200, 400, 500} {
		c, err := New(echoing, []option.Option{option.WithToken(token), option.WithAttempts(1), option.WithHTTPClient(&http.Client{
			Transport: rt(func(r *http.Request) (*http.Response, error) {
				return answers(status, "you sent "+r.Header.Get("Authorization")+" or ?auth=canary%2F%2B+7"), nil
			}),
		})})
		if err != nil {
			t.Fatal(err)
		}
		_, err = getThing(t.Context(), c)
		var e *memberships.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, "you sent Bearer [redacted]") {
			t.Fatalf("status %d: got %v", status, err)
		}
		for what, s := range map[string]string{"text": e.Error(), "code": e.Code, "message": e.Message, "request id": e.RequestID, "body": string(e.Body)} {
			if strings.Contains(s, "canary") {
				t.Errorf("status %d: the %s shows the token: %s", status, what, s)
			}
		}
	}
}

// A key that cannot be sent back as an id makes the answer malformed.
func TestInvalidKeys(t *testing.T) {
	for _, id := range []string{"", ".", "..", "a\x00b", "a\nb", strings.Repeat("x", transport.MaxID+1)} {
		body := fmt.Sprintf(`{"id":%q}`, id)
		if id == "a\x00b" {
			body = `{"id":"a\u0000b"}`
		}
		c := client(t, option.WithAttempts(1), option.WithHTTPClient(&http.Client{
			Transport: rt(func(*http.Request) (*http.Response, error) { return answers(200, body), nil }),
		}))
		if v, err := getThing(t.Context(), c); !errors.Is(err, memberships.ErrMalformed) {
			t.Errorf("id %.10q: got %v, %v, want malformed", id, v, err)
		}
	}
}

// A retry of a write waits as long as the provider asks.
func TestWriteWaitsAsAsked(t *testing.T) {
	write := func(ctx context.Context, retryAfter string) (time.Duration, error) {
		c := client(t, option.WithHTTPClient(&http.Client{
			Transport: rt(func(*http.Request) (*http.Response, error) {
				return answers(503, "", "Retry-After", retryAfter), nil
			}),
		}))
		start := time.Now()
		_, err := Write(ctx, c, Call{
			Name: "Things.Create", Endpoint: endpoint.New("POST /things"),
		}, thingKey, func(context.Context) (*thing, bool, error) { return nil, false, nil })
		return time.Since(start), err
	}
	synctest.Test(t, func(t *testing.T) {
		const readings = 2 * time.Second
		if took, err := write(t.Context(), "20"); took != time.Minute+readings || !errors.Is(err, memberships.ErrUnavailable) {
			t.Errorf("three waits of 20 seconds took %v, and %v", took, err)
		}
		if took, err := write(t.Context(), "90"); took != readings || !errors.Is(err, memberships.ErrUnavailable) {
			t.Errorf("a wait above the limit took %v, and %v", took, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(time.Second, cancel)
		took, err := write(ctx, "20")
		if took != time.Second || !errors.Is(err, context.Canceled) || !errors.Is(err, memberships.ErrUnavailable) || !errors.Is(err, memberships.ErrOutcomeUnknown) {
			t.Errorf("a wait that was cancelled took %v, and %v", took, err)
		}
	})
}

// cursorPage is a page with an opaque cursor.
type cursorPage struct {
	Items []thing `json:"items"`
	Next  string  `json:"next"`
}

func cursorList(t *testing.T, via http.RoundTripper, opts ...option.Option) *paging.List[thing] {
	t.Helper()
	c := client(t, append([]option.Option{option.WithHTTPClient(&http.Client{Transport: via})}, opts...)...)
	return List(c, Listing[cursorPage, thing]{
		Call:        Call{Name: "Things.List", Endpoint: endpoint.New("GET /things")},
		CursorParam: "cursor", SizeParam: "max", MaxSize: 10,
		Items: func(p *cursorPage) []thing { return p.Items }, Key: thingKey,
		Next: func(p PageInfo[cursorPage]) (string, error) { return p.Page.Next, nil },
	})
}

func listCursors(t *testing.T, serve func(cursor string) string, opts ...option.Option) ([]string, error) {
	t.Helper()
	var ids []string
	for v, err := range cursorList(t, rt(func(r *http.Request) (*http.Response, error) {
		return answers(200, serve(r.URL.Query().Get("cursor"))), nil
	}), opts...).All(t.Context()) {
		if err != nil {
			return ids, err
		}
		if ids = append(ids, v.ID); len(ids) > 100 {
			t.Fatal("the listing does not end")
		}
	}
	return ids, nil
}

// A page that repeats under another cursor ends the listing with an error.
func TestListDetectsRepeatedPages(t *testing.T) {
	n := 0
	ids, err := listCursors(t, func(string) string {
		n++
		return fmt.Sprintf(`{"items":[{"id":"a"},{"id":"b"}],"next":"c%d"}`, n)
	})
	if !errors.Is(err, memberships.ErrMalformed) || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

// Cursors that form a cycle of empty pages end the listing with an error.
func TestListDetectsRepeatedCursors(t *testing.T) {
	ids, err := listCursors(t, func(cursor string) string {
		return map[string]string{
			"":  `{"items":[{"id":"a"}],"next":"1"}`,
			"1": `{"items":[],"next":"2"}`, "2": `{"items":[],"next":"3"}`, "3": `{"items":[],"next":"1"}`,
		}[cursor]
	})
	if !errors.Is(err, memberships.ErrMalformed) || !slices.Equal(ids, []string{"a"}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

// A cursor that holds a credential is an error, as page tokens hold cursors.
func TestCursorsDoNotRepeatTheToken(t *testing.T) {
	const token = "canary-1234"
	for name, cursor := range map[string]string{"the token": token, "more around it": "page-" + token + "-2"} {
		t.Run(name, func(t *testing.T) {
			ids, err := listCursors(t, func(string) string {
				return `{"items":[{"id":"a"}],"next":"` + cursor + `"}`
			}, option.WithToken(token))
			if !errors.Is(err, memberships.ErrMalformed) || strings.Contains(fmt.Sprint(err), token) || len(ids) > 0 {
				t.Errorf("got %v, %v", ids, err)
			}
		})
	}
}

// A provider that answers every position with the same page, apart from the overlap, ends
// the listing with an error.
func TestListDetectsRepeatedPagesWithOverlap(t *testing.T) {
	g := rt(func(req *http.Request) (*http.Response, error) {
		first := map[string]string{"": `{"id":"a"},{"id":"b"}`, "1": `{"id":"b"},{"id":"c"},{"id":"d"}`}[req.URL.Query().Get("offset")]
		if first == "" {
			first = `{"id":"d"},{"id":"c"},{"id":"d"}`
		}
		return answers(200, `{"data":[`+first+`],"total":6}`), nil
	})
	ids := ""
	err := drain(new(group).list(t, 2, option.WithHTTPClient(&http.Client{Transport: g})).All(t.Context()), func(m *groupMember) { ids += m.ID })
	if !errors.Is(err, memberships.ErrUnstable) || ids != "abcd" {
		t.Errorf("got %s, %v", ids, err)
	}
}

// An item that a page repeats is yielded once. Empty pages are not a repeated page.
func TestListLeavesOutRepeats(t *testing.T) {
	ids, err := listCursors(t, func(cursor string) string {
		return map[string]string{
			"":  `{"items":[{"id":"a"},{"id":"b"},{"id":"a"}],"next":"1"}`,
			"1": `{"items":[],"next":"2"}`, "2": `{"items":[],"next":"3"}`,
			"3": `{"items":[{"id":"c"}]}`,
		}[cursor]
	})
	if err != nil || !slices.Equal(ids, []string{"a", "b", "c"}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

// one limits pages to one item.
type one struct{ *group }

func (o one) RoundTrip(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	q.Set("limit", "1")
	req = req.Clone(req.Context())
	req.URL.RawQuery = q.Encode()
	return o.group.RoundTrip(req)
}

// A listing of pages with one item continues without overlap.
func TestListOfPagesOfOne(t *testing.T) {
	g := &group{members: []string{"a", "b", "c", "d"}}
	var ids []string
	for m, err := range g.list(t, 3, option.WithHTTPClient(&http.Client{Transport: one{g}})).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	if !slices.Equal(ids, g.members) {
		t.Errorf("got %v", ids)
	}
}
