package clients

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
	"github.com/memberships-go/memberships/wrappers/webex"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// typed is this module's package for the provider.
var typed = Client{Name: Typed, About: "this module's package for the provider", New: map[string]func(Server) (Listing, error){
	"clerk": func(s Server) (Listing, error) {
		c, err := clerk.New(s.options()...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.ListOrganization(ctx, g.ID(), clerk.ListOrganizationMembershipsParams{}), func(m *clerk.Membership) {
				t.Add(m.ID, m.Role, m.PublicUserData.UserID)
			})
		}, err
	},
	"webex": func(s Server) (Listing, error) {
		c, err := webex.New(s.options()...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: new(g.ID())}), func(m *webex.Membership) {
				t.Add(m.ID, role(m.IsModerator), m.PersonID)
			})
		}, err
	},
	"box": func(s Server) (Listing, error) {
		c, err := box.New(s.options()...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.ListGroup(ctx, g.ID(), box.ListGroupMembersParams{}), func(m *box.Membership) {
				t.Add(m.ID, string(m.Role), m.User.ID)
			})
		}, err
	},
	"pubnub": func(s Server) (Listing, error) {
		c, err := pubnub.New(append(s.options(), pubnub.WithKeys(key, ""), pubnub.WithUserID("bench"))...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Members.List(ctx, g.ID(), pubnub.ListMembersParams{Include: include}), func(m *pubnub.Member) {
				t.Add(m.User.ID, "", m.User.Email)
			})
		}, err
	},
	"googlechat": func(s Server) (Listing, error) {
		c, err := googlechat.New(s.options()...)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			return count(c.Memberships.List(ctx, g.ID(), googlechat.ListMembershipsParams{}), func(m *googlechat.Membership) {
				t.Add(m.Name, string(m.Role), m.Member.Name)
			})
		}, err
	},
}}

func (s Server) options() []option.Option {
	return []option.Option{option.WithBaseURL(s.URL), option.WithToken(secret), option.WithPageSize(s.Page)}
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
