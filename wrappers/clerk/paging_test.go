package clerk_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// A page starts at the last item received, also after a short page. The oldest members
// come first, and only total_count ends the list.
func TestListGoesByOffset(t *testing.T) {
	var asked []url.Values
	c := serve(t, script(t, &asked,
		`{"data":[{"id":"a"},{"id":"b"}],"total_count":5}`,
		`{"data":[{"id":"b"},{"id":"c"}],"total_count":5}`,
		`{"data":[{"id":"c"},{"id":"d"},{"id":"e"}],"total_count":5}`,
	), option.WithPageSize(2))
	all := collect(t, c.Memberships.ListByOrganization(t.Context(), "o", clerk.ListOrganizationMembershipsParams{Role: []string{"org:member"}}))
	ids := id(func(m *clerk.Membership) string { return m.ID }, all)
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []url.Values{
		{"role": {"org:member"}, "limit": {"2"}, "order_by": {"+created_at"}},
		{"role": {"org:member"}, "limit": {"3"}, "order_by": {"+created_at"}, "offset": {"1"}},
		{"role": {"org:member"}, "limit": {"3"}, "order_by": {"+created_at"}, "offset": {"2"}},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestListFirstRequest(t *testing.T) {
	tests := map[string]struct {
		list func(c *clerk.Client) error
		want url.Values
	}{
		"the largest page": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{}))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"a size above the maximum": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{}, option.WithPageSize(501)))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"a size above the maximum for organizations": {func(c *clerk.Client) error {
			return drain(c.Organizations.List(t.Context(), clerk.ListOrganizationsParams{}, option.WithPageSize(1000)))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"the caller's order and size": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{OrderBy: new("-username")}, option.WithPageSize(7)))
		}, url.Values{"limit": {"7"}, "order_by": {"-username"}}},
		"a user's memberships, without an order": {func(c *clerk.Client) error {
			return drain(c.Memberships.ListByUser(t.Context(), "u", clerk.ListUserMembershipsParams{}))
		}, url.Values{"limit": {"500"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []url.Values
			c := serve(t, script(t, &asked, `{"data":[],"total_count":0}`))
			if err := tt.list(c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]url.Values{tt.want}, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// A listing without its next page ends with an error.
func TestListNeverEndsEarly(t *testing.T) {
	tests := map[string][]string{
		"no total":                    {`{"data":[{"id":"a"}]}`},
		"no total and no items":       {`{"data":[]}`},
		"null for the total":          {`{"data":[{"id":"a"}],"total_count":null}`},
		"no list":                     {`{"total_count":0}`},
		"null for the list":           {`{"data":null,"total_count":0}`},
		"an array":                    {`[{"id":"a"}]`},
		"empty page before the total": {`{"data":[{"id":"a"}],"total_count":3}`, `{"data":[],"total_count":3}`},
		"repeated items":              {`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":3}`, `{"data":[],"total_count":3}`},
		"an item of another type":     {`{"data":[{"id":"a"},{}],"total_count":2}`},
		"an error instead of a page":  {`{"data":[{"id":"a"}],"total_count":2}`, `{"errors":[{"code":"bad_request"}]}`},
	}
	for name, bodies := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []url.Values
			c := serve(t, script(t, &asked, bodies...))
			var last error
			for _, err := range c.Memberships.ListByOrganization(t.Context(), "o", clerk.ListOrganizationMembershipsParams{}) {
				last = err
			}
			if !errors.Is(last, memberships.ErrMalformed) || len(asked) != len(bodies) {
				t.Errorf("ended with %v after %d requests, want malformed after %d", last, len(asked), len(bodies))
			}
		})
	}
}

