package box_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// serve returns a client of a server with handler under a base path: a URL without the base
// path fails. The client makes one attempt per call.
func serve(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *box.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/proxy/", http.StripPrefix("/proxy", handler))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	opts = append([]option.Option{option.WithBaseURL(srv.URL + "/proxy/2.0"), option.WithToken("secret"), option.WithAttempts(1)}, opts...)
	c, err := box.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A listing by offset advances by the page's own limit and ends at the total or with an
// error. Each page begins with the last item of the one before, unless that one omits
// entries.
func TestListByOffset(t *testing.T) {
	type pages = []string
	tests := []struct {
		name    string
		pages   pages
		offsets []string // of the requests
		ids     []string
		kind    error
	}{
		{"limit lowered by the service", pages{
			`{"total_count":5,"limit":2,"offset":0,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":5,"limit":3,"offset":1,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
			`{"total_count":5,"limit":3,"offset":3,"entries":[{"id":"d"},{"id":"e"}]}`,
		}, []string{"", "1", "3"}, []string{"a", "b", "c", "d", "e"}, nil},
		{"short page before the end", pages{
			`{"total_count":6,"limit":3,"offset":0,"entries":[{"id":"a"}]}`,
			`{"total_count":6,"limit":3,"offset":3,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "3"}, []string{"a", "b", "c"}, nil},
		{"the page's offset is wrong", pages{
			`{"total_count":3,"limit":2,"offset":7,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"offset":0,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "1"}, []string{"a", "b", "c"}, nil},
		{"end at a full page", pages{
			`{"total_count":2,"limit":2,"offset":0,"entries":[{"id":"a"},{"id":"b"}]}`,
		}, []string{""}, []string{"a", "b"}, nil},
		{"an empty group", pages{`{"total_count":0,"limit":1000,"offset":0,"entries":[]}`}, []string{""}, nil, nil},
		{"limit above the size at the end", pages{
			`{"total_count":1,"limit":5000,"offset":0,"entries":[{"id":"a"}]}`,
		}, []string{""}, []string{"a"}, nil},
		{"no total: a short page is not the end", pages{
			`{"limit":2,"entries":[{"id":"a"}]}`,
			`{"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
			`{"limit":2,"entries":[{"id":"c"}]}`,
			`{"limit":2,"entries":[]}`,
		}, []string{"", "2", "3", "5"}, []string{"a", "b", "c"}, nil},
		{"the total grows", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":4,"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
			`{"total_count":4,"limit":2,"entries":[{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "1", "2"}, []string{"a", "b", "c", "d"}, nil},
		{"the total shrinks to where the listing is", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":2,"limit":2,"entries":[{"id":"b"}]}`,
		}, []string{"", "1"}, []string{"a", "b"}, nil},
		{"one at a time", pages{
			`{"total_count":3,"limit":1,"entries":[{"id":"a"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"a"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"b"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"b"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"c"}]}`,
		}, []string{"", "0", "1", "1", "2"}, []string{"a", "b", "c"}, nil},
		{"a member before the page left", pages{
			`{"total_count":4,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[{"id":"c"},{"id":"d"}]}`,
			`{"total_count":3,"limit":3,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "1", ""}, []string{"a", "b", "c", "d"}, nil},
		{"all left", pages{
			`{"total_count":4,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":0,"limit":2,"entries":[]}`,
			`{"total_count":0,"limit":2,"entries":[]}`,
		}, []string{"", "1", ""}, []string{"a", "b"}, nil},
		{"the total changes behind a short page", pages{
			`{"total_count":6,"limit":3,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":5,"limit":3,"entries":[{"id":"d"},{"id":"e"}]}`,
			`{"total_count":3,"limit":3,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "3", ""}, []string{"a", "b", "c", "d"}, nil},
		{"a total before an addition or after a removal", pages{
			`{"total_count":1,"limit":9,"entries":[{"id":"a"},{"id":"b"}]}`,
		}, []string{""}, []string{"a", "b"}, nil},
		{"a full page behind the total is not the end", pages{
			`{"total_count":1,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "1"}, []string{"a", "b", "c"}, nil},

		{"no limit", pages{`{"total_count":1,"entries":[{"id":"a"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"limit zero", pages{`{"total_count":9,"limit":0,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"limit below zero", pages{`{"total_count":9,"limit":-1,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"total below zero", pages{`{"total_count":-1,"limit":1,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"more than the limit", pages{`{"total_count":9,"limit":1,"entries":[{"id":"a"},{"id":"b"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"limit above the size before the end", pages{`{"total_count":9000,"limit":5000,"entries":[{"id":"a"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"empty before the total", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[]}`,
		}, []string{"", "1"}, []string{"a", "b"}, memberships.ErrMalformed},
		{"no entries", pages{`{"total_count":1,"limit":1}`}, []string{""}, nil, memberships.ErrMalformed},
		{"entries that are null", pages{`{"total_count":0,"limit":1,"entries":null}`}, []string{""}, nil, memberships.ErrMalformed},
		{"an entry without id", pages{`{"total_count":1,"limit":1,"entries":[{"role":"admin"}]}`}, []string{""}, nil, memberships.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var offsets []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if len(offsets) == len(tt.pages) {
					t.Errorf("asked for %s after the last page", r.URL)
					return
				}
				_, _ = io.WriteString(w, tt.pages[len(offsets)])
				offsets = append(offsets, r.URL.Query().Get("offset"))
			})
			var ids []string
			var last error
			for m, err := range c.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{}) {
				if last = err; err == nil {
					ids = append(ids, m.ID)
				}
			}
			if diff := cmp.Diff(tt.ids, ids); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.offsets, offsets); diff != "" {
				t.Errorf("offsets (-want +got):\n%s", diff)
			}
			if !errors.Is(last, tt.kind) || (last == nil) != (tt.kind == nil) {
				t.Errorf("ended with %v, want %v", last, tt.kind)
			}
		})
	}
}

// largeGroup returns a client of an emulator with a group of n members, and the offsets of
// its requests.
func largeGroup(t *testing.T, n int) (*box.Client, *[]int) {
	t.Helper()
	e, err := emulator.New(emulator.WithState("state", fmt.Appendf(nil, `
people: [{name: Ada, email: ada@example.com}]
groups: [{name: Crowd, ids: {box: "1"}, count: %d}]`, n)))
	if err != nil {
		t.Fatal(err)
	}
	offsets := new([]int)
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		*offsets = append(*offsets, offset)
		return false
	})
	c, err := box.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return c, offsets
}

// A listing yields every reachable member once and in order, and ends with ErrListLimit if
// there are more.
func TestListLimit(t *testing.T) {
	const lastOffset = 9999 // of the last page
	tests := []struct{ members, size, reach int }{
		{12345, 333, lastOffset + 334},
		{10007, 7, lastOffset + 8},
		{10008, 7, lastOffset + 8},
		{10500, 303, lastOffset + 304}, // 9999 is a multiple of it
		{10000, 0, lastOffset + 1000},
		{10999, 0, lastOffset + 1000},
		{11000, 0, lastOffset + 1000},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.members, "/", tt.size), func(t *testing.T) {
			c, offsets := largeGroup(t, tt.members)
			seen := map[string]bool{}
			n, last := 0, error(nil)
			for m, err := range c.Memberships.ListByGroup(t.Context(), "1", box.ListGroupMembershipsParams{}, option.WithPageSize(tt.size)) {
				if last = err; err != nil {
					break
				}
				seen[m.User.ID] = true
				n++
			}
			want := min(tt.members, tt.reach)
			if n != want || len(seen) != want {
				t.Errorf("got %d members, %d of them different, want %d", n, len(seen), want)
			}
			if tt.members > tt.reach != errors.Is(last, memberships.ErrListLimit) || tt.members <= tt.reach && last != nil {
				t.Errorf("ended with %v", last)
			}
			if most := slices.Max(*offsets); most > lastOffset {
				t.Errorf("offset %d was asked for", most)
			}
		})
	}
}

// Single pages have the same limit.
func TestListPageLimit(t *testing.T) {
	c, offsets := largeGroup(t, 20000)
	ctx := t.Context()
	at := func(offset string) string {
		return wrappertest.Token(offset, "box", "GET /2.0/groups/{group_id}/memberships", "", "", "1")
	}
	p := box.ListGroupMembershipsParams{}
	page, err := c.Memberships.ListByGroupPage(ctx, "1", p, at("9999"))
	if err != nil || len(page.Items) != 1000 || page.Next == "" || page.Total != memberships.TotalOf(20000) {
		t.Fatalf("got %+v, %v", page, err)
	}
	before := len(*offsets)
	if _, err := c.Memberships.ListByGroupPage(ctx, "1", p, page.Next); !errors.Is(err, memberships.ErrListLimit) {
		t.Errorf("got %v, want the list limit", err)
	}
	// Box's two documents disagree about this offset.
	if _, err := c.Memberships.ListByGroupPage(ctx, "1", p, at("10000")); !errors.Is(err, memberships.ErrListLimit) {
		t.Errorf("got %v, want the list limit", err)
	}
	if len(*offsets) != before {
		t.Errorf("%d requests were sent to be refused", len(*offsets)-before)
	}
}

// The list of users pages by marker, which has three forms of an end.
func TestUsersByMarker(t *testing.T) {
	type pages = []string
	tests := []struct {
		name  string
		pages pages
		ids   []string
		kind  error
	}{
		{"null", pages{`{"limit":1,"next_marker":"m1","entries":[{"id":"a"}]}`, `{"limit":1,"next_marker":null,"entries":[{"id":"b"}]}`}, []string{"a", "b"}, nil},
		{"empty", pages{`{"limit":1,"next_marker":"m1","entries":[{"id":"a"}]}`, `{"limit":1,"next_marker":"","entries":[{"id":"b"}]}`}, []string{"a", "b"}, nil},
		{"absent", pages{`{"limit":1,"next_marker":"m1","entries":[{"id":"a"}]}`, `{"limit":1,"entries":[{"id":"b"}]}`}, []string{"a", "b"}, nil},
		{"empty page before the end", pages{`{"limit":1,"next_marker":"m1","entries":[]}`, `{"limit":1,"next_marker":null,"entries":[{"id":"b"}]}`}, []string{"b"}, nil},
		{"all on one page that also counts", pages{`{"limit":1,"total_count":1,"entries":[{"id":"a"}]}`}, []string{"a"}, nil},
		{"marker that repeats", pages{`{"limit":1,"next_marker":"m1","entries":[{"id":"a"}]}`, `{"limit":1,"next_marker":"m1","entries":[{"id":"b"}]}`}, []string{"a", "b"}, memberships.ErrMalformed},
		{"the service did not go by marker", pages{`{"limit":1,"offset":0,"total_count":2,"entries":[{"id":"a"}]}`}, nil, memberships.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked []url.Values
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, tt.pages[min(len(asked), len(tt.pages)-1)])
				asked = append(asked, r.URL.Query())
			}, option.WithPageSize(1))
			var ids []string
			var last error
			for u, err := range c.Users.List(t.Context(), box.ListUsersParams{FilterTerm: new("x")}) {
				if last = err; err == nil {
					ids = append(ids, u.ID)
				}
			}
			if diff := cmp.Diff(tt.ids, ids); diff != "" || !errors.Is(last, tt.kind) || (last == nil) != (tt.kind == nil) {
				t.Errorf("ended with %v, want %v; ids (-want +got):\n%s", last, tt.kind, diff)
			}
			want := []url.Values{{"filter_term": {"x"}, "limit": {"1"}, "usemarker": {"true"}}}
			if len(tt.pages) == 2 {
				want = append(want, url.Values{"filter_term": {"x"}, "limit": {"1"}, "usemarker": {"true"}, "marker": {"m1"}})
			}
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// The list of users pages by offset if Usemarker is false.
func TestUsersByOffset(t *testing.T) {
	tests := map[string]struct {
		p    box.ListUsersParams
		want url.Values
		page string
	}{
		"no marker": {
			box.ListUsersParams{Usemarker: new(false)}, url.Values{"limit": {"1000"}, "usemarker": {"false"}},
			`{"total_count":1,"limit":1000,"offset":0,"entries":[{"id":"a"}]}`,
		},
		"a marker": {
			box.ListUsersParams{Usemarker: new(true)}, url.Values{"limit": {"1000"}, "usemarker": {"true"}},
			`{"limit":1000,"next_marker":null,"entries":[{"id":"a"}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if diff := cmp.Diff(tt.want, r.URL.Query()); diff != "" {
					t.Errorf("request (-want +got):\n%s", diff)
				}
				_, _ = io.WriteString(w, tt.page)
			})
			if got := collect(t, c.Users.List(t.Context(), tt.p)); len(got) != 1 {
				t.Errorf("got %d users", len(got))
			}
		})
	}
}

// A page token continues its own listing only, also in another process.
func TestListPageTokens(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("offset"))
		_, _ = io.WriteString(w, `{"total_count":9,"limit":2,"entries":[{"id":"a"}]}`)
	}
	c := serve(t, handler)
	ctx := t.Context()
	page, err := c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "", box.WithAsUser("5"))
	if err != nil {
		t.Fatal(err)
	}
	if page.Next == "" || page.Total != memberships.TotalOf(9) || len(page.Items) != 1 {
		t.Fatalf("got %+v", page)
	}
	// Another page size does not make another listing.
	other := serve(t, handler, box.WithAsUser("5"), option.WithPageSize(3))
	if _, err := other.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "2"}, asked); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	asked = nil
	refused := map[string]error{}
	_, refused["another group"] = other.Memberships.ListByGroupPage(ctx, "h", box.ListGroupMembershipsParams{}, page.Next)
	_, refused["another operation"] = other.Memberships.ListByUserPage(ctx, "g", box.ListUserMembershipsParams{}, page.Next)
	_, refused["another user"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next, box.WithAsUser("6"))
	_, refused["no As-User"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next)
	_, refused["no token"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "2")
	_, refused["cut"] = other.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next[:8])
	users, err := serve(t, handler).Users.ListPage(ctx, box.ListUsersParams{Usemarker: new(false)}, "")
	if err != nil {
		t.Fatal(err)
	}
	asked = nil
	_, refused["an offset as a marker"] = c.Users.ListPage(ctx, box.ListUsersParams{}, users.Next)
	for name, err := range refused {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want invalid argument", name, err)
		}
	}
	if len(asked) != 0 {
		t.Errorf("%d requests were sent with tokens that do not fit", len(asked))
	}
}

// An invalid argument fails before a request, and the error names it.
func TestBadArguments(t *testing.T) {
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was sent", r.URL) })
	ctx := t.Context()
	listUsers := func(p box.ListUsersParams) error { return drain(c.Users.List(ctx, p)) }
	create := func(user, group string) error {
		_, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{User: box.UserRef{ID: user}, Group: box.GroupRef{ID: group}}, box.CreateMembershipParams{})
		return err
	}
	second := func(_ any, err error) error { return err }
	tests := map[string]struct {
		err  error
		name string
	}{
		"empty filter":          {drain(c.Groups.List(ctx, box.ListGroupsParams{FilterTerm: new("")})), "filter_term"},
		"no user's id":          {listUsers(box.ListUsersParams{ExternalAppUserID: new("")}), "external_app_user_id"},
		"no user":               {create("", "g"), "User.ID"},
		"no group":              {create("u", ""), "Group.ID"},
		"user that is no id":    {create("..", "g"), "User.ID"},
		"nothing changes":       {second(c.Memberships.Update(ctx, "m", box.UpdateMembershipRequest{}, box.UpdateMembershipParams{})), "Role"},
		"empty field":           {second(c.Memberships.Get(ctx, "m", box.GetMembershipParams{Fields: []string{""}})), "fields"},
		"find without group":    {second(c.Memberships.Find(ctx, "", "u")), "groupID"},
		"find without user":     {second(c.Memberships.Find(ctx, "g", "")), "userID"},
		"no address":            {second(c.Users.FindByEmail(ctx, "")), "filter_term"},
		"user without name":     {second(c.Users.Create(ctx, box.CreateUserRequest{Login: "a@example.com"}, box.CreateUserParams{})), "Name"},
		"user without login":    {second(c.Users.Create(ctx, box.CreateUserRequest{Name: "A", IsPlatformAccessOnly: new(false)}, box.CreateUserParams{})), "Login"},
		"group without name":    {second(c.Groups.Create(ctx, box.CreateGroupRequest{}, box.CreateGroupParams{})), "Name"},
		"no grant":              {second(c.Tokens.Create(ctx, box.CreateTokenRequest{})), "GrantType"},
		"As-User without an id": {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(""))), "WithAsUser: userID"},
		"as a blank":            {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(" "))), "WithAsUser: userID"},
		"as two lines":          {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("1\r\nX: y"))), "WithAsUser: userID"},
	}
	for name, tt := range tests {
		if !errors.Is(tt.err, memberships.ErrInvalidArgument) || !strings.Contains(tt.err.Error(), tt.name) {
			t.Errorf("%s: got %v, want invalid argument that names %s", name, tt.err, tt.name)
		}
	}
}

