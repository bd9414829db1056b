package box_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

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
		{"one page with a total", pages{`{"limit":1,"total_count":1,"entries":[{"id":"a"}]}`}, []string{"a"}, nil},
		{"repeated marker", pages{`{"limit":1,"next_marker":"m1","entries":[{"id":"a"}]}`, `{"limit":1,"next_marker":"m1","entries":[{"id":"b"}]}`}, []string{"a", "b"}, memberships.ErrMalformed},
		{"pages by offset instead of by marker", pages{`{"limit":1,"offset":0,"total_count":2,"entries":[{"id":"a"}]}`}, nil, memberships.ErrMalformed},
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

func TestUsersByEmail(t *testing.T) {
	tests := []struct {
		name, entries, id string
		kind              error
	}{
		{"one", `{"id":"1","login":"ada@example.com"}`, "1", nil},
		{"in another case", `{"id":"1","login":"Ada@Example.COM"}`, "1", nil},
		{"prefix of other logins", `{"id":"1","login":"ada@example.com.au"},{"id":"2","login":"ada@example.com"},{"id":"3","name":"ada@example.com","login":"x@example.com"}`, "2", nil},
		{"the same user twice", `{"id":"1","login":"ada@example.com"},{"id":"1","login":"ada@example.com"}`, "1", nil},
		{"two", `{"id":"1","login":"ada@example.com"},{"id":"2","login":"ADA@example.com"}`, "", memberships.ErrAmbiguous},
		{"other users only", `{"id":"1","login":"ada@example.com.au"}`, "", memberships.ErrNotFound},
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
