package pubnub

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/option"
)

// Channel is the metadata of a channel (Space). In a Membership it may hold the id alone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.Channel].
type Channel = gen.Channel

// SetChannelRequest holds the changes. A field that is left out stays, Null clears it, and
// Custom replaces all custom values.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetChannelRequest].
type SetChannelRequest = gen.SetChannelRequest

// ListChannelsParams selects channels and their properties. Include takes the Include constants,
// Filter a Filter's Param or another expression, Sort the results of Asc and Desc, and
// Count takes CountTotal.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListChannelsParams].
type ListChannelsParams = gen.ListChannelsParams

// GetChannelParams selects further properties of the channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.GetChannelParams].
type GetChannelParams = gen.GetChannelParams

// SetChannelParams selects further properties of the channel. IfMatch takes the ETag of the channel
// that was read, so that the change depends on it.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetChannelParams].
type SetChannelParams = gen.SetChannelParams

// ChannelsService reads and changes the metadata of channels. A channel need not have
// any to have members.
type ChannelsService struct {
	metadataAPI[gen.ChannelPage, gen.ChannelResult, Channel, SetChannelRequest]
}

// List yields the channels that have metadata, ordered by id unless p.Sort says
// otherwise. PubNub: GET /v2/objects/{subscribeKey}/channels.
func (s *ChannelsService) List(ctx context.Context, p ListChannelsParams, opts ...option.Option) iter.Seq2[*Channel, error] {
	return s.list(listParams(p), opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the page
// that the Next of the page before names. The page after the last one is empty.
func (s *ChannelsService) ListPage(ctx context.Context, p ListChannelsParams, token string, opts ...option.Option) (*memberships.Page[*Channel], error) {
	return s.list(listParams(p), opts).Page(ctx, token)
}

// Get returns the metadata of one channel. If there are none, the error is
// memberships.ErrNotFound.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Get(ctx context.Context, channelID string, p GetChannelParams, opts ...option.Option) (*Channel, error) {
	return s.get(ctx, channelID, p.Include, opts)
}

// Set makes or changes the metadata of a channel and returns it. If p.IfMatch is not
// the channel's ETag any more, the error is memberships.ErrConflict. A repeat can undo
// another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Set(ctx context.Context, channelID string, r SetChannelRequest, p SetChannelParams, opts ...option.Option) (*Channel, error) {
	return s.set(ctx, channelID, r, setParams(p), opts)
}

// Remove removes the metadata of a channel, or does nothing if there is none. The
// channel's memberships stay, unless the keyset has referential integrity switched on. A
// repeat can undo another caller's change: see [option.WithoutRepeat].
// PubNub: DELETE /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Remove(ctx context.Context, channelID string, opts ...option.Option) error {
	return s.remove(ctx, channelID, opts)
}

func newChannelsService(c *client.Client) *ChannelsService {
	return &ChannelsService{metadataAPI[gen.ChannelPage, gen.ChannelResult, Channel, SetChannelRequest]{
		c:       c,
		service: "Channels",
		id:      "channelID",
		page:    func(p gen.ChannelPage) page[Channel] { return page[Channel](p) },
		data:    func(r *gen.ChannelResult) *Channel { return &r.Data },
		key:     func(c *Channel) string { return c.ID },
		tag:     func(c *Channel) string { return c.ETag },
		custom:  func(r SetChannelRequest) nullable.Nullable[json.RawMessage] { return r.Custom },
		listPath: func(key string, p listParams) endpoint.Endpoint {
			return gen.ListChannels(key, ListChannelsParams(p))
		},
		getPath: func(key, channelID string, include []string) endpoint.Endpoint {
			return gen.GetChannel(key, channelID, GetChannelParams{Include: include})
		},
		setPath: func(key, channelID string, p setParams, r SetChannelRequest) endpoint.Endpoint {
			return gen.SetChannel(key, channelID, SetChannelParams(p), r)
		},
		removePath: gen.RemoveChannel,
	}}
}
