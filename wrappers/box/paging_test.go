package box_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// A listing by offset advances by the page's own limit and ends at the total or with an
// error. Each page begins with the last item of the one before, unless that one omits
// entries.
func TestListByOffset(t *testing.T) {
	type pages = []string
	tests := []struct {
		name    string
		pages   pages
		offsets []string // of the requests
		ids     []string
		kind    error
	}{
		{"limit lowered by Box", pages{
			`{"total_count":5,"limit":2,"offset":0,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":5,"limit":3,"offset":1,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
			`{"total_count":5,"limit":3,"offset":3,"entries":[{"id":"d"},{"id":"e"}]}`,
		}, []string{"", "1", "3"}, []string{"a", "b", "c", "d", "e"}, nil},
		{"short page before the end", pages{
			`{"total_count":6,"limit":3,"offset":0,"entries":[{"id":"a"}]}`,
			`{"total_count":6,"limit":3,"offset":3,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "3"}, []string{"a", "b", "c"}, nil},
		{"the page's offset is wrong", pages{
			`{"total_count":3,"limit":2,"offset":7,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"offset":0,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "1"}, []string{"a", "b", "c"}, nil},
		{"end at a full page", pages{
			`{"total_count":2,"limit":2,"offset":0,"entries":[{"id":"a"},{"id":"b"}]}`,
		}, []string{""}, []string{"a", "b"}, nil},
		{"an empty group", pages{`{"total_count":0,"limit":1000,"offset":0,"entries":[]}`}, []string{""}, nil, nil},
		{"limit above the size at the end", pages{
			`{"total_count":1,"limit":5000,"offset":0,"entries":[{"id":"a"}]}`,
		}, []string{""}, []string{"a"}, nil},
		{"no total: a short page is not the end", pages{
			`{"limit":2,"entries":[{"id":"a"}]}`,
			`{"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
			`{"limit":2,"entries":[{"id":"c"}]}`,
			`{"limit":2,"entries":[]}`,
		}, []string{"", "2", "3", "5"}, []string{"a", "b", "c"}, nil},
		{"the total grows", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":4,"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
			`{"total_count":4,"limit":2,"entries":[{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "1", "2"}, []string{"a", "b", "c", "d"}, nil},
		{"the total shrinks to the current offset", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":2,"limit":2,"entries":[{"id":"b"}]}`,
		}, []string{"", "1"}, []string{"a", "b"}, nil},
		{"pages of one", pages{
			`{"total_count":3,"limit":1,"entries":[{"id":"a"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"a"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"b"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"b"}]}`,
			`{"total_count":3,"limit":1,"entries":[{"id":"c"}]}`,
		}, []string{"", "0", "1", "1", "2"}, []string{"a", "b", "c"}, nil},
		{"a member before the page left", pages{
			`{"total_count":4,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[{"id":"c"},{"id":"d"}]}`,
			`{"total_count":3,"limit":3,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "1", ""}, []string{"a", "b", "c", "d"}, nil},
		{"all members left", pages{
			`{"total_count":4,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":0,"limit":2,"entries":[]}`,
			`{"total_count":0,"limit":2,"entries":[]}`,
		}, []string{"", "1", ""}, []string{"a", "b"}, nil},
		{"the total changes after a short page", pages{
			`{"total_count":6,"limit":3,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":5,"limit":3,"entries":[{"id":"d"},{"id":"e"}]}`,
			`{"total_count":3,"limit":3,"entries":[{"id":"b"},{"id":"c"},{"id":"d"}]}`,
		}, []string{"", "3", ""}, []string{"a", "b", "c", "d"}, nil},
		{"a total before an addition or after a removal", pages{
			`{"total_count":1,"limit":9,"entries":[{"id":"a"},{"id":"b"}]}`,
		}, []string{""}, []string{"a", "b"}, nil},
		{"a full page after the total is not the last", pages{
			`{"total_count":1,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[{"id":"b"},{"id":"c"}]}`,
		}, []string{"", "1"}, []string{"a", "b", "c"}, nil},

		{"no limit", pages{`{"total_count":1,"entries":[{"id":"a"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"limit zero", pages{`{"total_count":9,"limit":0,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"negative limit", pages{`{"total_count":9,"limit":-1,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"negative total", pages{`{"total_count":-1,"limit":1,"entries":[]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"more entries than the limit", pages{`{"total_count":9,"limit":1,"entries":[{"id":"a"},{"id":"b"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"limit above the size before the last page", pages{`{"total_count":9000,"limit":5000,"entries":[{"id":"a"}]}`}, []string{""}, nil, memberships.ErrMalformed},
		{"empty page before the total", pages{
			`{"total_count":3,"limit":2,"entries":[{"id":"a"},{"id":"b"}]}`,
			`{"total_count":3,"limit":2,"entries":[]}`,
		}, []string{"", "1"}, []string{"a", "b"}, memberships.ErrMalformed},
		{"no entries", pages{`{"total_count":1,"limit":1}`}, []string{""}, nil, memberships.ErrMalformed},
		{"null for entries", pages{`{"total_count":0,"limit":1,"entries":null}`}, []string{""}, nil, memberships.ErrMalformed},
		{"an entry without id", pages{`{"total_count":1,"limit":1,"entries":[{"role":"admin"}]}`}, []string{""}, nil, memberships.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var offsets []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if len(offsets) == len(tt.pages) {
					t.Errorf("request %s after the last page", r.URL)
					return
				}
				_, _ = io.WriteString(w, tt.pages[len(offsets)])
				offsets = append(offsets, r.URL.Query().Get("offset"))
			})
			var ids []string
			var last error
			for m, err := range c.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{}) {
				if last = err; err == nil {
					ids = append(ids, m.ID)
				}
			}
			if diff := cmp.Diff(tt.ids, ids); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.offsets, offsets); diff != "" {
				t.Errorf("offsets (-want +got):\n%s", diff)
			}
			if !errors.Is(last, tt.kind) || (last == nil) != (tt.kind == nil) {
				t.Errorf("ended with %v, want %v", last, tt.kind)
			}
		})
	}
}

// largeGroup returns a client of an emulator with a group of n members, and the offsets of
// its requests.
func largeGroup(t *testing.T, n int) (*box.Client, *[]int) {
	t.Helper()
	e, err := emulator.New(emulator.WithState("state", fmt.Appendf(nil, `
people: [{name: Ada, email: ada@example.com}]
groups: [{name: Crowd, ids: {box: "1"}, count: %d}]`, n)))
	if err != nil {
		t.Fatal(err)
	}
	offsets := new([]int)
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		*offsets = append(*offsets, offset)
		return false
	})
	c, err := box.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return c, offsets
}

// A listing yields every reachable member once and in order, and ends with ErrListLimit if
// there are more.
func TestListLimit(t *testing.T) {
	const lastOffset = 9999 // of the last page
	tests := []struct{ members, size, reach int }{
		{12345, 333, lastOffset + 334},
		{10007, 7, lastOffset + 8},
		{10008, 7, lastOffset + 8},
		{10500, 303, lastOffset + 304}, // 9999 is a multiple of it
		{10000, 0, lastOffset + 1000},
		{10999, 0, lastOffset + 1000},
		{11000, 0, lastOffset + 1000},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.members, "/", tt.size), func(t *testing.T) {
			c, offsets := largeGroup(t, tt.members)
			seen := map[string]bool{}
			n, last := 0, error(nil)
			for m, err := range c.Memberships.ListByGroup(t.Context(), "1", box.ListGroupMembershipsParams{}, option.WithPageSize(tt.size)) {
				if last = err; err != nil {
					break
				}
				seen[m.User.ID] = true
				n++
			}
			want := min(tt.members, tt.reach)
			if n != want || len(seen) != want {
				t.Errorf("got %d members, %d of them different, want %d", n, len(seen), want)
			}
			if tt.members > tt.reach != errors.Is(last, memberships.ErrListLimit) || tt.members <= tt.reach && last != nil {
				t.Errorf("ended with %v", last)
			}
			if most := slices.Max(*offsets); most > lastOffset {
				t.Errorf("the largest requested offset is %d", most)
			}
		})
	}
}

// Single pages have the same limit.
func TestListPageLimit(t *testing.T) {
	c, offsets := largeGroup(t, 20000)
	ctx := t.Context()
	at := func(offset string) string {
		return wrappertest.Token(offset, "box", "GET /2.0/groups/{group_id}/memberships", "", "", "1")
	}
	p := box.ListGroupMembershipsParams{}
	page, err := c.Memberships.ListByGroupPage(ctx, "1", p, at("9999"))
	if err != nil || len(page.Items) != 1000 || page.Next == "" || page.Total != memberships.TotalOf(20000) {
		t.Fatalf("got %+v, %v", page, err)
	}
	before := len(*offsets)
	if _, err := c.Memberships.ListByGroupPage(ctx, "1", p, page.Next); !errors.Is(err, memberships.ErrListLimit) {
		t.Errorf("got %v, want the list limit", err)
	}
	// Box's two documents disagree about this offset.
	if _, err := c.Memberships.ListByGroupPage(ctx, "1", p, at("10000")); !errors.Is(err, memberships.ErrListLimit) {
		t.Errorf("got %v, want the list limit", err)
	}
	if len(*offsets) != before {
		t.Errorf("%d requests beyond the limit were sent", len(*offsets)-before)
	}
}

// A page token continues its own listing only, also in another process.
func TestListPageTokens(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("offset"))
		_, _ = io.WriteString(w, `{"total_count":9,"limit":2,"entries":[{"id":"a"}]}`)
	}
	c := serve(t, handler)
	ctx := t.Context()
	page, err := c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "", box.WithAsUser("5"))
	if err != nil {
		t.Fatal(err)
	}
	if page.Next == "" || page.Total != memberships.TotalOf(9) || len(page.Items) != 1 {
		t.Fatalf("got %+v", page)
	}
	// Another page size does not make another listing.
	other := serve(t, handler, box.WithAsUser("5"), option.WithPageSize(3))
	if _, err := other.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "2"}, asked); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	asked = nil
	refused := map[string]error{}
	_, refused["another group"] = other.Memberships.ListByGroupPage(ctx, "h", box.ListGroupMembershipsParams{}, page.Next)
	_, refused["another operation"] = other.Memberships.ListByUserPage(ctx, "g", box.ListUserMembershipsParams{}, page.Next)
	_, refused["another user"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next, box.WithAsUser("6"))
	_, refused["no As-User"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next)
	_, refused["no token"] = c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "2")
	_, refused["cut"] = other.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, page.Next[:8])
	users, err := serve(t, handler).Users.ListPage(ctx, box.ListUsersParams{Usemarker: new(false)}, "")
	if err != nil {
		t.Fatal(err)
	}
	asked = nil
	_, refused["an offset as a marker"] = c.Users.ListPage(ctx, box.ListUsersParams{}, users.Next)
	for name, err := range refused {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want invalid argument", name, err)
		}
	}
	if len(asked) != 0 {
		t.Errorf("%d requests were sent with invalid page tokens", len(asked))
	}
}

// A listing yields every reachable member of a group of any size, and ends with
// ErrListLimit if there are more.
func TestListLimitByMembers(t *testing.T) {
	for _, size := range []int{1000, 999, 500} {
		reach := 9999 + min(size+1, 1000)
		for _, n := range []int{9998, 9999, 10000, 10001, reach - 2, reach - 1, reach, reach + 1, 11001} {
			s := newGroupServer(n)
			seen, err := s.list(t, size)
			for i, m := range s.members {
				if i < reach != (seen[m] == 1) {
					t.Fatalf("%d members, size %d: %s was yielded %d times", n, size, m, seen[m])
				}
			}
			if n <= reach != (err == nil) || err != nil && !errors.Is(err, memberships.ErrListLimit) || s.most > 9999 {
				t.Errorf("%d members, size %d: ended with %v, largest requested offset %d", n, size, err, s.most)
			}
		}
	}
}

// Hidden entries hide no other entries, also at the last offset.
func TestListLimitWithGaps(t *testing.T) {
	for _, gaps := range [][]int{{9998}, {9999}, {9997, 9998}, {9998, 9999}, {9999, 10000}, {8998}, {8999}, {9000}, {5, 500}, {9990, 9995}, {10998}} {
		for _, size := range []int{1000, 303} {
			for _, n := range []int{10999, 11000} {
				s := newGroupServer(n)
				for _, i := range gaps {
					s.hidden[strconv.Itoa(i)] = true
				}
				seen, err := s.list(t, size)
				reach := 9999 + size // of the page that reaches least far
				for i, m := range s.members {
					if want := !s.hidden[m]; i < reach && want != (seen[m] == 1) {
						t.Fatalf("%d members, gaps %v, size %d: %s was yielded %d times", n, gaps, size, m, seen[m])
					}
				}
				if n <= reach != (err == nil) && n != reach+1 || err != nil && !errors.Is(err, memberships.ErrListLimit) || s.most > 9999 {
					t.Errorf("%d members, gaps %v, size %d: ended with %v, largest requested offset %d", n, gaps, size, err, s.most)
				}
			}
		}
	}
}

// Listings of every page size reach the same members at the last offset.
func TestListLimitOfSmallPages(t *testing.T) {
	for _, n := range []int{9998, 9999, 10000, 10001, 10030} {
		s := newGroupServer(n)
		sizes := []int{7, 13, 6, 8, 9, 10, 11, 12}
		for _, size := range sizes[:deeptest.Count(2, len(sizes))] {
			seen, err := s.list(t, size)
			reach := 9999 + size // and one more if the last page begins with a known member
			for i, m := range s.members {
				if i < reach && seen[m] != 1 {
					t.Fatalf("%d members, size %d: %s was yielded %d times", n, size, m, seen[m])
				}
			}
			limited := n > reach+1
			if limited && !errors.Is(err, memberships.ErrListLimit) || n <= reach && err != nil || s.most > 9999 {
				t.Errorf("%d members, size %d: ended with %v, largest requested offset %d", n, size, err, s.most)
			}
		}
	}
}
