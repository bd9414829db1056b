package box_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// readResult is the result of a listing of a groupServer.
type readResult struct {
	IDs   []string
	Kind  error
	Asked []string // offset and limit of each page, sorted
}

func (s *groupServer) read(t *testing.T, size, k int) readResult {
	t.Helper()
	var r readResult
	var mu sync.Mutex
	c, err := box.New(option.WithToken("any"), option.WithPageSize(size), option.WithParallelPages(k),
		option.WithHTTPClient(&http.Client{Transport: inMemory(func(w http.ResponseWriter, req *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			q := req.URL.Query()
			r.Asked = append(r.Asked, q.Get("offset")+"+"+q.Get("limit"))
			s.ServeHTTP(w, req)
		})}))
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range c.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{}) {
		if err != nil {
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			r.Kind = e.Kind
			continue
		}
		r.IDs = append(r.IDs, m.ID)
	}
	slices.Sort(r.Asked)
	return r
}

// Parallel and sequential pages yield the same members, also at the last offset. Without
// hidden entries they send the same requests.
func TestParallelPages(t *testing.T) {
	type listing struct {
		n, size int
		gaps    []int
	}
	var tests []listing
	for _, size := range []int{1000, 303} {
		for _, n := range []int{0, 1, size, size + 1, 2 * size, 9998, 9999, 10000, 10001, 9998 + size, 9999 + size, 10000 + size, 11001} {
			tests = append(tests, listing{n: n, size: size})
		}
		for _, gaps := range [][]int{{0}, {999}, {1000}, {5, 1500, 5000}, {9998}, {9999}, {8999}} {
			tests = append(tests, listing{n: 10999, size: size, gaps: gaps})
		}
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) {
			s := newGroupServer(tt.n)
			for _, i := range tt.gaps {
				s.hidden[strconv.Itoa(i)] = true
			}
			want := s.read(t, tt.size, 1)
			for _, k := range []int{2, 8} {
				got := s.read(t, tt.size, k)
				late := tt.gaps != nil && tt.gaps[0] >= tt.size
				if more := len(got.Asked) - len(want.Asked); late && more > 0 && more < k {
					got.Asked = want.Asked // parallel pages may be in flight before the gap is known
				}
				if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" || s.most > 9999 {
					t.Errorf("%d parallel pages: (-sequential +parallel)\n%s", k, diff)
				}
			}
		})
	}
}