// Requests and responses distinguish absent, null and a map.
func TestConfigurablePermissions(t *testing.T) {
	type permissions = nullable.Nullable[map[string]bool]
	tests := []struct {
		name, sent, read string
		value            permissions
	}{
		{"absent", `{"role":"admin"}`, `{"id":"1"}`, nil},
		{"null", `{"role":"admin","configurable_permissions":null}`, `{"id":"1","configurable_permissions":null}`, nullable.NewNullNullable[map[string]bool]()},
		{"empty map", `{"role":"admin","configurable_permissions":{}}`, `{"id":"1","configurable_permissions":{}}`, nullable.NewNullableWithValue(map[string]bool{})},
		{
			"map", `{"role":"admin","configurable_permissions":{"can_run_reports":false}}`,
			`{"id":"1","configurable_permissions":{"can_run_reports":false}}`, nullable.NewNullableWithValue(map[string]bool{"can_run_reports": false}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var bodies []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				bodies = append(bodies, strings.Replace(string(b), `"user":{"id":"u"},"group":{"id":"g"},`, "", 1))
				_, _ = io.WriteString(w, tt.read)
			})
			ctx := t.Context()
			made := must[*box.Membership](t)(c.Memberships.Create(ctx, box.CreateMembershipRequest{
				User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}, Role: box.RoleAdmin, ConfigurablePermissions: tt.value,
			}, box.CreateMembershipParams{}))
			changed := must[*box.Membership](t)(c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{
				Role: box.RoleAdmin, ConfigurablePermissions: tt.value,
			}, box.UpdateMembershipParams{}))
			if diff := cmp.Diff([]string{tt.sent, tt.sent}, bodies); diff != "" {
				t.Errorf("bodies (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]permissions{tt.value, tt.value}, []permissions{made.ConfigurablePermissions, changed.ConfigurablePermissions}); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
	// An update may have permissions only, or null for none.
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if b, _ := io.ReadAll(r.Body); string(b) != `{"configurable_permissions":null}` {
			t.Errorf("sent %s", b)
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	must[*box.Membership](t)(c.Memberships.Update(t.Context(), "1", box.UpdateMembershipRequest{
		ConfigurablePermissions: nullable.NewNullNullable[map[string]bool](),
	}, box.UpdateMembershipParams{}))
}

// Fields are one comma-separated parameter in every call that has them.
func TestFields(t *testing.T) {
	var asked []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
		_, _ = io.WriteString(w, `{"id":"1","total_count":0,"limit":1,"entries":[]}`)
	})
	ctx, fields := t.Context(), []string{"role", "user"}
	add := box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}}
	_ = must[*box.Membership](t)(c.Memberships.Create(ctx, add, box.CreateMembershipParams{Fields: fields}))
	_ = must[*box.Membership](t)(c.Memberships.Get(ctx, "1", box.GetMembershipParams{Fields: fields}))
	_ = must[*box.Membership](t)(c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{Role: box.RoleMember}, box.UpdateMembershipParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.Get(ctx, "1", box.GetUserParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.Create(ctx, box.CreateUserRequest{Name: "a", Login: "a@example.com"}, box.CreateUserParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Get(ctx, "1", box.GetGroupParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Create(ctx, box.CreateGroupRequest{Name: "a"}, box.CreateGroupParams{Fields: fields}))
	_ = collect(t, c.Users.List(ctx, box.ListUsersParams{Fields: fields}))
	_ = collect(t, c.Groups.List(ctx, box.ListGroupsParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Get(ctx, "1", box.GetGroupParams{}))
	want := []string{
		"POST /2.0/group_memberships?fields=role,user",
		"GET /2.0/group_memberships/1?fields=role,user",
		"PUT /2.0/group_memberships/1?fields=role,user",
		"GET /2.0/users/me?fields=role,user",
		"GET /2.0/users/1?fields=role,user",
		"POST /2.0/users?fields=role,user",
		"GET /2.0/groups/1?fields=role,user",
		"POST /2.0/groups?fields=role,user",
		"GET /2.0/users?fields=role%2Cuser&limit=1000&usemarker=true",
		"GET /2.0/groups?fields=role%2Cuser&limit=1000",
		"GET /2.0/groups/1",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// As-User is an option of a client or of a call, and the call's wins.
func TestAsUser(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("As-User"))
		_, _ = io.WriteString(w, `{"id":"1","access_token":"t"}`)
	}
	ctx := t.Context()
	plain, always := serve(t, handler), serve(t, handler, box.WithAsUser("1"))
	_ = must[*box.User](t)(plain.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("2")))
	_ = must[*box.User](t)(plain.Users.GetMe(ctx, box.GetMeParams{}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("3")))
	_ = must[*box.AccessToken](t)(always.Tokens.Create(ctx, box.CreateTokenRequest{GrantType: box.GrantRefreshToken}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}))
	if diff := cmp.Diff([]string{"2", "", "1", "3", "", "1"}, asked); diff != "" {
		t.Errorf("As-User (-want +got):\n%s", diff)
	}
}

func TestUsersByEmail(t *testing.T) {
	tests := []struct {
		name, entries, id string
		kind              error
	}{
		{"one", `{"id":"1","login":"ada@example.com"}`, "1", nil},
		{"in another case", `{"id":"1","login":"Ada@Example.COM"}`, "1", nil},
		{"beginning of others", `{"id":"1","login":"ada@example.com.au"},{"id":"2","login":"ada@example.com"},{"id":"3","name":"ada@example.com","login":"x@example.com"}`, "2", nil},
		{"the same one twice", `{"id":"1","login":"ada@example.com"},{"id":"1","login":"ada@example.com"}`, "1", nil},
		{"two", `{"id":"1","login":"ada@example.com"},{"id":"2","login":"ADA@example.com"}`, "", memberships.ErrAmbiguous},
		{"others alone", `{"id":"1","login":"ada@example.com.au"}`, "", memberships.ErrNotFound},
		{"without a login", `{"id":"1"}`, "", memberships.ErrNotFound},
		{"an unknown address", ``, "", memberships.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				want := url.Values{"filter_term": {"ada@example.com"}, "user_type": {"all"}, "limit": {"1000"}, "usemarker": {"true"}}
				if diff := cmp.Diff(want, r.URL.Query()); diff != "" {
					t.Errorf("request (-want +got):\n%s", diff)
				}
				_, _ = fmt.Fprintf(w, `{"limit":1000,"next_marker":null,"entries":[%s]}`, tt.entries)
			})
			u, err := c.Users.FindByEmail(t.Context(), "ada@example.com")
			if !errors.Is(err, tt.kind) || (err == nil) != (tt.kind == nil) {
				t.Fatalf("got %v, want %v", err, tt.kind)
			}
			if err == nil && u.ID != tt.id {
				t.Errorf("got user %s, want %s", u.ID, tt.id)
			}
			var e *memberships.Error
			if errors.As(err, &e) && (e.Op != "Users.FindByEmail" || e.Provider != "box") {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// Find reads pages until it has found the group, and returns ErrNotFound only after the last
// page.
func TestMembershipsFind(t *testing.T) {
	pages := map[string]string{
		"":  `{"total_count":3,"limit":2,"entries":[{"id":"0","group":{"id":"f"}},{"id":"1","group":{"id":"g"}}]}`,
		"1": `{"total_count":3,"limit":2,"entries":[{"id":"1","group":{"id":"g"}},{"id":"2","group":{"id":"h"}}]}`,
	}
	requests := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("offset")])
	})
	for group, want := range map[string]int{"g": 1, "h": 2, "i": 2} {
		requests = 0
		m, err := c.Memberships.Find(t.Context(), group, "u")
		if requests != want {
			t.Errorf("%s: %d requests, want %d", group, requests, want)
		}
		if group == "i" {
			if !errors.Is(err, memberships.ErrNotFound) {
				t.Errorf("%s: got %v, want not found", group, err)
			}
		} else if err != nil || m.Group.ID != group {
			t.Errorf("%s: got %+v, %v", group, m, err)
		}
	}
	pages["1"] = `{}`
	if _, err := c.Memberships.Find(t.Context(), "i", "u"); !errors.Is(err, memberships.ErrMalformed) || errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want malformed", err)
	}
}

