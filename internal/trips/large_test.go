package trips

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
)

const (
	largeMembers = 100
	// perRow bounds the memory that a membership of a plan takes, and fixed that of all else.
	perRow = 3 << 10
	fixed  = 32 << 20
)

// A plan of many groups of a hundred members, and its apply, take the memory of their rows
// and the requests of their groups.
func TestLarge(t *testing.T) {
	groups := deeptest.Count(20, 1000)
	for _, provider := range providers.Names() {
		t.Run(provider, func(t *testing.T) { testLarge(t, provider, groups) })
	}
}

// largeState returns the seed data of so many groups, and one more person.
func largeState(groups int) []byte {
	b := []byte("people: [{name: Ada Lovelace, email: ada@example.com}, {name: Bob, email: bob@example.com}]\ngroups:\n")
	for i := range groups {
		b = fmt.Appendf(b, "- {name: Team %04d, ids: {clerk: org_team_%04d}, members: [{email: ada@example.com, role: owner}], count: %d}\n", i, i, largeMembers-1)
	}
	return b
}

func testLarge(t *testing.T, provider string, groups int) {
	c := &counter{}
	s, stop, err := open(provider, Size{}, largeState(groups), c, false)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	d := &reconcile.Desired{People: map[string]reconcile.Person{"bob": {Key: "bob", Email: "bob@example.com"}}, Hash: "large"}
	for g, err := range s.setup.Groups(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		d.Groups = append(d.Groups, reconcile.Group{
			Name: g.Name, Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{provider: {Kind: g.Kind, ID: g.ID}},
			Members: []reconcile.Wanted{{Person: "bob", Role: memberships.RoleMember}},
		})
	}
	if err := drainAll(t.Context(), s.setup, d); err != nil { // the emulator makes its rows at the first listing
		t.Fatal(err)
	}
	before := heap()
	p, err := plan(t.Context(), s.client, d, groups)
	if err != nil {
		t.Fatal(err)
	}
	planned := c.trips().Requests
	r, err := reconcile.Apply(t.Context(), []*memberships.Client{s.client}, p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	after := heap()
	if n := r.Count(reconcile.OutcomeDone); n != groups {
		t.Errorf("%d of %d changes were made", n, groups)
	}
	rows := 0
	for _, g := range p.Groups {
		rows += len(g.Observed.Rows)
	}
	if rows != groups*largeMembers {
		t.Errorf("the plan has %d rows", rows)
	}
	t.Logf("%d requests to plan, %d to apply, %d KiB, %d bytes a row", planned, c.trips().Requests-planned, (after-before)>>10, (after-before)/int64(rows))
	if limit := int64(rows*perRow + fixed); after-before > limit {
		t.Errorf("%d bytes, want %d at most", after-before, limit)
	}
	if limit := 4 + 3*groups; planned > limit || c.trips().Requests-planned > 2*limit {
		t.Errorf("%d requests to plan %d groups, and %d to apply", planned, groups, c.trips().Requests-planned)
	}
	runtime.KeepAlive(p)
}

// heap returns the memory that is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// drainAll lists all groups of a file.
func drainAll(ctx context.Context, c *memberships.Client, d *reconcile.Desired) error {
	for _, g := range d.Groups {
		if err := drain(c.List(ctx, memberships.Filter{Group: g.In[c.Name()]}), largeMembers, 0); err != nil {
			return err
		}
	}
	return nil
}
