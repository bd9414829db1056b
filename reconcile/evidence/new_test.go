package evidence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
)

// New tells, for each person and provider, what the search has found, and for each membership
// what became of it.
func TestNew(t *testing.T) {
	bob := memberships.Member{Kind: memberships.MemberUser, ID: "12", Email: "bob@example.com"}
	row := memberships.Membership{Provider: "box", Group: memberships.Group{Kind: memberships.KindGroup, ID: "9", Name: "Demo"}, Member: bob}
	hidden := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "some entries"}
	found := &reconcile.Found{
		Leaving: reconcile.Leaving{
			People:  []reconcile.Person{{Key: "bob", Email: bob.Email, Aliases: []string{"b@example.com"}, IDs: map[string]memberships.Member{"box": bob}}, {Key: "cid"}},
			Callers: map[string]memberships.Member{"box": {Kind: memberships.MemberUser, ID: "7"}},
		},
		Time: noon,
		Sightings: []reconcile.Sighting{
			{Provider: "box", Person: "bob", Rows: []memberships.Membership{row}},
			{Provider: "clerk", Person: "bob"},
			{Provider: "pubnub", Person: "bob", Err: memberships.ErrNoSuchMember},
			{Provider: "webex", Person: "bob", Err: memberships.ErrUnavailable},
			{Provider: "googlechat", Person: "bob", Coverage: memberships.Coverage{Gaps: []memberships.Gap{hidden}}},
		},
	}
	member := reconcile.PlanMember{ID: "12", Email: bob.Email}
	demo := reconcile.PlanGroup{Kind: memberships.KindGroup, ID: "9", Name: "Demo"}
	removal := reconcile.PlannedChange{Key: "k", Op: memberships.OpRemove, Person: "bob", Member: member, From: reconcile.Role{Role: memberships.RoleMember}}
	plan := &reconcile.Plan{Hash: "abc", Groups: []reconcile.GroupPlan{{
		Provider: "box", Group: demo, Observed: reconcile.GroupState{Rows: []reconcile.Row{{PlanMember: member, Since: noon}}},
		Changes: []reconcile.PlannedChange{removal},
	}}}
	report := &reconcile.Report{Results: []reconcile.ChangeResult{{Change: removal, Outcome: reconcile.OutcomeFailed, RequestID: "r1", Err: errors.New("no permission")}}}

	got := evidence.New(found, plan, report, map[string]reconcile.ReadBack{"k": reconcile.ReadBackPresent})
	want := &evidence.Evidence{
		Started: noon, Plan: "abc",
		People: []evidence.Person{{Key: "bob", Email: bob.Email, Aliases: []string{"b@example.com"}, IDs: map[string]string{"box": bob.String()}}, {Key: "cid"}},
		Searches: []evidence.Search{
			{Provider: "box", Person: "bob", Verdict: evidence.VerdictFound, Caller: "7"},
			{Provider: "clerk", Person: "bob", Verdict: evidence.VerdictNone},
			{Provider: "pubnub", Person: "bob", Verdict: evidence.VerdictUnknown, Error: memberships.ErrNoSuchMember.Error()},
			{Provider: "webex", Person: "bob", Verdict: evidence.VerdictUndetermined, Error: memberships.ErrUnavailable.Error()},
			{Provider: "googlechat", Person: "bob", Verdict: evidence.VerdictUndetermined, Gaps: []evidence.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "some entries"}}},
		},
		Memberships: []evidence.Membership{{
			Provider: "box", GroupKind: memberships.KindGroup, GroupID: "9", GroupName: "Demo", Person: "bob", MemberID: "12", Email: bob.Email,
			Op: memberships.OpRemove, Role: "member", Since: noon, Outcome: reconcile.OutcomeFailed, RequestID: "r1", Error: "no permission", ReadBack: reconcile.ReadBackPresent,
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// failingWriter takes no bytes.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// Evidence that was not written as a whole is an error, at every size.
func TestWriteFails(t *testing.T) {
	full := errors.New("no space left on the device")
	for _, n := range []int{0, 1, 1000} {
		e := complete()
		for i := range n {
			e.Searches = append(e.Searches, evidence.Search{Provider: "box", Person: fmt.Sprint(i), Error: strings.Repeat("x", 100)})
		}
		if err := e.Write(failingWriter{full}); !errors.Is(err, full) {
			t.Errorf("%d more searches: got %v, want %v", n, err, full)
		}
	}
}