// Unknown values pass through, and hidden fields are empty.
func TestUnknownValues(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[string]string{
			"/2.0/group_memberships/1": `{"type":"group_membership","id":"1","role":"submaster","user":{"id":"2","login":"not an address"},"group":{"id":"3","group_type":"guild"},"created_at":"2018-04-25T15:39:35-07:00","new":{}}`,
			"/2.0/users/2":             `{"type":"user","id":"2","name":"X","login":"","created_at":null,"language":null,"space_amount":null,"status":"napping","tracking_codes":null,"notification_email":null,"enterprise":null,"is_sync_enabled":null}`,
		}[r.URL.Path])
	})
	m := must[*box.Membership](t)(c.Memberships.Get(t.Context(), "1", box.GetMembershipParams{}))
	if m.Role != "submaster" || m.Role.Valid() || m.User.Login != "not an address" || m.Group.GroupType != "guild" {
		t.Errorf("got %+v", m)
	}
	if want := time.Date(2018, 4, 25, 22, 39, 35, 0, time.UTC); !m.CreatedAt.Equal(want) {
		t.Errorf("created %v, want %v", m.CreatedAt, want)
	}
	u := must[*box.User](t)(c.Users.Get(t.Context(), "2", box.GetUserParams{}))
	if diff := cmp.Diff(&box.User{ID: "2", Type: "user", Name: "X", Status: "napping"}, u); diff != "" {
		t.Errorf("external user (-want +got):\n%s", diff)
	}
}

