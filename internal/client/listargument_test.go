package client

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// An item of a list cannot make another path, nor two items of one.
func TestListArguments(t *testing.T) {
	for _, tc := range []struct {
		items []string
		path  string // "" for a refusal
	}{
		{[]string{"a"}, "/things/a/0"},
		{[]string{"a", "b c", "é?"}, "/things/a,b%20c,%C3%A9%3F/0"},
		{[]string{"a/b", "c"}, "/things/a%2Fb,c/0"},
		{[]string{"...", "x"}, "/things/...,x/0"},
		{nil, ""},
		{[]string{}, ""},
		{[]string{""}, ""},
		{[]string{"a", ""}, ""},
		{[]string{"."}, ""},
		{[]string{"a", ".."}, ""},
		{[]string{"a", "b,c"}, ""},
		{[]string{","}, ""},
		{[]string{"a\n"}, ""},
		{[]string{"a", "%2e%2e"}, ""},
		{[]string{"../x"}, ""},
		{[]string{strings.Repeat("a", 5<<10), strings.Repeat("b", 5<<10)}, ""},
	} {
		path := ""
		c := client(t, option.WithHTTPClient(&http.Client{Transport: rt(func(req *http.Request) (*http.Response, error) {
			path = req.URL.EscapedPath()
			return answers(200, `{"id":"x"}`), nil
		})}))
		e := withID("GET /things/{ids}/0", "")
		e.IDs = nil
		e.IDList("ids", tc.items)
		_, err := One(t.Context(), c, Call{Name: "Things.Get", Endpoint: e}, thingKey)
		if refused := errors.Is(err, memberships.ErrInvalidArgument); path != tc.path || refused != (tc.path == "") {
			t.Errorf("%q: sent %q, %v, want %q", tc.items, path, err, tc.path)
		}
	}
}
