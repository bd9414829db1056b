package reconcile_test

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// An account with one of a person's addresses counts, whether a group of the file shows it or
// not.
func TestMatchesOfSeveralAddresses(t *testing.T) {
	ada := reconcile.Person{Key: "ada", Email: "ada@example.com", Aliases: []string{"bob@example.com"}}
	for name, tt := range map[string]struct {
		accounts []string
		want     reconcile.Match
	}{
		"both have an account":      {[]string{"ada", "bob"}, reconcile.Match{Err: memberships.ErrAmbiguous}},
		"the alias has an account":  {[]string{"bob"}, reconcile.Match{Member: memberships.Member{ID: "bob"}, How: reconcile.MatchedByAlias}},
		"the address has the other": {[]string{"ada"}, reconcile.Match{Member: memberships.Member{ID: "ada"}, How: reconcile.MatchedByAddress}},
	} {
		for _, shown := range tt.accounts {
			t.Run(name+", the group shows "+shown, func(t *testing.T) {
				var accounts []memberships.Member
				for _, id := range tt.accounts {
					accounts = append(accounts, member(id).Member)
				}
				c := memberships.New(memprovider.New(memprovider.WithName("one"), memprovider.WithPeople(accounts...), memprovider.WithGroup(team, member(shown))))
				d := &reconcile.Desired{People: map[string]reconcile.Person{"ada": ada}, Groups: []reconcile.Group{{
					Name: "team", In: map[string]memberships.Group{"one": team}, Members: wants("ada"),
				}}}
				seen := reconcile.Look(t.Context(), []*memberships.Client{c}, d, reconcile.LookOptions{})
				got := seen.Groups[0].Matches["ada"]
				if got.Member.ID != tt.want.Member.ID || got.How != tt.want.How || !errors.Is(got.Err, tt.want.Err) {
					t.Errorf("got %+v, want %+v", got, tt.want)
				}
			})
		}
	}
}
