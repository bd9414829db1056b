package googlechat_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func TestPaging(t *testing.T) {
	const a, b = `{"name":"spaces/s/members/1"}`, `{"name":"spaces/s/members/2"}`
	tests := []struct {
		name   string
		pages  []string
		want   string // last parts of the names
		kind   error
		tokens string // page tokens of the requests
	}{
		{"one page", []string{`{"memberships":[` + a + `,` + b + `]}`}, "1 2", nil, "-"},
		{"an empty space", []string{`{}`}, "", nil, "-"},
		{"an empty list", []string{`{"memberships":[]}`}, "", nil, "-"},
		{"an empty token is the end", []string{`{"memberships":[` + a + `],"nextPageToken":""}`}, "1", nil, "-"},
		{"a null token is the end", []string{`{"memberships":[` + a + `],"nextPageToken":null}`}, "1", nil, "-"},
		{"a short page is not the end", []string{`{"memberships":[` + a + `],"nextPageToken":"x"}`, `{"memberships":[` + b + `]}`}, "1 2", nil, "- x"},
		{"an empty page is not the end", []string{`{"nextPageToken":"x"}`, `{"memberships":[],"nextPageToken":"y"}`, `{"memberships":[` + b + `]}`}, "2", nil, "- x y"},
		{"the last page is empty", []string{`{"memberships":[` + a + `],"nextPageToken":"x"}`, `{}`}, "1", nil, "- x"},
		{"tokens are opaque", []string{`{"nextPageToken":"a+/=&?é"}`, `{}`}, "", nil, "- a+/=&?é"},
		{"unknown fields", []string{`{"memberships":[{"name":"spaces/s/members/1","mood":{"x":[1]}}],"news":1}`}, "1", nil, "-"},
		{"another object", []string{`{"news":1}`}, "", memberships.ErrMalformed, "-"},
		{"another list", []string{`{"spaces":[]}`}, "", memberships.ErrMalformed, "-"},
		{"a null list", []string{`{"memberships":null,"nextPageToken":"x"}`}, "", memberships.ErrMalformed, "-"},
		{"a null member", []string{`{"memberships":[null]}`}, "", memberships.ErrMalformed, "-"},
		{"a member without a name", []string{`{"memberships":[{"state":"JOINED"}]}`}, "", memberships.ErrMalformed, "-"},
		{"an error beside a list", []string{`{"memberships":[` + a + `],"error":{"code":500,"message":"x"}}`}, "", memberships.ErrMalformed, "-"},
		{"an error on page two", []string{`{"memberships":[` + a + `],"nextPageToken":"x"}`, `{"error":{"code":500,"message":"x"}}`}, "1", memberships.ErrMalformed, "- x"},
		{"a number as a token", []string{`{"nextPageToken":7}`}, "", memberships.ErrMalformed, "-"},
		{"a page with its own token as the next one", []string{`{"nextPageToken":"x"}`, `{"memberships":[` + a + `],"nextPageToken":"x"}`}, "", memberships.ErrMalformed, "- x"},
		{"a circle of pages", []string{`{"nextPageToken":"x"}`, `{"nextPageToken":"y"}`, `{"nextPageToken":"x"}`}, "", memberships.ErrMalformed, "- x y"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			c, w := withBodies(t, tc.pages...)
			filter := `role = "ROLE_MEMBER"`
			var got, tokens []string
			var err error
			for m, e := range c.Memberships.ListBySpace(t.Context(), "s", googlechat.ListMembershipsParams{Filter: &filter, ShowGroups: true}) {
				if err = e; e == nil {
					got = append(got, strings.TrimPrefix(m.Name, "spaces/s/members/"))
				}
			}
			for _, req := range w.seen {
				q := req.URL.Query()
				if q.Get("filter") != filter || q.Get("showGroups") != "true" || q.Get("pageSize") != "1000" {
					t.Errorf("unexpected query %v", q)
				}
				if !q.Has("pageToken") {
					q.Set("pageToken", "-")
				}
				tokens = append(tokens, q.Get("pageToken"))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("members (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tc.tokens, strings.Join(tokens, " ")); diff != "" {
				t.Errorf("tokens (-want +got)\n%s", diff)
			}
			if !errors.Is(err, tc.kind) || err == nil != (tc.kind == nil) {
				t.Errorf("got %v, want %v", err, tc.kind)
			}
		})
	}
}

