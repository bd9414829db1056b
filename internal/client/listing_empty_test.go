package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// sparse is a provider with one member on every each-th page and opaque cursors.
type sparse struct{ pages, each, asked int }

func (s *sparse) RoundTrip(req *http.Request) (*http.Response, error) {
	s.asked++
	n, _ := strconv.Atoi(req.URL.Query().Get("after"))
	p := sparsePage{Data: []groupMember{}}
	if s.each > 0 && n%s.each == 0 {
		p.Data = append(p.Data, groupMember{fmt.Sprint("m", n)})
	}
	if n++; n < s.pages {
		p.Next = strconv.Itoa(n)
	}
	b, err := json.Marshal(p)
	return answers(200, string(b)), err
}

type sparsePage struct {
	Data []groupMember `json:"data"`
	Next string        `json:"next"`
}

// A listing accepts a hundred successive empty pages, and fails at one more.
func TestEmptyPages(t *testing.T) {
	const most = memberships.MaxEmptyPages
	tests := []struct {
		name          string
		pages, each   int
		members, asks int
		err           error
	}{
		{"as many as may be", most + 2, most + 1, 2, most + 2, nil},
		{"one more", most + 4, most + 2, 1, most + 2, memberships.ErrMalformed},
		{"many, but not in a row", 5 * most, most, 5, 5 * most, nil},
		{"the last one is empty too", most + 1, 0, 0, most + 1, nil},
		{"for ever", 1 << 40, 0, 0, most + 1, memberships.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &sparse{pages: tt.pages, each: tt.each}
			v := &API{Name: "test", Origin: "https://h.example", ErrorDetails: func(*transport.Response) ErrorDetails { return ErrorDetails{} }}
			c, err := New(v, []option.Option{option.WithToken("t"), option.WithHTTPClient(&http.Client{Transport: s})})
			if err != nil {
				t.Fatal(err)
			}
			run := List(c, Listing[sparsePage, groupMember]{
				Call:        Call{Name: "Members.List", Endpoint: endpoint.New("GET /members")},
				CursorParam: "after", SizeParam: "limit", MaxSize: 10,
				Items: func(p *sparsePage) []groupMember { return p.Data },
				Key:   func(m *groupMember) string { return m.ID },
				Next:  func(p PageInfo[sparsePage]) (string, error) { return p.Page.Next, nil },
			})
			got, failure := 0, error(nil)
			for _, err := range run.All(t.Context()) {
				if failure = err; err == nil {
					got++
				}
			}
			if got != tt.members || s.asked != tt.asks || !errors.Is(failure, tt.err) {
				t.Errorf("got %d members from %d pages and %v, want %d from %d and %v", got, s.asked, failure, tt.members, tt.asks, tt.err)
			}
		})
	}
}
