package pubnub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/delivery"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

const (
	// keep is the time for which PubNub surely has messages: it documents about 16 minutes.
	keep = 15 * time.Minute
	// maxMessages is the documented size of a channel's buffer, and of an answer. A full
	// answer may lack earlier messages.
	maxMessages = 100
	// maxChannels is the length of the escaped names of channels in one URL. PubNub takes
	// URLs of 32 KiB, and proxies often 8.
	maxChannels = 4 << 10
	// quick is the time in which an answer without a message comes too soon, and the pause
	// that follows.
	quick = time.Second
)

type channelsKey struct{}

// WithChannels names the channels that Watch listens to: the ids of channels for the changes
// of their members, and the ids of users for those of their memberships. Watch needs at least
// one. The order has no meaning, and a name may come twice.
func WithChannels(names ...string) option.Option {
	names = slices.Clone(names)
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if len(names) == 0 {
			return errors.New("WithChannels: there is no channel")
		}
		if err := checkChannels(names); err != nil {
			return fmt.Errorf("WithChannels: %w", err)
		}
		c.Set(channelsKey{}, names)
		return nil
	})
}

// checkChannels returns the error of the first name that Watch cannot listen to.
func checkChannels(names []string) error {
	for i, name := range names {
		if err := checkID(fmt.Sprintf("channel %d", i), name); err != nil {
			return err
		}
		if strings.HasSuffix(name, presence) {
			return fmt.Errorf("channel %d is a presence channel, which has no changes of memberships", i)
		}
	}
	return nil
}

