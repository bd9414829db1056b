package box

import (
	"context"
	"errors"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Event is one entry of the event log.
// Its fields are in [github.com/memberships-go/memberships/generated/box.Event].
type Event = gen.Event

// EventPage is the part of a stream after a position.
// Its fields are in [github.com/memberships-go/memberships/generated/box.EventPage].
type EventPage = gen.EventPage

// EventParty is a user of an event.
// Its fields are in [github.com/memberships-go/memberships/generated/box.EventParty].
type EventParty = gen.EventParty

// EventSource is the subject of an event.
// Its fields are in [github.com/memberships-go/memberships/generated/box.EventSource].
type EventSource = gen.EventSource

// EventDetails has the details of an event.
// Its fields are in [github.com/memberships-go/memberships/generated/box.EventDetails].
type EventDetails = gen.EventDetails

// EventStream is a stream of the event log.
// Its values are in [github.com/memberships-go/memberships/generated/box.EventStream].
type EventStream = gen.EventStream

// The streams. The admin streams have the events of the enterprise, and the others those of
// the caller.
const (
	// StreamAdminLogsStreaming has two weeks and appears soon. Its events come in any order
	// and several times.
	StreamAdminLogsStreaming = gen.EventStreamAdminLogsStreaming
	// StreamAdminLogs has one year in the order of time, and appears late.
	StreamAdminLogs = gen.EventStreamAdminLogs
	StreamAll       = gen.EventStreamAll
	StreamChanges   = gen.EventStreamChanges
	StreamSync      = gen.EventStreamSync
)

// ReadEventsParams selects events. The page size is that of [option.WithPageSize], at most 500
// and by default that.
type ReadEventsParams struct {
	// Stream is the stream. Empty is StreamAll.
	Stream EventStream
	// Position is "now", "0" for the beginning, or the NextStreamPosition of a page. Empty is
	// the beginning.
	Position string
	// Types selects the types of events in the admin streams. Empty is all types.
	Types []string
	// CreatedAfter and CreatedBefore bound the times of the events in StreamAdminLogs. The
	// zero time is no bound.
	CreatedAfter, CreatedBefore time.Time
}

// EventsService reads the event log.
type EventsService struct{ c *client.Client }

// Read returns the events of a stream after a position. A page may be short before the end:
// the end is a page without entries, or one whose NextStreamPosition has not moved. The admin
// streams require an administrator who may run reports. Watch of the Provider reads page
// after page. Box: GET /events.
func (s *EventsService) Read(ctx context.Context, p ReadEventsParams, opts ...option.Option) (*EventPage, error) {
	params := gen.ReadEventsParams{EventType: p.Types, Limit: int64(s.c.PageSize(opts, maxEvents))}
	if p.Stream != "" {
		params.StreamType = &p.Stream
	}
	if p.Position != "" {
		params.StreamPosition = &p.Position
	}
	if !p.CreatedAfter.IsZero() {
		params.CreatedAfter = &p.CreatedAfter
	}
	if !p.CreatedBefore.IsZero() {
		params.CreatedBefore = &p.CreatedBefore
	}
	const name = "Events.Read"
	page, err := client.One(ctx, s.c, client.Call{
		Name: name,
		Check: func() error {
			if p.Stream != "" && !p.Stream.Valid() {
				return errors.New("there is no such stream")
			}
			return nil
		},
		Endpoint: gen.ReadEvents(params),
		Opts:     opts,
	}, func(page *EventPage) string { return page.NextStreamPosition })
	switch {
	case err != nil:
		return nil, err
	case page.Entries == nil:
		return nil, api.Fail(name, memberships.ErrMalformed, "the page has no array of entries")
	}
	for _, e := range page.Entries {
		if e.EventID == "" || e.EventType == "" {
			return nil, api.Fail(name, memberships.ErrMalformed, "an event lacks its id or type")
		}
	}
	return page, nil
}
