package box

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

const (
	// maxLog is the number of events that the log keeps.
	maxLog        = 100_000
	defaultEvents = 100

	manageEnterprise = "manage_enterprise_properties"
)

// eventLog is the log of the enterprise. The position after entry i is start + i + 1.
type eventLog struct {
	// start is the time of the state in microseconds: a position and an id of an event are
	// not those of another one before a reset.
	start   int64
	entries []gen.Event
	dropped int64 // entries that the log no longer has
}

// end returns the position after the last entry.
func (l *eventLog) end() int64 { return l.start + l.dropped + int64(len(l.entries)) }

// record appends an event about a user and a group, either of which may be nil.
func (s *server) record(ctx context.Context, eventType string, p *seed.Person, g *group) {
	now, kind := s.now(), "event"
	e := gen.Event{
		EventID: fmt.Sprintf("emulator-%016x", s.events.end()), EventType: eventType, Type: &kind,
		CreatedAt: &now, IPAddress: new("127.0.0.1"),
	}
	if actor, ok := s.people.Get(s.caller(ctx)); ok {
		id, name, login := userID(actor.N), actor.Name(), actor.Mail
		e.CreatedBy.Set(gen.EventParty{Type: new("user"), ID: &id, Name: &name, Login: &login})
	}
	e.ActionBy.SetNull()
	e.SessionID.SetNull()
	switch {
	case p != nil:
		id, name, login := userID(p.N), p.Name(), p.Mail
		e.Source.Set(gen.EventSource{Type: new("user"), ID: &id, Name: &name, Login: &login})
		if g != nil {
			e.AdditionalDetails.Set(gen.EventDetails{GroupID: &g.data.ID, GroupName: g.data.Name})
		}
	case g != nil:
		e.Source.Set(gen.EventSource{Type: new("group"), ID: &g.data.ID, Name: g.data.Name})
	}
	s.events.entries = append(s.events.entries, e)
	if extra := len(s.events.entries) - maxLog; extra > 0 {
		s.events.entries = slices.Delete(s.events.entries, 0, extra)
		s.events.dropped += int64(extra)
	}
}

// ReadEvents serves the streams: those of the enterprise, and those of the caller with the
// events that have the caller as their source.
func (s *server) ReadEvents(ctx context.Context, req gen.ReadEventsRequestObject) (gen.ReadEventsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	stream := gen.EventStreamAll
	if p.StreamType != nil {
		stream = *p.StreamType
	}
	own := stream != gen.EventStreamAdminLogs && stream != gen.EventStreamAdminLogsStreaming
	if !own {
		if err := s.adminOnly(ctx, manageEnterprise); err != nil {
			return nil, err
		}
	}
	limit := int64(defaultEvents)
	if p.Limit != nil {
		limit = *p.Limit
	}
	if limit <= 0 {
		return nil, badParam("limit", "limit must be above zero")
	}
	from, err := s.events.position(p.StreamPosition)
	if err != nil {
		return nil, err
	}
	caller := userID(s.caller(ctx))
	out, next := []gen.Event{}, from
	for i := from - s.events.start - s.events.dropped; i < int64(len(s.events.entries)) && int64(len(out)) < limit; i++ {
		next++
		e := s.events.entries[i]
		switch {
		case own && *e.Source.MustGet().ID != caller:
		case !own && p.EventType != nil && len(*p.EventType) > 0 && !slices.Contains(*p.EventType, e.EventType):
		case stream == gen.EventStreamAdminLogs && !within(*e.CreatedAt, p.CreatedAfter, p.CreatedBefore):
		default:
			out = append(out, e)
		}
	}
	size, text := int64(len(out)), strconv.FormatInt(next, 10)
	return gen.ReadEvents200JSONResponse{ChunkSize: &size, NextStreamPosition: &text, Entries: out}, nil
}

// position returns the number of a position: now, the beginning, or one of the log.
func (l *eventLog) position(text *string) (int64, error) {
	first := l.start + l.dropped
	switch {
	case text == nil, *text == "0", *text == "null":
		return first, nil
	case *text == "now":
		return l.end(), nil
	}
	n, ok := digits(*text)
	if !ok || n < first || n > l.end() {
		return 0, refuse(http.StatusBadRequest, detail{"invalid_parameter", "stream_position", "Invalid value for stream_position"})
	}
	return n, nil
}

// within reports whether t is between two times, either of which may be nil.
func within(t time.Time, after, before *time.Time) bool {
	return (after == nil || t.After(*after)) && (before == nil || t.Before(*before))
}
