package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// secondClient changes one member of the group at one call of an apply.
type secondClient struct {
	site   *site
	member string
	// role is the role that the member gets, "" to remove the member. again makes a member
	// of a removed one.
	role  memberships.Role
	again bool

	at      int      // the number of the call
	trace   []string // the calls of the apply so far
	changed bool
}

// called is the hook of the provider.
func (s *secondClient) called(_ string, c memprovider.Call) error {
	if c.Token == "second" || s.at == 0 {
		return nil
	}
	if len(s.trace)+1 == s.at {
		s.change()
	}
	who := c.Member.ID
	if c.MembershipID != "" {
		who = map[string]string{"m1": "ada", "m2": "bob", "m3": "cid", "m4": "dan"}[c.MembershipID]
	}
	s.trace = append(s.trace, strings.TrimSpace(fmt.Sprintf("%s %s", c.Operation, who)))
	return nil
}

func (s *secondClient) change() {
	s.changed = true
	at := s.at
	s.at = 0
	defer func() { s.at = at }()
	p := s.site.providers["one"]
	m := memberships.Member{Kind: memberships.MemberUser, ID: s.member, Email: address(s.member)}
	if s.role == "" || s.again {
		for _, err := range p.Apply(context.Background(), []memberships.Change{{Op: memberships.OpRemove, Ref: memberships.Ref{Group: team, Member: m}}}) {
			if err != nil {
				panic(err)
			}
		}
	}
	if s.role != "" {
		p.Put(team, memberships.Membership{Member: m, Role: s.role})
	}
}

// A second client makes one change of any kind at every call of an apply. Each conflict is
// refused and shown, or the same as if one of the clients had come after the other.
func TestSecondClient(t *testing.T) {
	ran := 0
	for _, member := range []string{"ada", "bob", "cid", "dan", "eve", "fay"} {
		for _, role := range []memberships.Role{"", memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner} {
			for _, again := range []bool{false, true} {
				if again && role == "" {
					continue
				}
				for at := 1; testSecondClient(t, &secondClient{member: member, role: role, again: again}, at); at++ {
					ran++
				}
			}
		}
	}
	t.Logf("%d changes of the second client", ran)
	if ran < 250 {
		t.Errorf("%d changes of the second client, want 250 at least", ran)
	}
}

// testSecondClient reports whether the apply has so many calls.
func testSecondClient(t *testing.T, second *secondClient, at int) bool {
	t.Helper()
	s := newSite(t, "one")
	second.site = s
	p := s.plan(s.desired("ada", "bob:manager", "dan", "eve"))
	before := rolesOf(s.members("one"))
	s.hook = second.called
	second.at = at
	r := s.apply(p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{Concurrency: 1, Pause: time.Millisecond})
	s.hook = nil
	if !second.changed {
		return false
	}
	about := fmt.Sprintf("%s becomes %q (again: %t) at call %d of %v", second.member, second.role, second.again, at, second.trace)
	after := rolesOf(s.members("one"))
	results := map[string]reconcile.ChangeResult{}
	for _, res := range r.Results {
		results[res.Change.Member.ID] = res
	}
	for _, id := range []string{"ada", "bob", "cid", "dan", "eve", "fay"} {
		res, planned := results[id]
		made := res.Outcome == reconcile.OutcomeDone || res.Outcome == reconcile.OutcomeAlready
		if planned && !made && res.Err == nil {
			t.Errorf("%s: %s is %s without a reason", about, id, res.Outcome)
		}
		allowed := []string{before[id]}
		if id == second.member {
			allowed = []string{string(second.role)}
		}
		if target := string(res.Change.To.Role); made && id == second.member {
			allowed = append(allowed, target)
		} else if made {
			allowed = []string{target}
		}
		if !slices.Contains(allowed, after[id]) {
			t.Errorf("%s: %s is %q, want one of %q: %v", about, id, after[id], allowed, outcomes(r))
		}
	}
	second.checkOrder(t, about, results[second.member], before, after)
	return true
}

// checkOrder checks that the apply overwrites no change that a reading before its write had
// shown, and that it takes no last manager.
func (s *secondClient) checkOrder(t *testing.T, about string, res reconcile.ChangeResult, before, after map[string]string) {
	t.Helper()
	write := slices.Index(s.trace, string(res.Change.Op)+" "+s.member) + 1
	read := slices.Index(s.trace[s.at-1:], "list")
	seen := read >= 0 && read+s.at < write
	if changes := before[s.member] != string(s.role) || s.again && before[s.member] != ""; write > 0 && seen && changes && res.Outcome == reconcile.OutcomeDone {
		t.Errorf("%s: the change of %s was made all the same", about, s.member)
	}
	managers := 0
	for _, role := range after {
		if role != "" && role != string(memberships.RoleMember) {
			managers++
		}
	}
	last := slices.Index(s.trace, "update ada") + 1 // takes the first manager
	if managers == 0 && last > s.at {
		t.Errorf("%s: no manager is left: %v", about, after)
	}
}

func rolesOf(rows []string) map[string]string {
	out := map[string]string{}
	for _, row := range rows {
		id, role, _ := strings.Cut(row, ":")
		out[id] = role
	}
	return out
}