// channels returns the names of WithChannels and the ids of memberships.WithWatchedGroups, in
// a fixed order and each once.
func channels(cfg *config.Config) ([]string, error) {
	names, _ := cfg.Values[channelsKey{}].([]string)
	names = slices.Clone(names)
	for _, g := range cfg.WatchedGroups {
		names = append(names, g.ID)
	}
	if len(names) == 0 {
		return nil, errors.New("PubNub has no stream of all channels: WithChannels or memberships.WithWatchedGroups names some")
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names, checkChannels(names)
}

// Watch subscribes to the channels of WithChannels and memberships.WithWatchedGroups.
func (p *provider) Watch(ctx context.Context, from memberships.Position, opts ...option.Option) iter.Seq2[memberships.Event, error] {
	return func(yield func(memberships.Event, error) bool) {
		s, err := p.stream(opts)
		if err != nil {
			yield(memberships.Event{}, err)
			return
		}
		s.Events(ctx, from)(yield)
	}
}

// stream returns the stream of one range. It has a part for each URL that the channels need.
func (p *provider) stream(opts []option.Option) (*portable.Stream, error) {
	cfg, err := p.c.Events.c.Config(opts)
	var names []string
	if err == nil {
		names, err = channels(cfg)
	}
	if err != nil {
		return nil, &memberships.Error{Provider: api.Name, Op: "watch", Kind: memberships.ErrInvalidArgument, Err: err}
	}
	w := &watch{provider: p.with(append([]option.Option{option.WithRawJSON()}, opts...)), deletions: newDeletions(1 << 12)}
	s := &portable.Stream{
		API: api, Names: append([]string{identityOf(cfg).subscribeKey}, names...), Keep: keep, Wait: quick, Logger: cfg.Logger,
	}
	for _, part := range split(names) {
		s.Parts = append(s.Parts, func(ctx context.Context, cursor string) (portable.Batch, error) {
			return w.read(ctx, part, cursor)
		})
	}
	return s, nil
}

// split divides channels into lists that fit into a URL.
func split(channels []string) [][]string {
	var out [][]string
	length := 0
	for _, name := range channels {
		n := len(escape(name)) + len(",")
		if length += n; len(out) == 0 || length > maxChannels {
			out, length = append(out, nil), n
		}
		out[len(out)-1] = append(out[len(out)-1], name)
	}
	return out
}

// watch is one range of Watch. Its parts read at the same time.
type watch struct {
	*provider
	deletions *deletions
}

// read reads the messages after a cursor, which is a timetoken with its region.
func (w *watch) read(ctx context.Context, channels []string, cursor string) (portable.Batch, error) {
	var params ReadEventsParams
	if cursor != "" {
		var err error
		if params, err = parseCursor(cursor); err != nil {
			return portable.Batch{}, err
		}
	}
	asked := time.Now()
	batch, err := w.c.Events.Read(ctx, channels, params, w.opts...)
	switch {
	case err != nil:
		return portable.Batch{}, err
	case len(batch.Messages) >= maxMessages:
		return portable.Batch{}, api.Fail("watch", memberships.ErrEventsMissed,
			fmt.Sprintf("the answer has %d messages, so that PubNub may have lost earlier ones", len(batch.Messages)))
	}
	next := batch.Next
	out := portable.Batch{Next: next.Timetoken + "/" + strconv.FormatInt(next.Region, 10)}
	out.More = cursor == "" || time.Since(asked) >= quick || len(batch.Messages) > 0 && out.Next != cursor
	for i := range batch.Messages {
		if m := &batch.Messages[i]; isEvent(m) {
			out.Events = append(out.Events, w.event(m))
		}
	}
	return out, nil
}

// parseCursor returns the params of a cursor. A Position may have been altered.
func parseCursor(cursor string) (ReadEventsParams, error) {
	at, text, _ := strings.Cut(cursor, "/")
	region, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isTimetoken(at) || strings.Trim(at, "0") == "" {
		return ReadEventsParams{}, api.Fail("watch", memberships.ErrInvalidArgument, "the position is damaged")
	}
	return ReadEventsParams{Timetoken: at, Region: region}, nil
}

// isEvent reports whether a message is an event of App Context. Messages of users and of
// presence channels are none, and neither are the events of the withdrawn version 1.
func isEvent(m *EventMessage) bool {
	return m.Kind == KindEvent && m.Payload.Source == "objects" && !strings.HasSuffix(m.Channel, presence) && major(m) != "" && major(m) != "1"
}

// major returns the number before the dot of an event's version.
func major(m *EventMessage) string {
	number, _, _ := strings.Cut(m.Payload.Version, ".")
	return number
}

// timeOf returns the time of a timetoken.
func timeOf(timetoken string) time.Time {
	n, err := strconv.ParseInt(timetoken, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n/1e7, n%1e7*100).UTC()
}

// event returns the portable event of a message. A removal of metadata is PubNub's own event:
// whether it ends memberships depends on the keyset, and PubNub does not document whether
// their ends are published too.
func (w *watch) event(m *EventMessage) memberships.Event {
	d := m.Payload
	published := timeOf(m.Published.Timetoken)
	e := memberships.Event{Provider: api.Name, NativeType: d.Type + "." + d.Event, Time: published, Raw: m.RawJSON}.WithNative(m)
	if d.Type != "membership" || d.Event != "set" && d.Event != "delete" {
		e.Type, e.ID = delivery.OtherType(e.NativeType), delivery.ID(e.NativeType, string(d.Data))
		if d.Event == "delete" {
			e.ID = delivery.ID(e.NativeType, m.Channel, m.Published.Timetoken, string(d.Data))
		}
		return e
	}
	key, member, err := subject(d.Data)
	if err != nil || major(m) != "2" {
		// Not all of the subject is known, so that any membership may have changed.
		e.Type, e.NameOnly, e.ID = memberships.EventSet, true, delivery.ID(e.NativeType, m.Channel, m.Published.Timetoken, string(d.Data))
		e.Membership = memberships.Membership{Provider: api.Name, State: memberships.StateActive}
		return e
	}
	if d.Event == "delete" {
		e.Type, e.NameOnly = memberships.EventDeleted, true
		e.ID = w.deletions.id(key, m.Channel, published)
		e.Membership = w.fromMember(key.channel)(member)
		e.Membership.State, e.Membership.Role, e.Membership.RoleName = memberships.StateAbsent, "", ""
		return e
	}
	e.Type, e.Membership = memberships.EventSet, w.fromMember(key.channel)(member)
	updated := member.Updated
	if updated.IsZero() {
		updated = published
	}
	e.Time = updated
	e.ID = delivery.ID(key.channel, key.user, d.Event, updated.UTC().Format(time.RFC3339Nano))
	w.deletions.set(key, updated)
	return e
}

// subject decodes the membership of an event, which has the fields of a Member and those of a
// Membership.
func subject(data []byte) (pair, *Member, error) {
	row := slices.Concat([]byte(`{"data":[`), data, []byte(`]}`))
	var members gen.MemberPage
	var channels gen.MembershipPage
	if err := cmp.Or(decode.JSON(row, &members, true), decode.JSON(row, &channels, false)); err != nil {
		return pair{}, nil, err
	}
	if len(members.Data) != 1 || len(channels.Data) != 1 {
		return pair{}, nil, errors.New("the event is not about one membership")
	}
	member := &members.Data[0]
	key := pair{channels.Data[0].Channel.ID, member.User.ID}
	if key.channel == "" || key.user == "" {
		return pair{}, nil, errors.New("the membership lacks the id of its channel or user")
	}
	return key, member, nil
}
