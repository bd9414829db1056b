package clerk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// serve returns a client of a server with handler. The server has a base path, so a URL
// without it fails. The client makes one attempt.
func serve(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *clerk.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/proxy/", http.StripPrefix("/proxy", handler))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	opts = append([]option.Option{option.WithBaseURL(srv.URL + "/proxy/v1"), option.WithToken("secret"), option.WithAttempts(1)}, opts...)
	c, err := clerk.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// script returns a handler that sends the bodies in order and records the queries.
func script(t *testing.T, asked *[]url.Values, bodies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Query())
		if len(*asked) > len(bodies) {
			t.Errorf("request %d: %s", len(*asked), r.URL)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		_, _ = w.Write([]byte(bodies[len(*asked)-1]))
	}
}

func id[T any](get func(*T) string, all []*T) []string {
	ids := []string{}
	for _, v := range all {
		ids = append(ids, get(v))
	}
	return ids
}

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

func TestListBegins(t *testing.T) {
	tests := map[string]struct {
		list func(c *clerk.Client) error
		want url.Values
	}{
		"the largest page": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{}))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"no larger page": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{}, option.WithPageSize(501)))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"no larger page of organizations": {func(c *clerk.Client) error {
			return drain(c.Organizations.List(t.Context(), clerk.ListOrganizationsParams{}, option.WithPageSize(1000)))
		}, url.Values{"limit": {"500"}, "order_by": {"+created_at"}}},
		"the caller's order and size": {func(c *clerk.Client) error {
			return drain(c.Memberships.List(t.Context(), clerk.ListMembershipsParams{OrderBy: new("-username")}, option.WithPageSize(7)))
		}, url.Values{"limit": {"7"}, "order_by": {"-username"}}},
		"a user's have no order": {func(c *clerk.Client) error {
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
		"no total":                {`{"data":[{"id":"a"}]}`},
		"no total and nobody":     {`{"data":[]}`},
		"null for a total":        {`{"data":[{"id":"a"}],"total_count":null}`},
		"no list":                 {`{"total_count":0}`},
		"null for a list":         {`{"data":null,"total_count":0}`},
		"an array":                {`[{"id":"a"}]`},
		"empty before the total":  {`{"data":[{"id":"a"}],"total_count":3}`, `{"data":[],"total_count":3}`},
		"nobody new":              {`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":3}`, `{"data":[],"total_count":3}`},
		"an item that is not one": {`{"data":[{"id":"a"},{}],"total_count":2}`},
		"an error for a page":     {`{"data":[{"id":"a"}],"total_count":2}`, `{"errors":[{"code":"bad_request"}]}`},
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
func TestListThatMoves(t *testing.T) {
	tests := map[string]struct {
		pages   []string
		ids     []string
		offsets []string
	}{
		"got shorter than where the listing is": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[],"total_count":1}`,
			`{"data":[{"id":"b"}],"total_count":1}`,
		}, []string{"a", "b"}, []string{"", "1", ""}},
		"somebody before the page left": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":4}`, `{"data":[{"id":"c"},{"id":"d"}],"total_count":3}`,
			`{"data":[{"id":"b"},{"id":"c"},{"id":"d"}],"total_count":3}`,
		}, []string{"a", "b", "c", "d"}, []string{"", "1", ""}},
		"one at a time": {[]string{
			`{"data":[{"id":"a"}],"total_count":3}`, `{"data":[{"id":"a"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":3}`,
			`{"data":[{"id":"b"}],"total_count":3}`, `{"data":[{"id":"c"}],"total_count":3}`,
		}, []string{"a", "b", "c"}, []string{"", "0", "1", "1", "2"}},
		"the last one left": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`, `{"data":[{"id":"b"}],"total_count":2}`,
		}, []string{"a", "b"}, []string{"", "1"}},
		"counted before somebody came": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":1}`,
			`{"data":[{"id":"b"}],"total_count":2}`,
		}, []string{"a", "b"}, []string{"", "1"}},
		"counted before two came": {[]string{
			`{"data":[{"id":"a"},{"id":"b"}],"total_count":1}`,
			`{"data":[{"id":"b"},{"id":"c"}],"total_count":3}`,
		}, []string{"a", "b", "c"}, []string{"", "1"}},
		"counted before somebody came, not full": {[]string{
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

// The list of users has no total, so only an empty page ends it, by id or by offset.
func TestUsersEndAtAnEmptyPage(t *testing.T) {
	byID := []string{`[{"id":"a"},{"id":"b"}]`, `[{"id":"c"}]`, `[]`}
	byOffset := []string{`[{"id":"a"},{"id":"b"}]`, `[{"id":"b"},{"id":"c"}]`, `[{"id":"c"}]`, `[]`}
	tests := map[string]struct {
		p     clerk.ListUsersParams
		pages []string
		want  []url.Values
	}{
		"after the last": {clerk.ListUsersParams{}, byID, []url.Values{
			{"order_by": {"+created_at"}, "limit": {"2"}},
			{"order_by": {"+created_at"}, "limit": {"2"}, "starting_after": {"b"}},
			{"order_by": {"+created_at"}, "limit": {"2"}, "starting_after": {"c"}},
		}},
		"the newest first": {clerk.ListUsersParams{OrderBy: new("-created_at")}, byID, []url.Values{
			{"order_by": {"-created_at"}, "limit": {"2"}},
			{"order_by": {"-created_at"}, "limit": {"2"}, "starting_after": {"b"}},
			{"order_by": {"-created_at"}, "limit": {"2"}, "starting_after": {"c"}},
		}},
		"another order": {clerk.ListUsersParams{OrderBy: new("username")}, byOffset, []url.Values{
			{"order_by": {"username"}, "limit": {"2"}},
			{"order_by": {"username"}, "limit": {"3"}, "offset": {"1"}},
			{"order_by": {"username"}, "limit": {"3"}, "offset": {"2"}},
			{"order_by": {"username"}, "limit": {"2"}, "offset": {"3"}},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []url.Values
			c := serve(t, script(t, &asked, tt.pages...), option.WithPageSize(2))
			ids := id(func(u *clerk.User) string { return u.ID }, collect(t, c.Users.List(t.Context(), tt.p)))
			if diff := cmp.Diff([]string{"a", "b", "c"}, ids); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// A list with the same users on every page is malformed.
func TestUsersThatComeBack(t *testing.T) {
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests > 5 {
			t.Error("the listing does not end")
		}
		_, _ = w.Write([]byte(`[{"id":"a"}]`))
	})
	if err := drain(c.Users.List(t.Context(), clerk.ListUsersParams{})); !errors.Is(err, memberships.ErrMalformed) {
		t.Errorf("ended with %v, want malformed", err)
	}
}

// A page token of the listing by id does not continue the listing by offset, or vice
// versa.
func TestUsersPageTokens(t *testing.T) {
	var asked []url.Values
	c := serve(t, script(t, &asked, `[{"id":"a"}]`, `[{"id":"b"}]`))
	ctx := t.Context()
	byID, byOffset := clerk.ListUsersParams{}, clerk.ListUsersParams{OrderBy: new("username")}
	one, err := c.Users.ListPage(ctx, byID, "")
	two, err2 := c.Users.ListPage(ctx, byOffset, "")
	if err != nil || err2 != nil || one.Next == "" || two.Next == "" || one.Total != (memberships.Total{}) {
		t.Fatalf("got %+v, %v and %+v, %v", one, err, two, err2)
	}
	_, err = c.Users.ListPage(ctx, byOffset, one.Next)
	_, err2 = c.Users.ListPage(ctx, byID, two.Next)
	if !errors.Is(err, memberships.ErrInvalidArgument) || !errors.Is(err2, memberships.ErrInvalidArgument) || len(asked) != 2 {
		t.Errorf("got %v and %v after %d requests, want invalid argument after 2", err, err2, len(asked))
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
		t.Errorf("%d requests were sent with tokens that do not fit", len(asked))
	}
}

// Every parameter of the operation reaches Clerk unchanged.
func TestListOrganizationParams(t *testing.T) {
	p := clerk.ListOrganizationMembershipsParams{
		OrderBy:            new("+first_name"),
		UserID:             []string{"+user_1", "-user_2"},
		EmailAddress:       []string{"a+b@example.com", "c,d@example.com"},
		PhoneNumber:        []string{"+15551234567"},
		Username:           []string{"a&b", "c=d"},
		Web3Wallet:         []string{"0x0", "0x1"},
		Role:               []string{"org:admin", "org:member"},
		Query:              new("a b"),
		EmailAddressQuery:  new("@example"),
		PhoneNumberQuery:   new("555"),
		UsernameQuery:      new("ü"),
		NameQuery:          new("o'neil"),
		LastActiveAtBefore: 1730333164378,
		LastActiveAtAfter:  1,
		CreatedAtBefore:    1730333164379,
		CreatedAtAfter:     int64(-1),
	}
	want := url.Values{
		"order_by": {"+first_name"}, "user_id": {"+user_1", "-user_2"}, "email_address": {"a+b@example.com", "c,d@example.com"},
		"phone_number": {"+15551234567"}, "username": {"a&b", "c=d"}, "web3_wallet": {"0x0", "0x1"},
		"role": {"org:admin", "org:member"}, "query": {"a b"}, "email_address_query": {"@example"},
		"phone_number_query": {"555"}, "username_query": {"ü"}, "name_query": {"o'neil"},
		"last_active_at_before": {"1730333164378"}, "last_active_at_after": {"1"},
		"created_at_before": {"1730333164379"}, "created_at_after": {"-1"}, "limit": {"500"},
	}
	var asked []url.Values
	c := serve(t, script(t, &asked, `{"data":[],"total_count":0}`))
	if err := drain(c.Memberships.ListByOrganization(t.Context(), "o", p)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]url.Values{want}, asked); diff != "" || len(want) != 17 {
		t.Errorf("%d parameters (-want +got):\n%s", len(want), diff)
	}
}

// An invalid argument fails with its name before a request.
func TestBadArguments(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	ctx := t.Context()
	object, list := json.RawMessage(`{}`), json.RawMessage(`[1]`)
	listed := func(p clerk.ListOrganizationMembershipsParams) error {
		return drain(c.Memberships.ListByOrganization(ctx, "o", p))
	}
	create := func(r clerk.CreateMembershipRequest) error {
		_, err := c.Memberships.Create(ctx, "o", r)
		return err
	}
	metadata := func(r clerk.UpdateMembershipMetadataRequest) error {
		_, err := c.Memberships.UpdateMetadata(ctx, "o", "u", r)
		return err
	}
	find := func(userID string) error {
		_, err := c.Memberships.Find(ctx, "o", userID)
		return err
	}
	_, update := c.Memberships.Update(ctx, "o", "u", clerk.UpdateMembershipRequest{})
	_, organization := c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{})
	_, organizationMetadata := c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{Name: "x", PublicMetadata: list})
	_, user := c.Users.Create(ctx, clerk.CreateUserRequest{UnsafeMetadata: list})
	_, count := c.Users.Count(ctx, clerk.CountUsersParams{ExternalID: []string{}})
	_, mail := c.Users.FindByEmail(ctx, "")
	tests := []struct {
		name string
		err  error
	}{
		{"UserID", listed(clerk.ListOrganizationMembershipsParams{UserID: []string{}})}, // would list all members
		{"Role", listed(clerk.ListOrganizationMembershipsParams{Role: []string{}})},
		{"user_id", listed(clerk.ListOrganizationMembershipsParams{UserID: []string{""}})},
		{"name_query", listed(clerk.ListOrganizationMembershipsParams{NameQuery: new("")})},
		{"query", listed(clerk.ListOrganizationMembershipsParams{Query: new("a\nb")})},
		{"EmailAddress", drain(c.Users.List(ctx, clerk.ListUsersParams{EmailAddress: []string{}}))},
		{"OrganizationID", drain(c.Organizations.List(ctx, clerk.ListOrganizationsParams{OrganizationID: []string{}}))},
		{"ExternalID", count},
		{"email_address", mail},
		{"UserID", create(clerk.CreateMembershipRequest{Role: clerk.RoleMember})},
		{"Role", create(clerk.CreateMembershipRequest{UserID: "u"})},
		{"PublicMetadata", create(clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember, PublicMetadata: json.RawMessage("null")})},
		{"PrivateMetadata", create(clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember, PublicMetadata: object, PrivateMetadata: json.RawMessage(" ")})},
		{"Role", update},
		{"PublicMetadata", metadata(clerk.UpdateMembershipMetadataRequest{})},
		{"PublicMetadata", metadata(clerk.UpdateMembershipMetadataRequest{PublicMetadata: json.RawMessage(`{`)})},
		{"PrivateMetadata", metadata(clerk.UpdateMembershipMetadataRequest{PrivateMetadata: list})},
		{"userID", find("")},
		{"userID", find("..")},
		{"userID", find("a\nb")},
		{"userID", find("-user_1")}, // would find another member
		{"userID", find("+user_1")},
		{"Name", organization},
		{"PublicMetadata", organizationMetadata},
		{"UnsafeMetadata", user},
	}
	for i, tt := range tests {
		if !errors.Is(tt.err, memberships.ErrInvalidArgument) || !strings.Contains(tt.err.Error(), tt.name) {
			t.Errorf("%d: got %v, want invalid argument that names %s", i, tt.err, tt.name)
		}
	}
}