// An item present for the whole listing is yielded once, also if items are added or
// removed between two pages, or between the count and the items of one page.
func TestListDuringChanges(t *testing.T) {
	tests := map[string]struct {
		pages   []string
		ids     []string
		offsets []string
	}{
		"the total shrinks below the current offset": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[],"total_count":1}`,
			`{"data":[{"id":"b"}],"total_count":1}`,
		}, []string{"a", "b"}, []string{"", "1", ""}},
		"a member before the page left": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":4}`, `{"data":[{"id":"c"},{"id":"d"}],"total_count":3}`,
			`{"data":[{"id":"b"},{"id":"c"},{"id":"d"}],"total_count":3}`,
		}, []string{"a", "b", "c", "d"}, []string{"", "1", ""}},
		"pages of one": {[]string{
			`{"data":[{"id":"a"}],"total_count":3}`, `{"data":[{"id":"a"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":3}`,
			`{"data":[{"id":"b"}],"total_count":3}`, `{"data":[{"id":"c"}],"total_count":3}`,
		}, []string{"a", "b", "c"}, []string{"", "0", "1", "1", "2"}},
		"the last member left": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":2}`,
		}, []string{"a", "b"}, []string{"", "1"}},
		"the total is older than one addition": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":1}`,
			`{"data":[{"id":"b"}],"total_count":2}`,
		}, []string{"a", "b"}, []string{"", "1"}},
		"the total is older than two additions": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":1}`,
			`{"data":[{"id":"b"},{"id":"c"}],"total_count":3}`,
		}, []string{"a", "b", "c"}, []string{"", "1"}},
		"the total is older than one addition, short page": {[]string{
			`{"data":[{"id":"a"}],"total_count":0}`,
		}, []string{"a"}, []string{""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []url.Values
			c := serve(t, script(t, &asked, tt.pages...), option.WithPageSize(2))
			ids := id(func(o *clerk.Organization) string { return o.ID }, collect(t, c.Organizations.List(t.Context(), clerk.ListOrganizationsParams{})))
			var offsets []string
			for _, q := range asked {
				offsets = append(offsets, q.Get("offset"))
			}
			if diff := cmp.Diff(tt.ids, ids) + cmp.Diff(tt.offsets, offsets); diff != "" {
				t.Errorf("ids and offsets (-want +got):\n%s", diff)
			}
		})
	}
}

// A page token continues its own listing only, also in another process.
func TestListPageTokens(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("offset"))
		_, _ = w.Write([]byte(`{"data":[{"id":"a"}],"total_count":7}`))
	}
	c := serve(t, handler)
	ctx := t.Context()
	p := clerk.ListOrganizationMembershipsParams{}
	page, err := c.Memberships.ListByOrganizationPage(ctx, "o", p, "")
	if err != nil {
		t.Fatal(err)
	}
	if page.Next == "" || page.Total != memberships.TotalOf(7) || len(page.Items) != 1 {
		t.Fatalf("got %+v", page)
	}
	// Another page size does not make another listing.
	if _, err := serve(t, handler).Memberships.ListByOrganizationPage(ctx, "o", p, page.Next, option.WithPageSize(3)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "1"}, asked); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	asked = nil
	refused := map[string]error{}
	_, refused["another organization"] = c.Memberships.ListByOrganizationPage(ctx, "other", p, page.Next)
	_, refused["another order"] = c.Memberships.ListByOrganizationPage(ctx, "o", clerk.ListOrganizationMembershipsParams{OrderBy: new("username")}, page.Next)
	_, refused["another filter"] = c.Memberships.ListByOrganizationPage(ctx, "o", clerk.ListOrganizationMembershipsParams{UserID: []string{"u"}}, page.Next)
	_, refused["another operation"] = c.Memberships.ListPage(ctx, clerk.ListMembershipsParams{}, page.Next)
	_, refused["a user of that name"] = c.Memberships.ListByUserPage(ctx, "o", clerk.ListUserMembershipsParams{}, page.Next)
	_, refused["an offset"] = c.Memberships.ListByOrganizationPage(ctx, "o", p, "1")
	for name, err := range refused {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want invalid argument", name, err)
		}
	}
	if len(asked) != 0 {
		t.Errorf("%d requests were sent with invalid page tokens", len(asked))
	}
}
