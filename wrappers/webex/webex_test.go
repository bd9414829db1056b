package webex_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// serve returns a client of a server that answers with handler, under a base path so
// that a URL that forgets it fails.
func serve(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *webex.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/proxy/", http.StripPrefix("/proxy", handler))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	opts = append([]option.Option{option.WithBaseURL(srv.URL + "/proxy/v1"), option.WithToken("token")}, opts...)
	c, err := webex.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Only the cursor is taken from a next link: the filters stay though the link lacks
// them, and the size stays though the link says max=null. An empty page is not the end.
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

// A listing that cannot go on ends with an error and never quietly.
func TestListNeverEndsEarly(t *testing.T) {
	tests := map[string]struct {
		link string
		kind error
	}{
		"another host":         {`<https://evil.example/v1/memberships?cursor=1>; rel="next"`, memberships.ErrUntrusted},
		"link cannot be read":  {`https://webexapis.com/v1/memberships?cursor=1; rel="next"`, memberships.ErrMalformed},
		"link without cursor":  {`<?max=1>; rel="next"`, memberships.ErrMalformed},
		"cursor that repeats":  {`<?cursor=1>; rel="next"`, memberships.ErrMalformed},
		"two different cursor": {`<?cursor=1>; rel="next", <?cursor=2>; rel="next"`, memberships.ErrMalformed},
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

// Ranging is lazy, starts afresh each time, and stops asking when the loop breaks.
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

// A token continues its own listing, in another process too, and no other.
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
	// Another page size is the same listing.
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
		"roomId":   {RoomID: new("")}, // would list the caller's own memberships
		"personId": {RoomID: new("r"), PersonID: new("")},
	}
	for name, p := range tests {
		for _, err := range c.Memberships.List(t.Context(), p) {
			if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %v, want invalid argument that names it", name, err)
			}
		}
	}
	if _, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: "r"}); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v, want invalid argument: nobody is named", err)
	}
	if _, err := c.TeamMemberships.Update(t.Context(), "m", webex.UpdateTeamMembershipRequest{}); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v, want invalid argument: nothing changes", err)
	}
	if _, err := c.Memberships.Update(t.Context(), "m", webex.UpdateMembershipRequest{}); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v, want invalid argument: nothing changes", err)
	}
}

// What the service could not fill in on an item stands beside the item.
func TestItemErrors(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"items":[{"id":"a","title":"","errors":{"title":{"code":"kms_failure","reason":"Key management server failed."}},"brandNew":[1]}]}`))
	})
	for r, err := range c.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e := r.Errors["title"]; e.Code != "kms_failure" || e.Reason == "" {
			t.Errorf("got %+v", r.Errors)
		}
	}
}

// Values newer than this release pass through.
func TestUnknownValues(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"a","roomType":"holographic","personEmail":"not an address","new":{}}`))
	})
	m, err := c.Memberships.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if m.RoomType != "holographic" || m.RoomType.Valid() || m.PersonEmail != "not an address" {
		t.Errorf("got %+v", m)
	}
}

func TestErrorBodies(t *testing.T) {
	tests := []struct {
		name, body, header   string
		code, message, reqID string
	}{
		{"full", `{"message":"Person is already in the room.","errors":[{"description":"Person is already in the room."}],"trackingId":"ROUTER_1"}`, "NA_2", "", "Person is already in the room.", "ROUTER_1"},
		{"tracking id in the header", `{"message":"No."}`, "NA_2", "", "No.", "NA_2"},
		{"description alone", `{"errors":[{"description":"No.","errorCode":400100}]}`, "NA_2", "400100", "No.", "NA_2"},
		{"gateway", `{"code":"RATE_LIMITED","message":"Slow down.","trackingId":"GTWY_3"}`, "", "RATE_LIMITED", "Slow down.", "GTWY_3"},
		{"error code at the top", `{"message":"No.","errorCode":7}`, "", "7", "No.", ""},
		{"line breaks", `{"message":"one\ntwo\u2028three"}`, "NA_2", "", "one two three", "NA_2"},
		{"empty", ``, "NA_2", "", "", "NA_2"},
		{"html", `<html>Bad gateway</html>`, "NA_2", "", "", "NA_2"},
		{"array", `[1]`, "NA_2", "", "", "NA_2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("trackingID", tt.header)
				}
				w.WriteHeader(http.StatusConflict)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: "r", PersonID: "p"})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			got := []string{e.Code, e.Message, e.RequestID}
			if diff := cmp.Diff([]string{tt.code, tt.message, tt.reqID}, got); diff != "" || e.Kind != memberships.ErrAlreadyExists {
				t.Errorf("kind %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}

func TestGeneralRoomID(t *testing.T) {
	tests := []struct {
		name, team, want string
	}{
		{"US", "Y2lzY29zcGFyazovL3VzL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0", "Y2lzY29zcGFyazovL3VzL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"},
		// ciscospark://urn:TEAM:us-west-2_r/TEAM/b4988f80-7d31-11ed-98cc-5f911aee5904: the
		// first TEAM belongs to the cluster and stays.
		{"outside the US", "Y2lzY29zcGFyazovL3VybjpURUFNOnVzLXdlc3QtMl9yL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0", "Y2lzY29zcGFyazovL3VybjpURUFNOnVzLXdlc3QtMl9yL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"},
		{"padded", "Y2lzY29zcGFyazovL3VzL1RFQU0vYTE=", "Y2lzY29zcGFyazovL3VzL1JPT00vYTE"},
		{"URL-safe alphabet", "Y2lzY29zcGFyazovL3VzL1RFQU0vPz8_", "Y2lzY29zcGFyazovL3VzL1JPT00vPz8_"},
		{"a room's", "Y2lzY29zcGFyazovL3VzL1JPT00vYTE", ""},
		{"not base64", "TEAM!", ""},
		{"not a resource", "aGVsbG8", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := webex.GeneralRoomID(tt.team)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if err != nil && !errors.Is(err, memberships.ErrInvalidArgument) {
				t.Errorf("got %v, want invalid argument", err)
			}
		})
	}
}
