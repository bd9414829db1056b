package clerk_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
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
