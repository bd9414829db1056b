package clerk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// The list of users has no total, so only an empty page ends it, by id or by offset.
func TestUsersEndAtEmptyPage(t *testing.T) {
	byID := []string{`[{"id":"a"},{"id":"b"}]`, `[{"id":"c"}]`, `[]`}
	byOffset := []string{`[{"id":"a"},{"id":"b"}]`, `[{"id":"b"},{"id":"c"}]`, `[{"id":"c"}]`, `[]`}
	tests := map[string]struct {
		p     clerk.ListUsersParams
		pages []string
		want  []url.Values
	}{
		"oldest first, by the last id": {clerk.ListUsersParams{}, byID, []url.Values{
			{"order_by": {"+created_at"}, "limit": {"2"}},
			{"order_by": {"+created_at"}, "limit": {"2"}, "starting_after": {"b"}},
			{"order_by": {"+created_at"}, "limit": {"2"}, "starting_after": {"c"}},
		}},
		"newest first, by the last id": {clerk.ListUsersParams{OrderBy: new("-created_at")}, byID, []url.Values{
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
func TestUsersRepeatedPage(t *testing.T) {
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
func TestDeleteWithoutConfirmation(t *testing.T) {
	for _, body := range []string{`{"object":"user","id":"u"}`, `{"object":"user","id":"u","deleted":false}`, `{"deleted":true}`} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }, option.WithReadBack(time.Millisecond))
		user := c.Users.Delete(t.Context(), "u")
		organization := c.Organizations.Delete(t.Context(), "o")
		if !errors.Is(user, memberships.ErrMalformed) || !errors.Is(organization, memberships.ErrMalformed) {
			t.Errorf("%s: got %v and %v, want malformed", body, user, organization)
		}
	}
}