// Every request has a version of the API. That of a call overrides that of the client.
func TestAPIVersion(t *testing.T) {
	var got []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, strings.Join(r.Header.Values("Clerk-API-Version"), "+"))
		_, _ = w.Write([]byte(`{"id":"o"}`))
	}
	byDefault := serve(t, handler)
	older := serve(t, handler, clerk.WithAPIVersion("2025-11-10"))
	byHeader := serve(t, handler, option.WithHeader("clerk-api-version", "2024-10-01"))
	get := func(c *clerk.Client, opts ...option.Option) {
		if _, err := c.Organizations.Get(t.Context(), "o", clerk.GetOrganizationParams{}, opts...); err != nil {
			t.Error(err)
		}
	}
	get(byDefault)
	get(older)
	get(byHeader)
	get(older, clerk.WithAPIVersion("2021-02-05"))
	get(byHeader, option.WithHeader("X-Other", "x"))
	get(byDefault)
	want := []string{"2026-05-12", "2025-11-10", "2024-10-01", "2021-02-05", "2024-10-01", "2026-05-12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	for _, v := range []string{"", "latest", "2026-5-12", "2026-13-01", "2026-05-12\n"} {
		if _, err := clerk.New(clerk.WithAPIVersion(v)); !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "WithAPIVersion") {
			t.Errorf("%q: got %v, want invalid argument that names WithAPIVersion", v, err)
		}
	}
}

