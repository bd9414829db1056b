package box

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/delivery"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

const (
	// maxEvents is the documented maximum of a page of events.
	maxEvents = 500
	// pollInterval is the default pause between two requests that find nothing new.
	pollInterval = 5 * time.Second
)

// keeps is the time for which Box has the events of a stream. It documents none for the
// streams of the caller.
var keeps = map[EventStream]time.Duration{
	StreamAdminLogsStreaming: 14 * 24 * time.Hour,
	StreamAdminLogs:          365 * 24 * time.Hour,
}

type (
	eventStreamKey  struct{}
	eventTypesKey   struct{}
	pollIntervalKey struct{}
)

// WithEventStream sets the stream that Watch reads. The default is StreamAdminLogsStreaming.
func WithEventStream(stream EventStream) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if !stream.Valid() {
			return errors.New("WithEventStream: there is no such stream")
		}
		c.Set(eventStreamKey{}, stream)
		return nil
	})
}

// WithEventTypes makes Box select the events of Watch by their type, in the admin streams
// alone. The default is all types, because Box documents no selection of the types that
// report a change of role, such as GROUP_ADMIN_CREATED.
func WithEventTypes(types ...string) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		for _, t := range types {
			if t == "" || strings.ContainsAny(t, ", ") {
				return errors.New("WithEventTypes: a type is empty or has a comma or space")
			}
		}
		c.Set(eventTypesKey{}, append([]string{}, types...))
		return nil
	})
}

// WithPollInterval sets the pause of Watch after a request that finds nothing new, at least
// 100 milliseconds. The default is 5 seconds.
func WithPollInterval(d time.Duration) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if d < 100*time.Millisecond {
			return errors.New("WithPollInterval: the interval is shorter than 100 milliseconds")
		}
		c.Set(pollIntervalKey{}, d)
		return nil
	})
}

// Watch reads GET /events page after page.
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

// stream returns the stream that the options select.
func (p *provider) stream(opts []option.Option) (*portable.Stream, error) {
	cfg, err := p.c.Events.c.Config(opts)
	if err != nil {
		return nil, &memberships.Error{Provider: api.Name, Op: "watch", Kind: memberships.ErrInvalidArgument, Err: err}
	}
	stream, _ := cfg.Values[eventStreamKey{}].(EventStream)
	stream = cmp.Or(stream, StreamAdminLogsStreaming)
	types, _ := cfg.Values[eventTypesKey{}].([]string)
	wait, _ := cfg.Values[pollIntervalKey{}].(time.Duration)
	opts = append([]option.Option{option.WithRawJSON()}, opts...)
	return &portable.Stream{
		API: api, Names: append([]string{string(stream)}, types...), Keep: keeps[stream],
		Wait: cmp.Or(wait, pollInterval), Logger: cfg.Logger,
		Read: func(ctx context.Context, cursor string) (portable.Batch, error) {
			return p.readEvents(ctx, ReadEventsParams{Stream: stream, Position: cmp.Or(cursor, "now"), Types: types}, opts)
		},
	}, nil
}

// readEvents reads the events after a position. Box does not document its response to a
// position that it no longer has: a refused argument can only be the position, because the
// rest is the same for all requests of the stream.
func (p *provider) readEvents(ctx context.Context, params ReadEventsParams, opts []option.Option) (portable.Batch, error) {
	page, err := p.c.Events.Read(ctx, params, opts...)
	switch {
	case errors.Is(err, memberships.ErrInvalidArgument) && params.Position != "now":
		e := *err.(*memberships.Error) //nolint:errorlint // of Read
		e.Kind = memberships.ErrEventsMissed
		return portable.Batch{}, &e
	case err != nil:
		return portable.Batch{}, err
	}
	next := page.NextStreamPosition
	b := portable.Batch{Next: next, More: len(page.Entries) > 0 && next != params.Position}
	for i := range page.Entries {
		b.Events = append(b.Events, fromEvent(&page.Entries[i]))
	}
	return b, nil
}

// eventTypes maps Box's types to changes. Box does not document the fields of these events:
// the ones here are those of SHIELD_INFORMATION_BARRIER_GROUP_ADD_USER_BLOCKED, with the user
// as the source and the group in the details. An event without them is a change to any
// membership.
var eventTypes = map[string]memberships.EventType{
	"GROUP_ADD_USER":                  memberships.EventCreated,
	"GROUP_REMOVE_USER":               memberships.EventDeleted,
	"GROUP_ADMIN_CREATED":             memberships.EventUpdated,
	"GROUP_ADMIN_DELETED":             memberships.EventUpdated,
	"GROUP_ADMIN_PERMISSIONS_UPDATED": memberships.EventUpdated,
	"GROUP_DELETION":                  memberships.EventDeleted,
	"DELETE_USER":                     memberships.EventDeleted,
}

// unknownUser is the id of a user that Box does not name.
const unknownUser = "2"

func fromEvent(e *Event) memberships.Event {
	out := memberships.Event{
		Provider: api.Name, ID: e.EventID, NativeType: e.EventType, Time: e.CreatedAt, Raw: e.RawJSON,
	}
	if who := e.CreatedBy; who.ID != "" && who.ID != unknownUser {
		out.Actor = memberships.Member{Kind: memberships.MemberUser, ID: who.ID, Email: who.Login, Name: who.Name}
	}
	change, ok := eventTypes[e.EventType]
	if !ok {
		out.Type = delivery.OtherType(e.EventType)
		return out.WithNative(e)
	}
	out.Type, out.NameOnly = change, true
	m := memberships.Membership{Provider: api.Name, State: memberships.StateActive}
	if change == memberships.EventDeleted {
		m.State = memberships.StateAbsent
	}
	if id := e.AdditionalDetails.GroupID; id != "" {
		m.Group = memberships.Group{Kind: memberships.KindGroup, ID: id, Name: e.AdditionalDetails.GroupName}
	} else if e.Source.Type == "group" {
		m.Group = memberships.Group{Kind: memberships.KindGroup, ID: e.Source.ID, Name: e.Source.Name}
	}
	if e.Source.Type == "user" && e.Source.ID != "" {
		m.Member = memberships.Member{Kind: memberships.MemberUser, ID: e.Source.ID, Email: e.Source.Login, Name: e.Source.Name}
	}
	if !fits(e.EventType, m) {
		// Not all of the subject is known, and a deletion of one half would end too much.
		out.Type, m.State, m.Member = memberships.EventUpdated, memberships.StateActive, memberships.Member{}
	}
	out.Membership = m
	return out.WithNative(e)
}

// fits reports whether a membership has the parts that an event of the type is about.
func fits(eventType string, m memberships.Membership) bool {
	switch eventType {
	case "GROUP_DELETION":
		return m.Group.ID != "" && m.Member == (memberships.Member{})
	case "DELETE_USER":
		return m.Group.ID == "" && m.Member.ID != ""
	}
	return m.Group.ID != "" && m.Member.ID != ""
}
