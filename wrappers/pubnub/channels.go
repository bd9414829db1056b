package pubnub

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Channel is the metadata of a channel (Space). In a Membership it may hold the id alone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.Channel].
type Channel = gen.Channel

// SetChannelRequest holds what is to change. A field that is left out stays, Null clears it,
// and Custom replaces all custom values.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetChannelRequest].
type SetChannelRequest = gen.SetChannelRequest

// ListChannelsParams says which channels to list and what to show of them: Include takes
// the Include constants, Filter a Filter's Param or an expression of one's own, Sort
// what Asc and Desc give, Count CountTotal.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListChannelsParams].
type ListChannelsParams = gen.ListChannelsParams

// GetChannelParams asks for more about a channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.GetChannelParams].
type GetChannelParams = gen.GetChannelParams

// SetChannelParams asks for more about the channel, and can make the change depend on
// what was read: IfMatch takes its ETag.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetChannelParams].
type SetChannelParams = gen.SetChannelParams

// ChannelsService reads and changes the metadata of channels. A channel need not have
// any to have members.
type ChannelsService struct{ c *client.Client }

func channelKey(c *Channel) string { return c.ID }

// List yields the channels that have metadata, ordered by id unless p.Sort says
// otherwise. PubNub: GET /v2/objects/{subscribeKey}/channels.
func (s *ChannelsService) List(ctx context.Context, p ListChannelsParams, opts ...option.Option) iter.Seq2[*Channel, error] {
	return s.list(p, opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *ChannelsService) ListPage(ctx context.Context, p ListChannelsParams, token string, opts ...option.Option) (*memberships.Page[*Channel], error) {
	return s.list(p, opts).Page(ctx, token)
}

func (s *ChannelsService) list(p ListChannelsParams, opts []option.Option) *paging.List[Channel] {
	id := scope(s.c, opts)
	return client.List(s.c, listing(client.Call{
		Name:     "Channels.List",
		Endpoint: gen.ListChannels(id.subscribeKey, p),
		Opts:     opts,
	}, func(p gen.ChannelPage) page[Channel] { return page[Channel](p) }, channelKey))
}

// Get returns the metadata of one channel. A channel without any is memberships.ErrNotFound.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Get(ctx context.Context, channelID string, p GetChannelParams, opts ...option.Option) (*Channel, error) {
	id := scope(s.c, opts)
	return s.one(ctx, client.Call{
		Name:     "Channels.Get",
		Check:    func() error { return checkID("channelID", channelID) },
		Endpoint: gen.GetChannel(id.subscribeKey, channelID, p),
		Opts:     opts,
	})
}

// Set makes or changes the metadata of a channel and returns it. With p.IfMatch a channel
// that has changed since it was read is memberships.ErrConflict. A repeat can undo
// somebody else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Set(ctx context.Context, channelID string, r SetChannelRequest, p SetChannelParams, opts ...option.Option) (*Channel, error) {
	id := scope(s.c, opts)
	call := client.Call{
		Name:     "Channels.Set",
		Check:    func() error { return checkSet("channelID", channelID, r.Custom, p.IfMatch) },
		Endpoint: gen.SetChannel(id.subscribeKey, channelID, p, r),
		Opts:     opts,
	}
	if p.IfMatch != nil {
		call.Duplicate, call.Refusal = client.Refused, memberships.ErrConflict
	}
	result, err := client.Write(ctx, s.c, call, channelResultKey, func(ctx context.Context) (*gen.ChannelResult, bool, error) {
		got, err := s.Get(ctx, channelID, GetChannelParams{Include: WriteParams{Include: p.Include}.include()}, opts...)
		if errors.Is(err, memberships.ErrNotFound) && p.IfMatch == nil {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		done, err := applied(r, got, p.IfMatch, got.ETag)
		if !done {
			return nil, false, err
		}
		return &gen.ChannelResult{Data: *got}, true, nil
	})
	if err != nil {
		return nil, err
	}
	return &result.Data, nil
}

// Remove removes the metadata of a channel, or does nothing if there is none. The
// channel's memberships stay, unless the keyset has referential integrity switched on. A
// repeat can undo somebody else's change: see [option.WithoutRepeat].
// PubNub: DELETE /v2/objects/{subscribeKey}/channels/{channelId}.
func (s *ChannelsService) Remove(ctx context.Context, channelID string, opts ...option.Option) error {
	id := scope(s.c, opts)
	return remove(ctx, s.c, client.Call{
		Name:     "Channels.Remove",
		Check:    func() error { return checkID("channelID", channelID) },
		Endpoint: gen.RemoveChannel(id.subscribeKey, channelID),
		Opts:     opts,
	}, func(ctx context.Context) (*Channel, error) { return s.Get(ctx, channelID, GetChannelParams{}, opts...) })
}

func channelResultKey(r *gen.ChannelResult) string { return r.Data.ID }

func (s *ChannelsService) one(ctx context.Context, call client.Call) (*Channel, error) {
	r, err := client.One(ctx, s.c, call, channelResultKey)
	if err != nil {
		return nil, err
	}
	return &r.Data, nil
}
