package clients

import (
	"context"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/providers"
)

// portable is this module's one API for all providers.
var portable = Client{
	Name: Portable, About: "this module's portable API",
	New: each(func(provider string) func(Server) (Listing, error) {
		return func(s Server) (Listing, error) {
			c, err := s.portable(provider)
			return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
				f := memberships.Filter{Group: memberships.Group{ID: g.ID()}, State: members(c)}
				return count(c.List(ctx, f), addPortable(provider, t))
			}, err
		}
	}),
}

// listMany reads groups concurrently with the portable API.
func listMany(provider string, s Server) (Many, error) {
	c, err := s.portable(provider)
	return func(ctx context.Context, groups []corpus.Group, concurrency int, t *corpus.Tally) error {
		var list []memberships.Group
		for _, g := range groups {
			list = append(list, memberships.Group{ID: g.ID()})
		}
		return count(c.ListMany(ctx, list, memberships.ManyOptions{Concurrency: concurrency, State: members(c)}), addPortable(provider, t))
	}, err
}

// members returns the state of the members that the other clients read. Pending invitations
// are another list, of another request.
func members(c *memberships.Client) memberships.State {
	if c.Capabilities().Invites {
		return memberships.StateActive
	}
	return ""
}

func (s Server) portable(provider string) (*memberships.Client, error) {
	p, err := providers.Open(provider, s.options(provider)...)
	if err != nil {
		return nil, err
	}
	return memberships.New(p), nil
}

// addPortable counts the strings that the other clients count.
func addPortable(provider string, t *corpus.Tally) func(memberships.Membership) {
	switch provider {
	case "clerk":
		return func(m memberships.Membership) { t.Add(m.Member.ID, m.RoleName, m.Member.Email) }
	case "pubnub":
		return func(m memberships.Membership) { t.Add(m.Member.ID, "", m.Member.Email) }
	case "googlechat":
		return func(m memberships.Membership) {
			t.Add(m.ID, m.RoleName, m.Member.ID)
			t.Text += int64(len("users/")) // which the portable id does without
		}
	}
	return func(m memberships.Membership) { t.Add(m.ID, m.RoleName, m.Member.ID) }
}
