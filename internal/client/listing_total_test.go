package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// OnTotal reports the total of every page of a range, also after a change. A single page
// does not report.
func TestOnTotal(t *testing.T) {
	g := &group{members: []string{"a", "b", "c"}, between: func(g *group) {
		if g.pages == 1 {
			g.members = append(g.members, "d")
		}
	}}
	var totals []memberships.Total
	run := g.list(t, 2)
	if page, err := run.Page(t.Context(), ""); err != nil || page.Total != memberships.TotalOf(3) || totals != nil {
		t.Fatalf("got %+v, %v, and was totals %v", page, err, totals)
	}
	g.pages = 0
	for _, err := range run.OnTotal(func(total memberships.Total) { totals = append(totals, total) }).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]memberships.Total{memberships.TotalOf(3), memberships.TotalOf(4)}, totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	for _, err := range g.list(t, 2).OnTotal(nil).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// CountItems leaves out members that left during the read.
func TestCountItems(t *testing.T) {
	g := &group{members: []string{"a", "b", "c", "d"}, between: func(g *group) {
		if g.pages == 1 {
			g.members = []string{"a", "c", "d"}
		}
	}}
	yielded, count := 0, int64(99)
	for _, err := range g.list(t, 2).OnTotal(nil).CountItems(&count).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		yielded++
	}
	if yielded != 4 || count != 3 {
		t.Errorf("%d were yielded and %d are count, want 4 and 3", yielded, count)
	}
}
