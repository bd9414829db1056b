package clerk_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

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

// Find fails with memberships.ErrMalformed for a response that ignores the filter and for
// an incomplete page.
func TestMembershipsFindMalformed(t *testing.T) {
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
