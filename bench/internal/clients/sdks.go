package clients

import (
	"context"
	"encoding/json"
	"strings"

	webexmemberships "github.com/WebexCommunity/webex-go-sdk/v2/memberships"
	"github.com/WebexCommunity/webex-go-sdk/v2/webexsdk"
	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/organizationmembership"
	pubnubsdk "github.com/pubnub/go/v7"
	chat "google.golang.org/api/chat/v1"
	googleoption "google.golang.org/api/option"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// sdks are the other SDKs: the provider's own for Clerk, PubNub and Google, the
// community's for Webex. Box has none.
var sdks = Client{Name: SDK, About: "the provider's own SDK, the community's for Webex; Box has none", New: map[string]func(Server) (Listing, error){
	"clerk":      clerkSDK,
	"webex":      webexSDK,
	"pubnub":     pubnubSDK,
	"googlechat": googleSDK,
}}

func clerkSDK(s Server) (Listing, error) {
	c := organizationmembership.NewClient(&clerksdk.ClientConfig{BackendConfig: clerksdk.BackendConfig{
		URL: clerksdk.String(s.URL + "/v1"), Key: clerksdk.String(secret),
	}})
	return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
		p := organizationmembership.ListParams{OrganizationID: g.ID()}
		p.Limit = clerksdk.Int64(int64(s.Page))
		for offset := int64(0); ; {
			p.Offset = &offset
			page, err := c.List(ctx, &p)
			if err != nil {
				return err
			}
			for _, m := range page.OrganizationMemberships {
				t.Add(m.PublicUserData.UserID, m.Role, m.PublicUserData.Identifier)
			}
			n := len(page.OrganizationMemberships)
			if offset += int64(n); offset >= page.TotalCount || n == 0 {
				return nil
			}
		}
	}, nil
}

func webexSDK(s Server) (Listing, error) {
	config := webexsdk.DefaultConfig()
	config.BaseURL = s.URL + "/v1"
	core, err := webexsdk.NewClient(secret, config)
	c := webexmemberships.New(core, nil)
	return func(_ context.Context, g corpus.Group, t *corpus.Tally) error {
		first, err := c.List(&webexmemberships.ListOptions{RoomID: g.ID(), Max: s.Page})
		if err != nil {
			return err
		}
		for i := range first.Items {
			m := &first.Items[i]
			t.Add(m.ID, role(m.IsModerator), m.PersonID)
		}
		for page := first.Page; page.HasNext; {
			if page, err = page.Next(); err != nil {
				return err
			}
			for _, item := range page.Items { // later pages come undecoded
				var m webexmemberships.Membership
				if err := json.Unmarshal(item, &m); err != nil {
					return err
				}
				t.Add(m.ID, role(m.IsModerator), m.PersonID)
			}
		}
		return nil
	}, err
}

func pubnubSDK(s Server) (Listing, error) {
	config := pubnubsdk.NewConfigWithUserId("bench")
	config.SubscribeKey = key
	config.Origin, config.Secure = strings.TrimPrefix(strings.TrimPrefix(s.URL, "http://"), "https://"), strings.HasPrefix(s.URL, "https:")
	c := pubnubsdk.NewPubNub(config)
	with := []pubnubsdk.PNChannelMembersInclude{pubnubsdk.PNChannelMembersIncludeUUID, pubnubsdk.PNChannelMembersIncludeCustom}
	return func(_ context.Context, g corpus.Group, t *corpus.Tally) error {
		for start := ""; ; {
			page, _, err := c.GetChannelMembers().Channel(g.ID()).Limit(s.Page).Start(start).Include(with).Execute()
			if err != nil {
				return err
			}
			for i := range page.Data {
				m := &page.Data[i]
				t.Add(m.UUID.ID, "", m.UUID.Email)
			}
			if start = page.Next; len(page.Data) == 0 {
				return nil
			}
		}
	}, nil
}

func googleSDK(s Server) (Listing, error) {
	c, err := chat.NewService(context.Background(), googleoption.WithEndpoint(s.URL), googleoption.WithoutAuthentication())
	return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
		return c.Spaces.Members.List("spaces/"+g.ID()).PageSize(int64(s.Page)).Pages(ctx, func(page *chat.ListMembershipsResponse) error {
			for _, m := range page.Memberships {
				t.Add(m.Name, m.Role, m.Member.Name)
			}
			return nil
		})
	}, err
}
