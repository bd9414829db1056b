package pubnub

import (
	"context"
	"slices"
	"strconv"
	"time"

	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

const (
	// hold is the time for which a request waits for a message.
	hold = 280 * time.Second
	// kept is the age up to which messages are delivered, and maxMessages the number of the
	// latest ones that a response has. The others are lost without a sign.
	kept        = 16 * time.Minute
	maxMessages = 100
	// maxLog is the number of messages that the log of a keyset has.
	maxLog = 10_000

	region    = 41
	kindEvent = 2
)

// eventLog holds the messages of a keyset in the order of their timetokens.
type eventLog struct {
	entries []entry
	last    int64         // the latest timetoken
	changed chan struct{} // is closed by the next message
}

// entry is a message with its timetoken.
type entry struct {
	timetoken int64
	message   gen.EventMessage
}

// timetoken returns a time in units of 100 nanoseconds.
func timetoken(t time.Time) int64 { return t.UnixNano() / 100 }

// tick returns the timetoken of a time, later than all timetokens before.
func (l *eventLog) tick(now time.Time) int64 {
	l.last = max(l.last+1, timetoken(now))
	return l.last
}

// stamp returns the time of a change, which no change before has.
func (l *eventLog) stamp(now time.Time) time.Time { return time.Unix(0, l.tick(now)*100).UTC() }

// publish appends one message for each channel.
func (k *keyset) publish(now time.Time, object, event string, data map[string]any, channels ...string) {
	l := &k.events
	for _, channel := range channels {
		at := l.tick(now)
		l.entries = append(l.entries, entry{at, gen.EventMessage{
			A: new("5"), F: new(int64(0)), E: new(int64(kindEvent)), K: &k.key, C: channel,
			P: gen.PublishTime{T: strconv.FormatInt(at, 10), R: new(int64(region))},
			D: &gen.EventPayload{Source: new("objects"), Version: new("2.0"), Event: &event, Type: &object, Data: &data},
		}})
	}
	l.forget(now)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// forget removes the messages that are too old or too many.
func (l *eventLog) forget(now time.Time) {
	old := max(0, len(l.entries)-maxLog)
	for old < len(l.entries) && l.entries[old].timetoken < timetoken(now.Add(-kept)) {
		old++
	}
	l.entries = slices.Delete(l.entries, 0, old)
}

// after returns the latest messages of channels after a timetoken.
func (l *eventLog) after(from int64, channels []string) []gen.EventMessage {
	out := []gen.EventMessage{}
	for _, e := range slices.Backward(l.entries) {
		if e.timetoken <= from || len(out) == maxMessages {
			break
		}
		if slices.Contains(channels, e.message.C) {
			out = append(out, e.message)
		}
	}
	slices.Reverse(out)
	return out
}

// membershipSet publishes a membership on the channels of both sides.
func (k *keyset) membershipSet(now, updated time.Time, user, channel string, m membership) {
	data := sides(user, channel)
	data["updated"], data["eTag"] = updated.Format("2006-01-02T15:04:05.000000000Z07:00"), m.eTag()
	if m.custom != nil {
		data["custom"] = m.custom
	}
	if m.status != nil {
		data["status"] = *m.status
	}
	if m.kind != nil {
		data["type"] = *m.kind
	}
	k.publish(now, "membership", "set", data, both(user, channel)...)
}

// membershipDeleted publishes the end of a membership in the same way.
func (k *keyset) membershipDeleted(now time.Time, user, channel string) {
	k.publish(now, "membership", "delete", sides(user, channel), both(user, channel)...)
}

func sides(user, channel string) map[string]any {
	return map[string]any{"uuid": map[string]any{"id": user}, "channel": map[string]any{"id": channel}}
}

func both(user, channel string) []string { return slices.Compact([]string{channel, user}) }

// metadataSet publishes the metadata of an object on channels.
func (k *keyset) metadataSet(now time.Time, object, id string, m metadata, channels ...string) {
	data := map[string]any{"id": id, "updated": m.updated, "eTag": m.eTag(id)}
	for name, text := range m.text {
		data[name] = text
	}
	if m.custom != nil {
		data["custom"] = m.custom
	}
	k.publish(now, object, "set", data, channels...)
}

func (k *keyset) metadataDeleted(now time.Time, object, id string, channels ...string) {
	k.publish(now, object, "delete", map[string]any{"id": id}, channels...)
}

// userChannels returns the channels with the events of a user's metadata.
func (k *keyset) userChannels(user string) []string {
	out := []string{user}
	for channel := range k.in(user).From(0) {
		if channel != user {
			out = append(out, channel)
		}
	}
	return out
}

// ReadEvents serves a subscription. It waits for a message after the timetoken, up to hold.
func (s *server) ReadEvents(ctx context.Context, req gen.ReadEventsRequestObject) (gen.ReadEventsResponseObject, error) {
	from := int64(0)
	if req.Params.Tt != nil {
		var err error
		if from, err = strconv.ParseInt(*req.Params.Tt, 10, 64); err != nil {
			return nil, invalid("query", "tt", "must be a timetoken")
		}
	}
	end := time.NewTimer(hold)
	defer end.Stop()
	for over := from == 0; ; {
		batch, changed := s.batch(req.SubscribeKey, req.Channels, from, over)
		if batch != nil {
			return messages200{gen.ReadEvents200JSONResponse(*batch)}, nil
		}
		select {
		case <-changed:
		case <-end.C:
			over = true
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// messages200 is a response with messages, which PubNub calls JavaScript.
type messages200 struct{ gen.ReadEvents200JSONResponse }

// Response implements the response of the generated server.
func (m messages200) Response() (int, map[string]*string, any) {
	status, _, body := m.ReadEvents200JSONResponse.Response()
	return status, map[string]*string{
		"Content-Type": new(`text/javascript; charset="UTF-8"`), "Cache-Control": new("no-cache"), "Access-Control-Allow-Methods": new("GET"),
	}, body
}

// batch returns the messages after a timetoken. Without any it returns nil and the channel
// that the next message closes, unless the wait is over.
func (s *server) batch(key string, channels []string, from int64, over bool) (*gen.EventBatch, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.keyset(key).events
	out := gen.EventBatch{M: []gen.EventMessage{}, T: gen.Timetoken{R: new(int64(region))}}
	if from > 0 {
		l.forget(s.seed.Now())
		out.M = l.after(from, channels)
	}
	switch n := len(out.M); {
	case n > 0:
		out.T.T = out.M[n-1].P.T
	case over:
		out.T.T = strconv.FormatInt(l.tick(s.seed.Now()), 10)
	default:
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		return nil, l.changed
	}
	return &out, nil
}