func TestErrorBodies(t *testing.T) {
	b, err := os.ReadFile("testdata/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var tests []struct {
		Name       string
		Status     int
		Header     map[string]string
		Body       string
		Kind       string
		Code       string
		Message    string
		RequestID  string `json:"request_id"`
		RetryAfter int    `json:"retry_after"`
	}
	if err := json.Unmarshal(b, &tests); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.Header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.Status)
				_, _ = io.WriteString(w, tt.Body)
			})
			_, err := c.Memberships.Create(t.Context(), box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}}, box.CreateMembershipParams{})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			want := []any{tt.Kind, tt.Status, tt.Code, tt.Message, tt.RequestID, time.Duration(tt.RetryAfter) * time.Second}
			kind := e.Kind
			if kind == memberships.ErrOutcomeUnknown { // the cause has the kind
				for _, beneath := range []error{memberships.ErrUnavailable, memberships.ErrMalformed} {
					if errors.Is(e, beneath) {
						kind = beneath
					}
				}
			}
			got := []any{kind.Error(), e.StatusCode, e.Code, e.Message, e.RequestID, e.RetryAfter}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A 409 is ErrAlreadyExists for creations only.
func TestConflictKinds(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"code":"conflict"}`)
	})
	ctx := t.Context()
	_, user := c.Users.Create(ctx, box.CreateUserRequest{Name: "a", Login: "a@example.com"}, box.CreateUserParams{})
	_, group := c.Groups.Create(ctx, box.CreateGroupRequest{Name: "a"}, box.CreateGroupParams{})
	_, update := c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
	for name, tt := range map[string]struct{ err, kind error }{
		"user": {user, memberships.ErrAlreadyExists}, "group": {group, memberships.ErrAlreadyExists}, "update": {update, memberships.ErrConflict},
	} {
		if !errors.Is(tt.err, tt.kind) {
			t.Errorf("%s: got %v, want %v", name, tt.err, tt.kind)
		}
	}
}
