package client

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// No query holds a parameter longer than any id, address or cursor.
func TestLongParameters(t *testing.T) {
	long, most := strings.Repeat("x", transport.MaxID+1), strings.Repeat("x", transport.MaxID)
	for _, tt := range []struct {
		name, value string
		sent        int
	}{{"email", long, 0}, {"email", most, 1}, {"pageToken", long, 0}, {"filter", long, 1}} {
		sent := 0
		c := client(t, option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			sent++
			return answers(200, `{"id":"x"}`), nil
		})}))
		find := endpoint.New("GET /things")
		find.Query(tt.name, tt.value)
		_, err := One(t.Context(), c, Call{Name: "Things.Find", Endpoint: find}, func(v *thing) string { return v.ID })
		if sent != tt.sent || errors.Is(err, memberships.ErrInvalidArgument) != (tt.sent == 0) {
			t.Errorf("%s of %d bytes: %d requests and %v", tt.name, len(tt.value), sent, err)
		}
	}
}

// A page with a next cursor too long for a token is an error, and any other cursor makes a
// valid token.
func TestLongCursors(t *testing.T) {
	for n, want := range map[int]error{paging.MaxCursor: nil, paging.MaxCursor + 1: memberships.ErrMalformed} {
		g := &group{members: []string{"a"}}
		c, l := g.listing(t, 1)
		l.Positions = nil
		l.Next = func(p PageInfo[groupPage]) (string, error) {
			return strings.Repeat("c", n-len(p.Cursor)%2), nil
		}
		run := List(c, l)
		page, err := run.Page(t.Context(), "")
		if !errors.Is(err, want) {
			t.Fatalf("a cursor of %d bytes: got %v, want %v", n, err, want)
		}
		if want != nil {
			continue
		}
		if twice := len(page.Next)*4/3 + 20; twice > transport.MaxID {
			t.Errorf("a token of %d bytes is too long for another one", len(page.Next))
		}
		if _, err := run.Page(t.Context(), page.Next); err != nil {
			t.Errorf("the token of a cursor of %d bytes: %v", n, err)
		}
	}
	if _, err := (&group{}).list(t, 1).Page(t.Context(), "1"+strings.Repeat("A", transport.MaxID)); !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "longer than 8192 bytes") {
		t.Errorf("a token that is too long: %v", err)
	}
}
