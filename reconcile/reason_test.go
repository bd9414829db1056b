package reconcile_test

import (
	"testing"

	"github.com/memberships-go/memberships/reconcile"
)

func TestSentencesOfOneAndSeveral(t *testing.T) {
	for _, tt := range []struct {
		note reconcile.Note
		want string
	}{
		{reconcile.Note{Reason: reconcile.ReasonHalf, Removals: 1, Of: 1}, "1 removal of 1 member takes more than half of the group: review it, then pass --allow-removals"},
		{reconcile.Note{Reason: reconcile.ReasonHalf, Removals: 2, Of: 3}, "2 removals of 3 members take more than half of the group: review them, then pass --allow-removals"},
		{reconcile.Note{Reason: reconcile.ReasonLimit, Removals: 1, Of: 9, Percent: 10}, "1 removal of 9 members exceeds the limit of 0 and 10%: review it, then pass --allow-removals"},
		{reconcile.Note{Reason: reconcile.ReasonEmpty, Removals: 1, Of: 1}, "1 removal of 1 member leaves the group empty: allow_empty in the file permits that"},
		{reconcile.Note{Reason: reconcile.ReasonRunLimit, Removals: 1, Of: 9, Percent: 5}, "1 removal of 9 memberships in all groups exceeds the limit of 0 and 5%: review it, then pass --allow-removals"},
		{reconcile.Note{Reason: reconcile.ReasonManagers, Of: 1, Count: 2}, "the group would have 1 manager, and min_managers is 2"},
		{reconcile.Note{Reason: reconcile.ReasonManagers, Of: 0, Count: 2}, "the group would have 0 managers, and min_managers is 2"},
		{reconcile.Note{Reason: reconcile.ReasonLeaver, Person: "ada"}, "ada leaves"},
		{reconcile.Note{Reason: reconcile.ReasonLeaver, Person: "ada and box=1"}, "ada and box=1 leave"},
	} {
		if got := tt.note.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got, want := (&reconcile.RemovalsError{Allowed: 1, Planned: 2}).Error(), "1 removal is allowed, and the plan has 2: the number has to be the same"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
