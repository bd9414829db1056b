package clients

import (
	"context"
	"net/http"

	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/oapi/box"
	"github.com/memberships-go/memberships/bench/internal/oapi/clerk"
	"github.com/memberships-go/memberships/bench/internal/oapi/googlechat"
	"github.com/memberships-go/memberships/bench/internal/oapi/pubnub"
	"github.com/memberships-go/memberships/bench/internal/oapi/webex"
)

// generated is oapi-codegen's default client for the same documents, with a loop over the
// pages.
var generated = Client{Name: Generated, About: "oapi-codegen's default client of the same document", New: map[string]func(Server) (Listing, error){
	"clerk": func(s Server) (Listing, error) {
		c, err := clerk.NewClientWithResponses(s.URL)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			p := clerk.ListOrganizationMembershipsParams{Limit: &s.Page, Offset: new(0)}
			for {
				resp, err := c.ListOrganizationMembershipsWithResponse(ctx, g.ID(), &p, authorize)
				if err != nil {
					return err
				}
				if resp.JSON200 == nil {
					return statusError(resp.HTTPResponse)
				}
				for i := range resp.JSON200.Data {
					m := &resp.JSON200.Data[i]
					t.Add(m.PublicUserData.UserId, m.Role, *m.PublicUserData.Identifier)
				}
				if *p.Offset += len(resp.JSON200.Data); int64(*p.Offset) >= resp.JSON200.TotalCount || len(resp.JSON200.Data) == 0 {
					return nil
				}
			}
		}, err
	},
	"webex": func(s Server) (Listing, error) {
		c, err := webex.NewClientWithResponses(s.URL)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			p := webex.ListMembershipsParams{RoomId: new(g.ID()), Max: &s.Page}
			for {
				resp, err := c.ListMembershipsWithResponse(ctx, &p, authorize)
				if err != nil {
					return err
				}
				if resp.JSON200 == nil {
					return statusError(resp.HTTPResponse)
				}
				for i := range resp.JSON200.Items {
					m := &resp.JSON200.Items[i]
					t.Add(m.Id, role(m.IsModerator), m.PersonId)
				}
				cursor, err := nextLink(resp.HTTPResponse.Header)
				if err != nil || cursor == "" {
					return err
				}
				p.Cursor = &cursor
			}
		}, err
	},
	"box": func(s Server) (Listing, error) {
		c, err := box.NewClientWithResponses(s.URL)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			p := box.ListGroupMembersParams{Limit: new(int64(s.Page)), Offset: new(int64(0))}
			for {
				resp, err := c.ListGroupMembersWithResponse(ctx, g.ID(), &p, authorize)
				if err != nil {
					return err
				}
				if resp.JSON200 == nil {
					return statusError(resp.HTTPResponse)
				}
				for i := range resp.JSON200.Entries {
					m := &resp.JSON200.Entries[i]
					t.Add(m.Id, string(*m.Role), m.User.Id)
				}
				if *p.Offset += *resp.JSON200.Limit; *p.Offset >= *resp.JSON200.TotalCount {
					return nil
				}
			}
		}, err
	},
	"pubnub": func(s Server) (Listing, error) {
		c, err := pubnub.NewClientWithResponses(s.URL)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			p := pubnub.ListMembersParams{Limit: &s.Page, Include: &include}
			for {
				resp, err := c.ListMembersWithResponse(ctx, key, g.ID(), &p, authorize)
				if err != nil {
					return err
				}
				if resp.JSON200 == nil {
					return statusError(resp.HTTPResponse)
				}
				for i := range resp.JSON200.Data {
					m := &resp.JSON200.Data[i]
					t.Add(m.Uuid.Id, "", *m.Uuid.Email)
				}
				if p.Start = resp.JSON200.Next; len(resp.JSON200.Data) == 0 {
					return nil
				}
			}
		}, err
	},
	"googlechat": func(s Server) (Listing, error) {
		c, err := googlechat.NewClientWithResponses(s.URL)
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			p := googlechat.ListMembershipsParams{PageSize: new(int32(s.Page))}
			for {
				resp, err := c.ListMembershipsWithResponse(ctx, g.ID(), &p, authorize)
				if err != nil {
					return err
				}
				if resp.JSON200 == nil {
					return statusError(resp.HTTPResponse)
				}
				if resp.JSON200.Memberships != nil {
					for i := range *resp.JSON200.Memberships {
						m := &(*resp.JSON200.Memberships)[i]
						t.Add(m.Name, string(*m.Role), m.Member.Name)
					}
				}
				if p.PageToken = resp.JSON200.NextPageToken; p.PageToken == nil {
					return nil
				}
			}
		}, err
	},
}}

func authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+secret)
	return nil
}
