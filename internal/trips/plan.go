package trips

import (
	"context"
	"fmt"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// desired returns a file with the people of a site in its club.
func (s *site) desired() *reconcile.Desired {
	g := reconcile.Group{Name: club, Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{s.provider: {Kind: s.club.Kind, ID: s.club.ID}}}
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, Hash: "trips"}
	for i, m := range s.people {
		key := fmt.Sprintf("person-%07d", i)
		d.People[key] = reconcile.Person{Key: key, Email: m.Member.Email}
		g.Members = append(g.Members, reconcile.Wanted{Person: key, Role: memberships.RoleMember})
	}
	d.Groups = []reconcile.Group{g}
	return d
}

// plan returns a plan with so many changes.
func plan(ctx context.Context, c *memberships.Client, d *reconcile.Desired, changes int) (*reconcile.Plan, error) {
	p, err := reconcile.NewPlan(d, reconcile.Look(ctx, []*memberships.Client{c}, d, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err == nil && (p.IsBlocked() || p.Summary().Changes() != changes) {
		err = fmt.Errorf("the plan has %+v, want %d changes: %v", p.Summary(), changes, p.Groups[0].Blocked)
	}
	return p, err
}

func planClub(ctx context.Context, s *site) error {
	_, err := plan(ctx, s.client, s.desired(), 0)
	return err
}

// planGroups plans all groups of a site, each of them with Ada.
func planGroups(ctx context.Context, s *site) error {
	d := &reconcile.Desired{People: map[string]reconcile.Person{"ada": {Key: "ada", Email: s.ada.Email}}, Hash: "trips"}
	for g, err := range s.setup.Groups(ctx) {
		if err != nil {
			return err
		}
		d.Groups = append(d.Groups, reconcile.Group{
			Name: g.Name, Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{s.provider: {Kind: g.Kind, ID: g.ID}},
			Members: []reconcile.Wanted{{Person: "ada", Role: memberships.RoleMember}},
		})
	}
	_, err := plan(ctx, s.client, d, 0)
	return err
}

// applyClub adds the people of a site to its club.
func applyClub(ctx context.Context, s *site) error {
	p, err := plan(ctx, s.setup, s.desired(), s.N)
	if err != nil {
		return err
	}
	r, err := reconcile.Apply(ctx, []*memberships.Client{s.client}, p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{})
	if err == nil && r.Count(reconcile.OutcomeDone) != s.N {
		err = fmt.Errorf("%d of %d changes were made", r.Count(reconcile.OutcomeDone), s.N)
	}
	return err
}