// ListPage refuses a page with its own token as the next one, which would be an endless
// loop for a caller.
func TestListPageOfItself(t *testing.T) {
	c, _ := withBodies(t, `{"nextPageToken":"x"}`)
	first, err := c.Memberships.ListBySpacePage(t.Context(), "s", googlechat.ListMembershipsParams{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Memberships.ListBySpacePage(t.Context(), "s", googlechat.ListMembershipsParams{}, first.Next); !errors.Is(err, memberships.ErrMalformed) {
		t.Errorf("got %v, want malformed", err)
	}
}

func TestListPageTokens(t *testing.T) {
	c, w := withBodies(t, `{"memberships":[{"name":"spaces/s/members/1"}],"nextPageToken":"x"}`, `{}`)
	ctx := t.Context()
	type params = googlechat.ListMembershipsParams
	p := params{Filter: new(`role = "ROLE_MEMBER"`)}
	page, err := c.Memberships.ListBySpacePage(ctx, "s", p, "")
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]func() error{
		"another space": func() error { _, err := c.Memberships.ListBySpacePage(ctx, "t", p, page.Next); return err },
		"no filter":     func() error { _, err := c.Memberships.ListBySpacePage(ctx, "s", params{}, page.Next); return err },
		"more groups": func() error {
			_, err := c.Memberships.ListBySpacePage(ctx, "s", params{Filter: p.Filter, ShowGroups: true}, page.Next)
			return err
		},
		"spaces": func() error {
			_, err := c.Spaces.ListPage(ctx, googlechat.ListSpacesParams{Filter: p.Filter}, page.Next)
			return err
		},
		"a token of Google Chat": func() error { _, err := c.Memberships.ListBySpacePage(ctx, "s", p, "x"); return err },
		"a cut token":            func() error { _, err := c.Memberships.ListBySpacePage(ctx, "s", p, page.Next[:6]); return err },
	}
	for name, call := range refused {
		if err := call(); !errors.Is(err, memberships.ErrInvalidArgument) || len(w.seen) != 1 {
			t.Errorf("%s: got %v after %d requests, want invalid argument before a second one", name, err, len(w.seen))
		}
	}
	// A token is valid for the bare id and the name of a space, and for any page size.
	last, err := c.Memberships.ListBySpacePage(ctx, "spaces/s", p, page.Next, option.WithPageSize(5))
	if err != nil || last.Next != "" || len(last.Items) != 0 {
		t.Errorf("got %+v, %v, want an empty last page", last, err)
	}
	if q := w.seen[1].URL.Query(); q.Get("pageToken") != "x" || q.Get("pageSize") != "5" {
		t.Errorf("unexpected query %v", q)
	}
}

func TestPageSize(t *testing.T) {
	tests := []struct {
		name string
		opts []option.Option
		want string // "" for an error
	}{
		{"the maximum without an option", nil, "1000"},
		{"an option", []option.Option{option.WithPageSize(7)}, "7"},
		{"the last one wins", []option.Option{option.WithPageSize(7), option.WithPageSize(5)}, "5"},
		{"lowered", []option.Option{option.WithPageSize(5000)}, "1000"},
		{"a negative size", []option.Option{option.WithPageSize(-1)}, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			for name, list := range map[string]func(context.Context, *googlechat.Client) error{
				"memberships": func(ctx context.Context, c *googlechat.Client) error {
					return drain(c.Memberships.ListBySpace(ctx, "s", googlechat.ListMembershipsParams{}, tc.opts...))
				},
				"spaces": func(ctx context.Context, c *googlechat.Client) error {
					return drain(c.Spaces.List(ctx, googlechat.ListSpacesParams{}, tc.opts...))
				},
			} {
				c, w := withBodies(t, `{}`)
				err := list(t.Context(), c)
				switch {
				case tc.want == "":
					if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "WithPageSize") || len(w.seen) != 0 {
						t.Errorf("%s: got %v after %d requests, want an invalid WithPageSize before any", name, err, len(w.seen))
					}
				case err != nil:
					t.Errorf("%s: %v", name, err)
				case w.seen[0].URL.Query().Get("pageSize") != tc.want:
					t.Errorf("%s: query %v, want the size %s", name, w.seen[0].URL.Query(), tc.want)
				}
			}
		})
	}
}
