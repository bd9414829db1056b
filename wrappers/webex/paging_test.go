package webex_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// A next link gives its cursor alone: filters and page size come from the call, although
// the link lacks the filters and has max=null. A listing reads on after an empty page.
func TestListFollowsTheCursorAlone(t *testing.T) {
	var asked []url.Values
	pages := []struct{ body, link string }{
		{`{"items":[{"id":"a"}]}`, "?max=null&cursor=1"},
		{`{"items":[]}`, "?cursor=2&roomId=another"},
		{`{"items":[{"id":"b"}]}`, ""},
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		p := pages[len(asked)]
		asked = append(asked, r.URL.Query())
		if p.link != "" {
			w.Header().Set("Link", fmt.Sprintf(`<http://%s/proxy%s%s>; rel="next"`, r.Host, r.URL.Path, p.link))
		}
		_, _ = w.Write([]byte(p.body))
	}, option.WithPageSize(7))
	var ids []string
	for m, err := range c.Memberships.List(t.Context(), webex.ListMembershipsParams{RoomID: new("r")}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{"a", "b"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []url.Values{
		{"roomId": {"r"}, "max": {"7"}},
		{"roomId": {"r"}, "max": {"7"}, "cursor": {"1"}},
		{"roomId": {"r"}, "max": {"7"}, "cursor": {"2"}},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// A proxy and recorded traffic pass next links to Webex's own hosts on. The next request
// goes to the base URL.
func TestListBehindAProxy(t *testing.T) {
	for _, host := range []string{"webexapis.com", "webexapis.com:443", "api.ciscospark.com"} {
		var asked []string
		c, err := webex.New(option.WithToken("token"), option.WithBaseURL("https://proxy.example"), option.WithHTTPClient(&http.Client{
			Transport: wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
				if asked = append(asked, r.URL.Host+" "+r.URL.Query().Get("cursor")); len(asked) == 1 {
					w.Header().Set("Link", fmt.Sprintf(`<https://%s/v1/memberships?cursor=1>; rel="next"`, host))
				}
				_, _ = fmt.Fprintf(w, `{"items":[{"id":"m%d"}]}`, len(asked))
			}),
		}))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range c.Memberships.List(t.Context(), webex.ListMembershipsParams{}) {
			if err != nil {
				t.Errorf("%s: %v", host, err)
			}
			n++
		}
		if diff := cmp.Diff([]string{"proxy.example ", "proxy.example 1"}, asked); diff != "" || n != 2 {
			t.Errorf("%s: %d rows, requests (-want +got):\n%s", host, n, diff)
		}
	}
}

// A listing with an unusable next link ends with an error.
func TestListNeverEndsEarly(t *testing.T) {
	tests := map[string]struct {
		link string
		kind error
	}{
		"another host":          {`<https://evil.example/v1/memberships?cursor=1>; rel="next"`, memberships.ErrUntrusted},
		"malformed link":        {`https://webexapis.com/v1/memberships?cursor=1; rel="next"`, memberships.ErrMalformed},
		"link without cursor":   {`<?max=1>; rel="next"`, memberships.ErrMalformed},
		"repeated cursor":       {`<?cursor=1>; rel="next"`, memberships.ErrMalformed},
		"two different cursors": {`<?cursor=1>; rel="next", <?cursor=2>; rel="next"`, memberships.ErrMalformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			requests := 0
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if requests++; requests > 5 {
					t.Error("the listing does not end")
				}
				w.Header().Set("Link", tt.link)
				_, _ = w.Write([]byte(`{"items":[{"id":"a"}]}`))
			})
			var last error
			for _, err := range c.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
				last = err
			}
			if !errors.Is(last, tt.kind) {
				t.Errorf("ended with %v, want %v", last, tt.kind)
			}
		})
	}
}

// Each range over a listing starts anew, fetches pages lazily and ends at a break.
func TestListIsLazyAndRepeatable(t *testing.T) {
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("Link", fmt.Sprintf(`<?cursor=%d>; rel="next"`, requests))
		_, _ = w.Write([]byte(`{"items":[{"id":"a"},{"id":"b"}]}`))
	})
	list := c.TeamMemberships.ListByTeam(t.Context(), "t", webex.ListTeamMembershipsParams{})
	if requests != 0 {
		t.Errorf("%d requests before the first range", requests)
	}
	for range 2 {
		requests = 0
		for range list {
			break
		}
		if requests != 1 {
			t.Errorf("%d requests for a loop that breaks at once, want 1", requests)
		}
	}
}

// A page token continues its own listing only, also in another process.
func TestListPageTokens(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("cursor"))
		w.Header().Set("Link", `<?cursor=c%2Fd>; rel="next"`)
		_, _ = w.Write([]byte(`{"items":[{"id":"a"}]}`))
	}
	c := serve(t, handler)
	ctx := t.Context()
	p := webex.ListMembershipsParams{RoomID: new("r")}
	page, err := c.Memberships.ListPage(ctx, p, "")
	if err != nil {
		t.Fatal(err)
	}
	if page.Next == "" || page.Total != (memberships.Total{}) || len(page.Items) != 1 {
		t.Fatalf("got %+v", page)
	}
	// Another page size does not make another listing.
	if _, err := serve(t, handler).Memberships.ListPage(ctx, p, page.Next, option.WithPageSize(3)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "c/d"}, asked); diff != "" {
		t.Errorf("cursors (-want +got):\n%s", diff)
	}
	asked = nil
	other := webex.ListMembershipsParams{RoomID: new("another")}
	refused := map[string]error{}
	_, refused["another room"] = c.Memberships.ListPage(ctx, other, page.Next)
	_, refused["another operation"] = c.Rooms.ListPage(ctx, webex.ListRoomsParams{}, page.Next)
	_, refused["no token"] = c.Memberships.ListPage(ctx, p, "c/d")
	_, refused["cut"] = c.Memberships.ListPage(ctx, p, page.Next[:8])
	for name, err := range refused {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want invalid argument", name, err)
		}
	}
	if len(asked) != 0 {
		t.Errorf("%d requests were sent with tokens that do not fit", len(asked))
	}
}

func TestListRefusesBadParams(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	tests := map[string]webex.ListMembershipsParams{
		"roomId":   {RoomID: new("")}, // Webex would list the caller's own memberships
		"personId": {RoomID: new("r"), PersonID: new("")},
	}
	for name, p := range tests {
		for _, err := range c.Memberships.List(t.Context(), p) {
			if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %v, want invalid argument that names it", name, err)
			}
		}
	}
}