// An old payload without the newer fields decodes, and null decodes as absent.
func TestLegacyMembership(t *testing.T) {
	body, err := os.ReadFile("testdata/membership.legacy.json")
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	m, err := wrappertest.Deleted[clerk.Membership](func(opts ...option.Option) error {
		return c.Memberships.Delete(t.Context(), "org_old", "user_old", opts...)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &clerk.Membership{
		ID: "orgmem_old", Object: "organization_membership", Role: "basic_member",
		Organization: clerk.Organization{
			ID: "org_old", Object: "organization", Name: "Old Mill", Slug: "old-mill",
			PublicMetadata: json.RawMessage(`{}`), PrivateMetadata: json.RawMessage(`{}`),
			CreatedAt: 1638000669544, UpdatedAt: 1638000669544,
		},
		PublicUserData: clerk.PublicUserData{
			UserID: "user_old", Identifier: "miller@example.com", FirstName: "Mia", ProfileImageURL: "https://img.example.com/mia.png",
		},
		CreatedAt: 1638000669544, UpdatedAt: 1638000669600,
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("membership (-want +got):\n%s", diff)
	}
}

// A user with an unknown verification strategy decodes, and large numbers in metadata stay
// exact.
func TestUser(t *testing.T) {
	body, err := os.ReadFile("testdata/user.json")
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	u, err := c.Users.Get(t.Context(), "user_full")
	if err != nil {
		t.Fatal(err)
	}
	if u.FirstName != "Noor" || u.LastName != "" || u.LastSignInAt != 0 || len(u.EmailAddresses) != 2 || u.EmailAddresses[0].ID != u.PrimaryEmailAddressID {
		t.Errorf("got %+v", u)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, u.EmailAddresses[0].Verification); err != nil {
		t.Fatal(err)
	}
	want := `{"status":"verified","strategy":"from_telepathy","attempts":9007199254740993,"brand_new":{}}`
	if compact.String() != want || string(u.PublicMetadata) != `{"big": 9007199254740993}` {
		t.Errorf("got %s and %s", &compact, u.PublicMetadata)
	}
}

// A deletion without a confirmation in the response is malformed.
func TestDeleteThatDidNothing(t *testing.T) {
	for _, body := range []string{`{"object":"user","id":"u"}`, `{"object":"user","id":"u","deleted":false}`, `{"deleted":true}`} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		user := c.Users.Delete(t.Context(), "u")
		organization := c.Organizations.Delete(t.Context(), "o")
		if !errors.Is(user, memberships.ErrMalformed) || !errors.Is(organization, memberships.ErrMalformed) {
			t.Errorf("%s: got %v and %v, want malformed", body, user, organization)
		}
	}
}

// Find fails with memberships.ErrMalformed for a response that ignores the filter and for
// an incomplete page.
func TestFindTrustsNoStranger(t *testing.T) {
	for _, body := range []string{
		`{"data":[{"id":"m","public_user_data":{"user_id":"other"}}],"total_count":9}`,
		`{"data":[{"id":"m"}],"total_count":1}`,
		`{"data":[]}`,
		`{"data":[],"total_count":1}`,
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cf-Ray", "ray")
			_, _ = w.Write([]byte(body))
		})
		_, err := c.Memberships.Find(t.Context(), "o", "u")
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind != memberships.ErrMalformed || e.StatusCode != 200 || e.RequestID != "ray" || e.Op != "Memberships.Find" {
			t.Errorf("%s: got %v, want malformed with status and request id", body, err)
		}
	}
}

