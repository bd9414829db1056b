package box_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// Members join and leave between the pages of a listing: a member present for the whole
// read is yielded once.
func TestListWhileMembersChange(t *testing.T) {
	unstable, moved := 0, 0
	for seed := range 150 {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(seed), 1))
			e, err := emulator.New(emulator.WithState("state", []byte(`
people: [{name: Ada, email: ada@example.com}]
groups:
  - {name: Crowd, ids: {box: "1"}, count: 30}
  - {name: Everybody, ids: {box: "2"}, count: 60}`)))
			if err != nil {
				t.Fatal(err)
			}
			others, err := box.New(option.WithHTTPClient(e.Client()), option.WithToken("others"))
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			stayed, out := map[string]string{}, []string{} // user to membership
			for _, m := range collect(t, others.Memberships.ListByGroup(ctx, "1", box.ListGroupMembershipsParams{})) {
				stayed[m.User.ID] = m.ID
			}
			for _, u := range collect(t, others.Users.List(ctx, box.ListUsersParams{})) {
				if stayed[u.ID] == "" {
					out = append(out, u.ID)
				}
			}
			pages, calm := 0, rng.IntN(4)
			e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodGet || r.Header.Get("Authorization") != "Bearer any" {
					return false
				}
				if pages++; pages == 1 {
					return false
				}
				for rng.IntN(calm+1) == calm && rng.IntN(3) > 0 {
					moved++
					if rng.IntN(2) == 0 && len(out) > 0 {
						i := rng.IntN(len(out))
						add := box.CreateMembershipRequest{User: box.UserRef{ID: out[i]}, Group: box.GroupRef{ID: "1"}}
						if _, err := others.Memberships.Create(ctx, add, box.CreateMembershipParams{}); err != nil {
							t.Error(err)
						}
						out = slices.Delete(out, i, i+1)
						continue
					}
					if len(stayed) == 0 {
						return false
					}
					users := make([]string, 0, len(stayed))
					for u := range stayed {
						users = append(users, u)
					}
					slices.Sort(users)
					u := users[rng.IntN(len(users))]
					if err := others.Memberships.Delete(ctx, stayed[u]); err != nil {
						t.Error(err)
					}
					delete(stayed, u)
				}
				return false
			})
			c, err := box.New(option.WithHTTPClient(e.Client()), option.WithToken("any"), option.WithPageSize(1+rng.IntN(9)))
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]int{}
			var last error
			for m, err := range c.Memberships.ListByGroup(ctx, "1", box.ListGroupMembershipsParams{}) {
				if last = err; err == nil {
					seen[m.ID]++
				}
			}
			if last != nil {
				if unstable++; !errors.Is(last, memberships.ErrUnstable) {
					t.Errorf("seed %d: %v", seed, last)
				}
				return
			}
			for _, id := range stayed {
				if seen[id] == 0 {
					t.Errorf("seed %d: a present member was not yielded", seed)
				}
			}
			for id, n := range seen {
				if n > 1 {
					t.Errorf("seed %d: %s was yielded %d times", seed, id, n)
				}
			}
		})
	}
	if moved == 0 || unstable == 0 || unstable > 75 {
		t.Errorf("%d changes, %d of 150 listings unstable", moved, unstable)
	}
}

// groupServer serves one group and omits the hidden entries of its pages.
type groupServer struct {
	members []string
	hidden  map[string]bool
	// before is called before each page.
	before func(s *groupServer, offset int)
	most   int // the largest offset
}

func (s *groupServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	if s.before != nil {
		s.before(s, offset)
	}
	s.most = max(s.most, offset)
	var b strings.Builder
	for _, m := range s.members[min(offset, len(s.members)):min(offset+limit, len(s.members))] {
		if s.hidden[m] {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%q}`, m)
	}
	fmt.Fprintf(w, `{"total_count":%d,"limit":%d,"offset":%d,"entries":[%s]}`, len(s.members), limit, offset, &b)
}

func (s *groupServer) list(t *testing.T, size int) (map[string]int, error) {
	t.Helper()
	c, err := box.New(option.WithToken("any"), option.WithPageSize(size), option.WithHTTPClient(&http.Client{Transport: inMemory(s.ServeHTTP)}))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var last error
	for m, err := range c.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{}) {
		if last = err; err == nil {
			seen[m.ID]++
		}
	}
	return seen, last
}

func newGroupServer(n int) *groupServer {
	s := &groupServer{hidden: map[string]bool{}}
	for i := range n {
		s.members = append(s.members, strconv.Itoa(i))
	}
	return s
}

// A listing notices a join and a leave before the last page, although the total stays the
// same.
func TestListChangesAtLastOffset(t *testing.T) {
	for _, size := range []int{1000, 500, 303, 101, 7} {
		s := newGroupServer(10004)
		moved := false
		s.before = func(s *groupServer, offset int) {
			if offset == 9999 && !moved {
				moved = true
				s.members = append(slices.Delete(s.members, 9600, 9601), "new")
			}
		}
		seen, err := s.list(t, size)
		if err != nil || !moved {
			t.Errorf("size %d: ended with %v", size, err)
		}
		for _, m := range s.members {
			if seen[m] != 1 {
				t.Errorf("size %d: %s was yielded %d times", size, m, seen[m])
			}
		}
	}
}
