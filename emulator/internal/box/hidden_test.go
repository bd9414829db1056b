package box

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

const hiddenState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Hal Hidden, email: hal@example.com}
groups:
  - {name: Few, in: [box], members: [{email: ada@example.com, role: owner}, {email: bob@example.com}, {email: hal@example.com, hidden: true}]}
  - {name: Many, in: [box], hidden: 10, members: [{email: ada@example.com}], count: 89}
  - {name: None, in: [box], hidden: 3}
  - {name: Whole, in: [box], members: [{email: hal@example.com}]}
credentials:
  box: [{token: ada}]
`

func startHidden(t *testing.T) *provider {
	t.Helper()
	w, err := seed.Parse("state", []byte(hiddenState))
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t: t, h: New(w)}
}

// The total counts hidden entries, and no page has them, in the list of a group and of a
// user.
func TestHiddenEntries(t *testing.T) {
	s := startHidden(t)
	type pages struct {
		Totals  []float64
		Entries []int // the number of entries on each page
	}
	tests := []struct {
		path  string
		limit int
		want  pages
	}{
		{"/2.0/groups/9000001/memberships", 2, pages{[]float64{3, 3}, []int{2, 0}}},
		{"/2.0/groups/9000002/memberships", 20, pages{[]float64{100, 100, 100, 100, 100}, []int{18, 18, 18, 18, 18}}},
		{"/2.0/groups/9000002/memberships", 100, pages{[]float64{100}, []int{90}}},
		{"/2.0/groups/9000003/memberships", 2, pages{[]float64{3, 3}, []int{0, 0}}},
		{"/2.0/groups/9000004/memberships", 2, pages{[]float64{1}, []int{1}}},
		{"/2.0/users/" + meg + "/memberships", 100, pages{[]float64{2}, []int{1}}},
		{"/2.0/users/" + bob + "/memberships", 100, pages{[]float64{1}, []int{1}}},
	}
	for _, tt := range tests {
		var got pages
		seen := map[string]bool{}
		for offset, total := 0, 1; offset < total; offset += tt.limit {
			page := s.ok(200, "ada", "GET", fmt.Sprintf("%s?limit=%d&offset=%d", tt.path, tt.limit, offset), "")
			for _, e := range page["entries"].([]any) {
				id := e.(map[string]any)["id"].(string)
				if seen[id] {
					t.Errorf("%s: %s is there twice", tt.path, id)
				}
				seen[id] = true
			}
			got.Totals = append(got.Totals, page["total_count"].(float64))
			got.Entries = append(got.Entries, len(page["entries"].([]any)))
			total = int(page["total_count"].(float64))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s by %d (-want +got):\n%s", tt.path, tt.limit, diff)
		}
	}
	if r := s.do("ada", "POST", "/2.0/group_memberships", `{"user":{"id":"`+meg+`"},"group":{"id":"9000001"}}`); r.status != 409 {
		t.Errorf("somebody hidden is added once more: %d %v", r.status, r.body)
	}
}
