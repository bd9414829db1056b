package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// A change that takes a manager is refused if no other one is left right before it.
func TestManagerLeftMeanwhile(t *testing.T) {
	s := newSite(t, "one")
	s.providers["one"].Put(team, manager("bob"), manager("cid"))
	p := s.plan(s.desired("ada", "bob:manager", "cid", "dan"))
	gets := 0
	s.hook = func(_ string, c memprovider.Call) error {
		if c.Operation == "get" {
			if gets++; gets == 2 {
				s.providers["one"].Put(team, member("bob"))
			}
		}
		return nil
	}
	r := s.apply(p, &reconcile.MemoryJournal{}, fast)
	want := map[string]reconcile.Outcome{"one ~ ada manager to member": reconcile.OutcomeDone, "one ~ cid manager to member": reconcile.OutcomeMoved}
	if diff := cmp.Diff(want, outcomes(r)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if len(r.Moved) != 1 || r.Moved[0].Moves[0].String() != "bob@example.com was manager and is member" {
		t.Errorf("got %v", r.Moved)
	}
}
