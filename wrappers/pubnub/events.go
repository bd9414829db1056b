package pubnub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// EventBatch has the messages of channels after a timetoken.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.EventBatch].
type EventBatch = gen.EventBatch

// EventMessage is one message in a channel. Its Kind is KindEvent for an event of App
// Context.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.EventMessage].
type EventMessage = gen.EventMessage

// EventPayload is the content of an event of App Context. Of another message it has what
// happens to fit.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.EventPayload].
type EventPayload = gen.EventPayload

// Timetoken is a place in the stream of messages.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.Timetoken].
type Timetoken = gen.Timetoken

// PublishTime is the time of a publication.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.PublishTime].
type PublishTime = gen.PublishTime

// KindEvent is the Kind of an event of App Context.
const KindEvent = 2

// presence is the end of the name of a channel's presence channel.
const presence = "-pnpres"

// hold is the limit of a call that PubNub holds for about 280 seconds.
const hold = 310 * time.Second

// ReadEventsParams continue after an EventBatch.
type ReadEventsParams struct {
	// Timetoken and Region are those of the Next of the batch before. Without a Timetoken,
	// Read returns at once, with the present one.
	Timetoken string
	Region    int64
}

// EventsService receives the messages of channels.
type EventsService struct{ c *client.Client }

// Read returns the messages of channels after a timetoken, at most the latest 100, in the
// order of their publication. PubNub holds the call until there is a message, and returns
// none after about 280 seconds: the call and each of its attempts have 310 seconds, unless
// the client's own limits are longer. PubNub has the last 100 messages and about 16 minutes
// of a channel, and does not tell whether earlier ones are lost.
//
// PubNub publishes a change of a membership twice: to the channel, and to the channel with
// the name of the user's id. With Access Manager, Read takes the permission read on each
// channel, or else the error is memberships.ErrPermissionDenied and names the channels. The
// names have a limit of 8 KiB in one call. Watch of the Provider reads batch after batch.
// PubNub: GET /v2/subscribe/{subscribeKey}/{channels}/0.
func (s *EventsService) Read(ctx context.Context, channels []string, p ReadEventsParams, opts ...option.Option) (*EventBatch, error) {
	at := p.Timetoken
	if at == "" {
		at = "0"
	}
	params := gen.ReadEventsParams{Tt: &at}
	if p.Region != 0 {
		params.Tr = &p.Region
	}
	const name = "Events.Read"
	batch, err := client.One(ctx, s.c, client.Call{
		Name: name,
		Check: func() error {
			if len(channels) == 0 {
				return errors.New("there is no channel")
			}
			for i, channel := range channels {
				if err := checkChannel(fmt.Sprintf("channel %d", i), channel); err != nil {
					return err
				}
			}
			if !isTimetoken(at) {
				return errors.New("the timetoken is no number of at most 19 digits")
			}
			return nil
		},
		Endpoint: gen.ReadEvents(scope(s.c, opts).subscribeKey, channels, params),
		Opts:     opts,
		Hold:     hold,
	}, func(b *EventBatch) string { return b.Next.Timetoken })
	switch {
	case err != nil:
		return nil, err
	case batch.Messages == nil:
		return nil, api.Fail(name, memberships.ErrMalformed, "the answer has no array of messages")
	case !isTimetoken(batch.Next.Timetoken):
		return nil, api.Fail(name, memberships.ErrMalformed, "the timetoken of the answer is no number of at most 19 digits")
	}
	for _, m := range batch.Messages {
		if m.Channel == "" || !isTimetoken(m.Published.Timetoken) {
			return nil, api.Fail(name, memberships.ErrMalformed, "a message lacks its channel or its timetoken")
		}
	}
	return batch, nil
}

// checkChannel refuses the name of a channel that PubNub refuses, or that would be another
// one, such as a wildcard. The name of a presence channel is longer than that of its channel.
func checkChannel(what, channel string) error {
	return checkID(what, strings.TrimSuffix(channel, presence))
}

// isTimetoken reports whether s is a timetoken: decimal digits.
func isTimetoken(s string) bool {
	return s != "" && len(s) <= 19 && strings.Trim(s, "0123456789") == ""
}
