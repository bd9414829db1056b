package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// Every page tells the total, also when it changed meanwhile; a page alone tells nobody.
func TestTotals(t *testing.T) {
	g := &group{members: []string{"a", "b", "c"}, between: func(g *group) {
		if g.pages == 1 {
			g.members = append(g.members, "d")
		}
	}}
	var told []memberships.Total
	run := g.list(t, 2)
	if page, err := run.Page(t.Context(), ""); err != nil || page.Total != memberships.TotalOf(3) || told != nil {
		t.Fatalf("got %+v, %v, and was told %v", page, err, told)
	}
	g.pages = 0
	for _, err := range run.OnTotal(func(total memberships.Total) { told = append(told, total) }).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]memberships.Total{memberships.TotalOf(3), memberships.TotalOf(4)}, told); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	for _, err := range g.list(t, 2).OnTotal(nil).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Those who left while the listing was read do not count as shown.
func TestShown(t *testing.T) {
	g := &group{members: []string{"a", "b", "c", "d"}, between: func(g *group) {
		if g.pages == 1 {
			g.members = []string{"a", "c", "d"}
		}
	}}
	yielded, shown := 0, int64(99)
	for _, err := range g.list(t, 2).OnTotal(nil).CountItems(&shown).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		yielded++
	}
	if yielded != 4 || shown != 3 {
		t.Errorf("%d were yielded and %d are shown, want 4 and 3", yielded, shown)
	}
}
