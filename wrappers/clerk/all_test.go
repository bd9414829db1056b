package clerk_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// instance serves organizations o0 to o4 with members of their own, whose memberships are
// created in turn. Lists of all memberships beyond deep fail with a timeout.
func instance(t *testing.T, deep int, created func(i int) int) (c *memberships.Client, sent *[]string) {
	t.Helper()
	sent = new([]string)
	row := func(i int) string {
		return fmt.Sprintf(`{"id":"m%d","role":"org:member","created_at":%d,"organization":{"id":"o%d"},"public_user_data":{"user_id":"u%d"}}`, i, created(i), i%5, i)
	}
	page := func(w http.ResponseWriter, r *http.Request, of []int) {
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		var rows []string
		for _, i := range of[min(offset, len(of)):min(offset+limit, len(of))] {
			rows = append(rows, row(i))
		}
		_, _ = fmt.Fprintf(w, `{"data":[%s],"total_count":%d}`, strings.Join(rows, ","), len(of))
	}
	var all [5][]int
	var every []int
	for i := range 23 {
		every, all[i%5] = append(every, i), append(all[i%5], i)
	}
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/v1/")
		*sent = append(*sent, path)
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		switch {
		case path == "organization_memberships" && offset >= deep:
			w.WriteHeader(http.StatusGatewayTimeout)
		case path == "organization_memberships":
			page(w, r, every)
		case path == "organization_invitations":
			_, _ = w.Write([]byte(`{"data":[],"total_count":0}`))
		case path == "organizations":
			_, _ = w.Write([]byte(`{"data":[{"id":"o0"},{"id":"o1"},{"id":"o2"},{"id":"o3"},{"id":"o4"}],"total_count":5}`))
		default:
			n, _ := strconv.Atoi(path[len("organizations/o"):len("organizations/o0")])
			page(w, r, all[n])
		}
	}, option.WithPageSize(10))
	return memberships.New(client.Provider()), sent
}

// ListAll reads one list of all memberships, and goes on with the organizations when that
// list times out at a large offset. Every membership comes once.
func TestListAll(t *testing.T) {
	var want []string
	for i := range 23 {
		want = append(want, fmt.Sprintf("u%d", i))
	}
	slices.Sort(want)
	tests := []struct {
		name    string
		deep    int
		created func(int) int
		kind    error
		sent    int
	}{
		{"one list", 100, func(i int) int { return 1000 + i }, nil, 4},
		{"a timeout", 10, func(i int) int { return 1000 + i }, nil, 3 + 1 + 5 + 1},
		{"a timeout between memberships of one time", 10, func(i int) int { return 1000 + i/7 }, nil, 3 + 1 + 5 + 1},
		{"a timeout at the start", 0, func(i int) int { return 1000 + i }, memberships.ErrUnavailable, 1},
		{"a timeout in another order", 10, func(i int) int { return 1000 - i }, memberships.ErrUnavailable, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, sent := instance(t, tt.deep, tt.created)
			var got []string
			var last error
			var summary memberships.Summary
			for m, err := range c.ListAll(t.Context(), memberships.ManyOptions{Concurrency: 1}, memberships.WithSummary(&summary)) {
				if last = err; err == nil {
					got = append(got, m.Member.ID)
				}
			}
			if !errors.Is(last, tt.kind) || tt.kind == nil && last != nil {
				t.Errorf("got %v, want %v", last, tt.kind)
			}
			if slices.Sort(got); tt.kind == nil {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("members (-want +got):\n%s", diff)
				}
				if total, _ := summary.Total.Get(); total != 23 || len(summary.Coverage.Gaps) != 0 {
					t.Errorf("got the summary %+v", summary)
				}
			}
			if len(*sent) != tt.sent {
				t.Errorf("%d requests, want %d: %q", len(*sent), tt.sent, *sent)
			}
		})
	}
}
