package clients

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// typed is this module's package for the provider.
var typed = Client{Name: Typed, About: "this module's package for the provider", New: map[string]func(Server) (Listing, error){
	"clerk": func(s Server) (Listing, error) {
		c, err := clerk.New(s.options("clerk")...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.ListByOrganization(ctx, g.ID(), clerk.ListOrganizationMembershipsParams{}), func(m *clerk.Membership) {
				t.Add(m.PublicUserData.UserID, m.Role, m.PublicUserData.Identifier)
			})
		}, err
	},
	"webex": func(s Server) (Listing, error) {
		c, err := webex.New(s.options("webex")...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: new(g.ID())}), func(m *webex.Membership) {
				t.Add(m.ID, role(m.IsModerator), m.PersonID)
			})
		}, err
	},
	"box": func(s Server) (Listing, error) {
		c, err := box.New(s.options("box")...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.ListByGroup(ctx, g.ID(), box.ListGroupMembershipsParams{}), func(m *box.Membership) {
				t.Add(m.ID, string(m.Role), m.User.ID)
			})
		}, err
	},
	"pubnub": func(s Server) (Listing, error) {
		c, err := pubnub.New(s.options("pubnub")...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Members.ListByChannel(ctx, g.ID(), pubnub.ListMembersParams{Include: include}), func(m *pubnub.Member) {
				t.Add(m.User.ID, "", m.User.Email)
			})
		}, err
	},
	"googlechat": func(s Server) (Listing, error) {
		c, err := googlechat.New(s.options("googlechat")...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.ListBySpace(ctx, g.ID(), googlechat.ListMembershipsParams{}), func(m *googlechat.Membership) {
				t.Add(m.Name, string(m.Role), m.Member.Name)
			})
		}, err
	},
}}

// options are the same for both ways into this module.
func (s Server) options(provider string) []option.Option {
	opts := []option.Option{option.WithBaseURL(s.URL), option.WithToken(secret), option.WithPageSize(s.Page)}
	if s.Parallel > 1 {
		opts = append(opts, option.WithParallelPages(s.Parallel))
	}
	if s.NoPrefetch {
		opts = append(opts, option.WithoutPrefetch())
	}
	if provider == "pubnub" {
		opts = append(opts, pubnub.WithKeys(key, ""), pubnub.WithUserID("bench"))
	}
	return opts
}

func count[T any](members iter.Seq2[T, error], add func(T)) error {
	for m, err := range members {
		if err != nil {
			return err
		}
		add(m)
	}
	return nil
}
