package pubnub

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
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
// Count takes CountNone.
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
type ChannelsService struct{ c *client.Client }

// List yields the channels that have metadata, ordered by id unless p.Sort says
// otherwise. PubNub: GET /v2/objects/{subscribeKey}/channels.
func (s *ChannelsService) List(ctx context.Context, p ListChannelsParams, opts ...option.Option) iter.Seq2[*Channel, error] {
	return listChannels(s, p, opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the page
// that the Next of the page before names. Without a total, the page after the last one is
// empty.
func (s *ChannelsService) ListPage(ctx context.Context, p ListChannelsParams, token string, opts ...option.Option) (*memberships.Page[*Channel], error) {
	return listChannels(s, p, opts).Page(ctx, token)
}

func listChannels(s *ChannelsService, p ListChannelsParams, opts []option.Option) *paging.List[Channel] {
	p.Count = counted(p.Count)
	return channelMetadata(s).list(client.Call{
		Name:     "Channels.List",
		Endpoint: gen.ListChannels(scope(s.c, opts).subscribeKey, p),
		Opts:     opts,
	})
}

// Get returns the metadata of one channel. If there are none, the error is
// memberships.ErrNotFound.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Get(ctx context.Context, channelID string, p GetChannelParams, opts ...option.Option) (*Channel, error) {
	return channelMetadata(s).read(ctx, channelID, p.Include, opts)
}

// Set makes or changes the metadata of a channel and returns it. If p.IfMatch is not
// the channel's ETag any more, the error is memberships.ErrConflict. A repeat can undo
// another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Set(ctx context.Context, channelID string, r SetChannelRequest, p SetChannelParams, opts ...option.Option) (*Channel, error) {
	return channelMetadata(s).set(ctx, channelID, client.Call{
		Name:     "Channels.Set",
		Endpoint: gen.SetChannel(scope(s.c, opts).subscribeKey, channelID, p, r),
		Opts:     opts,
	}, r, r.Custom, setParams(p))
}

// Remove removes the metadata of a channel, or does nothing if there is none. The
// channel's memberships stay, unless the keyset has referential integrity switched on. A
// repeat can undo another caller's change: see [option.WithoutRepeat].
// PubNub: DELETE /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Remove(ctx context.Context, channelID string, opts ...option.Option) error {
	return channelMetadata(s).remove(ctx, channelID, client.Call{
		Name:     "Channels.Remove",
		Endpoint: gen.RemoveChannel(scope(s.c, opts).subscribeKey, channelID),
		Opts:     opts,
	})
}

// channelMetadata returns the API of the metadata of channels.
func channelMetadata(s *ChannelsService) *metadataAPI[gen.ChannelPage, gen.ChannelResult, Channel] {
	return &metadataAPI[gen.ChannelPage, gen.ChannelResult, Channel]{
		c:    s.c,
		name: "Channels",
		id:   "channelID",
		page: func(p gen.ChannelPage) page[Channel] { return page[Channel](p) },
		data: func(r *gen.ChannelResult) *Channel { return &r.Data },
		key:  func(c *Channel) string { return c.ID },
		tag:  func(c *Channel) string { return c.ETag },
		get: func(key, id string, include []string) endpoint.Endpoint {
			return gen.GetChannel(key, id, GetChannelParams{Include: include})
		},
	}
}