func TestErrorBodies(t *testing.T) {
	both := http.Header{"Clerk-Trace-Id": {"header"}, "Cf-Ray": {"ray"}}
	tests := []struct {
		name, body           string
		header               http.Header
		code, message, reqID string
	}{
		{"full", `{"errors":[{"code":"c","message":"short","long_message":"long"}],"clerk_trace_id":"body"}`, both, "c", "long", "body"},
		{"trace id in the header", `{"errors":[{"code":"c","message":"short"}]}`, both, "c", "short", "header"},
		{"the gateway's id", `{"errors":[{"code":"c","message":"short"}]}`, http.Header{"Cf-Ray": {"ray"}}, "c", "short", "ray"},
		{"code alone", `{"errors":[{"code":"c"}],"clerk_trace_id":"body"}`, nil, "c", "", "body"},
		{"parameter", `{"errors":[{"code":"c","message":"is missing","meta":{"param_name":"role"}}]}`, nil, "c", "role: is missing", ""},
		{"parameter that is named already", `{"errors":[{"code":"c","long_message":"role must be there","meta":{"param_name":"role"}}]}`, nil, "c", "role must be there", ""},
		{"meta that says nothing", `{"errors":[{"code":"c","message":"is invalid","meta":{}}]}`, nil, "c", "is invalid", ""},
		{"meta of another type", `{"errors":[{"code":"c","message":"is invalid","meta":[1]}]}`, nil, "c", "is invalid", ""},
		{"several", `{"errors":[{"code":"one","message":"first"},{"code":"two","long_message":"second","meta":{"param_name":"p"}},{"code":"three"}]}`, nil, "one", "first; p: second", ""},
		{"one that is not one", `{"errors":[7,{"code":"two","message":"second"}],"clerk_trace_id":"body"}`, nil, "two", "second", "body"},
		{"errors of another type", `{"errors":"no","clerk_trace_id":"body"}`, nil, "", "", "body"},
		{"code of another type", `{"errors":[{"code":4,"message":"short"}]}`, nil, "", "short", ""},
		{"line breaks", `{"errors":[{"code":"c","message":"one\ntwo\u2028three"}]}`, nil, "c", "one two three", ""},
		{"no errors", `{"errors":[]}`, both, "", "", "header"},
		{"empty", ``, both, "", "", "header"},
		{"html", `<html>Bad gateway</html>`, both, "", "", "header"},
		{"array", `[1]`, both, "", "", "header"},
		{"cut", `{"errors":[{"code":"c"`, both, "", "", "header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header()[k] = v
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := c.Memberships.Create(t.Context(), "o", clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			got := []string{e.Code, e.Message, e.RequestID}
			if diff := cmp.Diff([]string{tt.code, tt.message, tt.reqID}, got); diff != "" || e.Kind != memberships.ErrInvalidArgument {
				t.Errorf("kind %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}

// The table has every code of Clerk's catalogue about organizations, requests and keys.
// Its last rows have a status other than that of the catalogue, or a new code.
func TestErrorKinds(t *testing.T) {
	tests := []struct {
		status      int
		code, param string
		kind        error
	}{
		{400, "already_a_member_in_organization", "", memberships.ErrAlreadyExists},
		{400, "api_version_invalid", "", memberships.ErrInvalidArgument},
		{400, "bad_request", "", memberships.ErrInvalidArgument},
		{400, "bulk_size_exceeded", "", memberships.ErrInvalidArgument},
		{400, "duplicate_record", "", memberships.ErrAlreadyExists},
		{400, "form_param_missing", "", memberships.ErrInvalidArgument},
		{400, "infinite_redirect_loop", "", memberships.ErrInvalidArgument},
		{400, "malformed_publishable_key", "", memberships.ErrInvalidArgument},
		{400, "malformed_request_parameters", "", memberships.ErrInvalidArgument},
		{400, "missing_query_parameter", "", memberships.ErrInvalidArgument},
		{400, "organization_creator_not_found", "", memberships.ErrNotFound},
		{400, "organization_invitation_already_accepted", "", memberships.ErrConflict},
		{400, "organization_invitation_not_unique", "", memberships.ErrAlreadyExists},
		{400, "organization_invitation_revoked_code", "", memberships.ErrConflict},
		{400, "organization_member_limit_managed_by_billing", "", memberships.ErrConflict},
		{400, "organization_minimum_permissions_needed", "", memberships.ErrConflict},
		{400, "organizations_disable_not_allowed", "", memberships.ErrConflict},
		{400, "request_body_invalid", "", memberships.ErrInvalidArgument},
		{401, "authentication_invalid", "", memberships.ErrUnauthenticated},
		{401, "authorization_header_format_invalid", "", memberships.ErrUnauthenticated},
		{401, "clerk_key_invalid", "", memberships.ErrUnauthenticated},
		{402, "payment_required", "", memberships.ErrPermissionDenied},
		{403, "authorization_invalid", "", memberships.ErrPermissionDenied},
		{403, "missing_organization_permission", "", memberships.ErrPermissionDenied},
		{403, "not_a_member_in_organization", "", memberships.ErrPermissionDenied},
		{403, "org_creation_limit_exceeded", "", memberships.ErrConflict},
		{403, "organization_domain_enrollment_mode_not_enabled", "", memberships.ErrPermissionDenied},
		{403, "organization_domain_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_domains_not_enabled", "", memberships.ErrPermissionDenied},
		{403, "organization_instance_role_sets_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_instance_roles_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_membership_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_membership_quota_exceeded_for_sso", "", memberships.ErrConflict},
		{403, "organization_not_enabled_in_instance", "", memberships.ErrPermissionDenied},
		{403, "organization_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_slugs_disabled", "", memberships.ErrPermissionDenied},
		{403, "organization_system_permission_not_modifiable", "", memberships.ErrPermissionDenied},
		{403, "organizations_cannot_be_enabled", "", memberships.ErrPermissionDenied},
		{403, "quota_exceeded", "", memberships.ErrConflict},
		{404, "organization_invitation_not_pending", "", memberships.ErrConflict},
		{404, "organization_not_found_or_unauthorized", "", memberships.ErrNotFound},
		{404, "organization_role_permission_association_not_found", "", memberships.ErrNotFound},
		{404, "resource_not_found", "", memberships.ErrNotFound},
		{404, "resource_not_found", "role", memberships.ErrInvalidArgument},
		{409, "conflict", "", memberships.ErrConflict},
		{409, "organization_membership_managed_by_scim", "", memberships.ErrPermissionDenied},
		{409, "organization_role_permission_association_exists", "", memberships.ErrAlreadyExists},
		{409, "resource_locked", "", memberships.ErrUnavailable},
		{409, "role_migration_in_progress", "", memberships.ErrUnavailable},
		{410, "operation_deprecated", "", memberships.ErrUnsupported},
		{413, "request_body_too_large", "", memberships.ErrInvalidArgument},
		{415, "unsupported_content_type", "", memberships.ErrInvalidArgument},
		{422, "exclusive_organization_membership", "", memberships.ErrConflict},
		{422, "exclusive_organization_membership_existing_members", "", memberships.ErrConflict},
		{422, "exclusive_organization_membership_for_sso", "", memberships.ErrConflict},
		{422, "force_organization_selection_not_allowed_when_organizations_disabled", "", memberships.ErrConflict},
		{422, "form_identifier_exists", "email_address", memberships.ErrAlreadyExists},
		{422, "form_param_array_size_exceeded", "user_id", memberships.ErrInvalidArgument},
		{422, "form_param_duplicate", "", memberships.ErrInvalidArgument},
		{422, "form_param_exceeds_allowed_size", "public_metadata", memberships.ErrInvalidArgument},
		{422, "form_param_format_invalid", "", memberships.ErrInvalidArgument},
		{422, "form_param_missing", "role", memberships.ErrInvalidArgument},
		{422, "form_param_nil", "role", memberships.ErrInvalidArgument},
		{422, "form_param_type_invalid", "", memberships.ErrInvalidArgument},
		{422, "form_param_unknown", "colour", memberships.ErrInvalidArgument},
		{422, "form_param_value_invalid", "role", memberships.ErrInvalidArgument},
		{422, "organization_already_has_sso_connection", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_already_exists", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_already_exists_same_organization", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_blocked", "", memberships.ErrInvalidArgument},
		{422, "organization_domain_common", "", memberships.ErrInvalidArgument},
		{422, "organization_domain_exists_for_enrollment", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_exists_for_enterprise_connection", "", memberships.ErrAlreadyExists},
		{422, "organization_missing_creator_role_permissions", "", memberships.ErrConflict},
		{422, "organization_role_assigned_members", "", memberships.ErrConflict},
		{422, "organization_role_default_creator_role", "", memberships.ErrConflict},
		{422, "organization_role_domain_default_role", "", memberships.ErrConflict},
		{422, "organization_role_exists_in_invitations", "", memberships.ErrConflict},
		{422, "organization_role_on_set_assigned_to_user", "", memberships.ErrConflict},
		{422, "organization_role_set_reassignment_contact_support", "", memberships.ErrConflict},
		{422, "organization_role_set_reassignment_mappings_invalid", "", memberships.ErrInvalidArgument},
		{422, "organization_role_set_reassignment_mappings_missing", "", memberships.ErrInvalidArgument},
		{422, "personal_accounts_not_allowed", "", memberships.ErrConflict},
		{429, "too_many_requests", "", memberships.ErrRateLimited},
		{500, "internal_clerk_error", "", memberships.ErrUnavailable},
		{503, "service_unavailable", "", memberships.ErrUnavailable},
		{504, "gateway_timeout", "", memberships.ErrUnavailable},
		{402, "organization_membership_quota_exceeded", "", memberships.ErrConflict},
		{422, "quota_exceeded", "", memberships.ErrConflict},
		{403, "user_quota_exceeded", "", memberships.ErrConflict},
		{400, "exclusive_organization_membership_existing_members_for_sso", "", memberships.ErrConflict},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.code, " ", tt.param), func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "9")
				w.WriteHeader(tt.status)
				fmt.Fprintf(w, `{"errors":[{"code":%q,"message":"no","meta":{"param_name":%q}}]}`, tt.code, tt.param)
			})
			_, err := c.Memberships.Update(t.Context(), "o", "u", clerk.UpdateMembershipRequest{Role: "r"})
			var e *memberships.Error
			if !errors.As(err, &e) || !errors.Is(e, tt.kind) || (e.Kind == memberships.ErrOutcomeUnknown) != (tt.status >= 500) ||
				e.Kind != tt.kind && e.Kind != memberships.ErrOutcomeUnknown || e.StatusCode != tt.status || e.Code != tt.code || e.RetryAfter != 9*time.Second {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
		})
	}
}
