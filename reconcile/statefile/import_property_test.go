package statefile_test

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/statefile"
	"github.com/memberships-go/memberships/reconcile/view"
)

// aProvider draws a provider with groups. Some members have no address, or one that another
// account has too; some are apps, invited or hidden, or have a role of the provider's own.
func aProvider(t *rapid.T, name string) *memberships.Client {
	caps := memprovider.New().Capabilities()
	caps.Directory = rapid.Bool().Draw(t, "directory")
	opts := []memprovider.Option{memprovider.WithName(name), memprovider.WithCapabilities(caps), memprovider.WithInvitations(0)}
	type invitation struct {
		group memberships.Group
		email string
	}
	var invitations []invitation
	addresses := rapid.SampledFrom([]string{"", "ada@a.example", "ADA@a.example", "ada@b.example", "eve+x@a.example", "ünal@a.example", "no address"})
	people := make([]memberships.Member, 6)
	for i := range people {
		people[i] = memberships.Member{
			Kind: rapid.SampledFrom([]memberships.MemberKind{memberships.MemberUser, memberships.MemberUser, memberships.MemberApp}).Draw(t, "kind"),
			ID:   fmt.Sprintf("%s@%d", name, i), Email: addresses.Draw(t, "email"),
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "groups") {
		g := memberships.Group{Kind: memberships.KindGroup, ID: fmt.Sprint(i), Name: rapid.SampledFrom([]string{"", "Team", "Team (a)", "no\n"}).Draw(t, "name")}
		var rows []memberships.Membership
		for _, m := range rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 5, func(m memberships.Member) string { return m.ID }).Draw(t, "members") {
			rows = append(rows, memberships.Membership{
				Member: m, RoleName: rapid.SampledFrom([]string{"member", "manager", "owner", "editor"}).Draw(t, "role"),
				State: rapid.SampledFrom([]memberships.State{memberships.StateActive, memberships.StateInvited}).Draw(t, "state"),
			})
		}
		opts = append(opts, memprovider.WithGroup(g, rows...))
		if len(rows) > 0 && rapid.IntRange(0, 4).Draw(t, "hides") == 0 {
			opts = append(opts, memprovider.WithGap(g, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld}, rows[0].Member))
		}
		if rapid.Bool().Draw(t, "invites") {
			invitations = append(invitations, invitation{g, rapid.SampledFrom([]string{"new@a.example", "New@b.example"}).Draw(t, "invited")})
		}
	}
	c := memberships.New(memprovider.New(opts...))
	for _, i := range invitations {
		if _, err := c.Add(t.Context(), i.group, memberships.Member{Email: i.email}, memberships.RoleMember, memberships.WithInvite()); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// The plan of an import is empty in every mode, and no group of it is blocked.
func TestImportPlansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clients := []*memberships.Client{aProvider(t, "a"), aProvider(t, "b")}
		mode := rapid.SampledFrom([]reconcile.Mode{reconcile.ModeAdditive, reconcile.ModeNoRemovals, reconcile.ModeAuthoritative}).Draw(t, "mode")
		seen := reconcile.LookAround(t.Context(), clients, nil, reconcile.LookOptions{})
		var file bytes.Buffer
		if err := statefile.Import(seen.Observed, statefile.ImportOptions{Mode: mode}).Write(&file); err != nil {
			t.Fatal(err)
		}
		text := file.String()
		d, err := statefile.Load([]string{"-"}, statefile.Options{Stdin: &file})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if wrong := d.Check(clients); len(wrong) > 0 {
			t.Fatalf("%v\n%s", wrong, text)
		}
		p, err := reconcile.NewPlan(d, reconcile.Look(t.Context(), clients, d, reconcile.LookOptions{}), reconcile.PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Summary().Changes() > 0 || p.IsBlocked() {
			var shown bytes.Buffer
			_ = view.Text(&shown, p)
			t.Fatalf("the plan of\n%s\nis\n%s", text, shown.String())
		}
	})
}
