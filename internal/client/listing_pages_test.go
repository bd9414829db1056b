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

// echoing repeats a provider's words in all fields of an error.
var echoing = &API{
	Name: "test", Origin: "http://h.example",
	Fault: func(r *transport.Response) Fault {
		s := string(r.Body)
		return Fault{Code: s, Message: s, RequestID: s}
	},
}

// A server that answers with the request does not bring the credential into the error.
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

// What could not be sent back as an id is none.
func TestKeysThatAreNoIDs(t *testing.T) {
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

// A write that is to be repeated waits for as long as the provider asked to.
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

// pages serves listings of a api with opaque cursors.
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

// A page that comes again under another cursor ends the listing with an error.
func TestListKnowsPagesAgain(t *testing.T) {
	n := 0
	ids, err := listCursors(t, func(string) string {
		n++
		return fmt.Sprintf(`{"items":[{"id":"a"},{"id":"b"}],"next":"c%d"}`, n)
	})
	if !errors.Is(err, memberships.ErrMalformed) || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

// So do cursors that lead in a circle, with pages that hold nothing to be known by.
func TestListKnowsCursorsAgain(t *testing.T) {
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

// Page tokens hold cursors, so that a cursor with a credential in it is none.
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

// A service that has one page for every position, but for the item that is asked for
// again, does not end as if all had come.
func TestListKnowsPagesAgainBehindTheOverlap(t *testing.T) {
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

// An item that is in a page twice comes once. Empty pages are no repetition.
func TestListLeavesOutTwins(t *testing.T) {
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

// one lets a service give pages of one item, whatever is asked for.
type one struct{ *group }

func (o one) RoundTrip(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	q.Set("limit", "1")
	req = req.Clone(req.Context())
	req.URL.RawQuery = q.Encode()
	return o.group.RoundTrip(req)
}

// Where pages hold one item there is no overlap to have, and the listing goes on.
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
