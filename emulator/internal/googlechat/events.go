package googlechat

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// The kinds of changes, as they end the types of events.
const (
	created = "created"
	updated = "updated"
	deleted = "deleted"
)

const (
	membershipEvents = "google.workspace.chat.membership.v1."
	// kept is the age of the oldest event that Google lists.
	kept = 28 * 24 * time.Hour
)

// batchNames maps a kind to the end of its batch type.
var batchNames = map[string]string{created: "batchCreated", updated: "batchUpdated", deleted: "batchDeleted"}

// change is an event of a space: the change of one or more memberships.
type change struct {
	id    string
	kind  string
	batch bool
	at    time.Time
	keys  []key
}

// typ returns the type of the event.
func (c *change) typ() string {
	if c.batch {
		return membershipEvents + batchNames[c.kind]
	}
	return membershipEvents + c.kind
}

func (c *change) name(sp *space) string { return "spaces/" + sp.id + "/spaceEvents/" + c.id }

// record adds an event about members of a space, and delivers it. Members that changed
// together are one batch. A space in import mode has no events.
func (s *server) record(sp *space, kind string, keys ...key) {
	if len(keys) == 0 || sp.importing() {
		return
	}
	s.happened++
	now := s.now()
	// The time makes another id after a reset, because a receiver keeps the ids.
	id := fmt.Sprintf("E%s-%06d", strconv.FormatInt(now.UnixMicro(), 36), s.happened)
	c := change{id: id, kind: kind, batch: len(keys) > 1, at: now, keys: keys}
	sp.events = append(sp.events, c)
	sp.forget(c.at)
	s.deliverChange(sp, &c)
}

// forget drops the events that Google no longer lists.
func (sp *space) forget(now time.Time) {
	old := now.Add(-kept)
	n, _ := slices.BinarySearchFunc(sp.events, old, func(c change, at time.Time) int { return c.at.Compare(at) })
	sp.events = sp.events[n:]
}

// current returns the membership of an event as it is now. A deleted one has its name and
// state, and of another that has ended since there is nothing.
func (s *server) current(a *access, sp *space, kind string, k key) gen.MembershipEventData {
	m, in := sp.members.Get(k)
	switch {
	case kind == deleted:
		return gen.MembershipEventData{Membership: &gen.Membership{
			Name: "spaces/" + sp.id + "/members/" + k.id(), State: httpapi.Ptr(gen.MembershipStateNotAMember),
		}}
	case !in:
		return gen.MembershipEventData{}
	}
	out := s.membership(a, sp, k, m)
	return gen.MembershipEventData{Membership: &out}
}

// spaceEvent returns an event as the API shows it.
func (s *server) spaceEvent(a *access, sp *space, c *change) gen.SpaceEvent {
	out := gen.SpaceEvent{Name: c.name(sp), EventType: httpapi.Ptr(c.typ()), EventTime: &c.at}
	entries := make([]gen.MembershipEventData, len(c.keys))
	for i, k := range c.keys {
		entries[i] = s.current(a, sp, c.kind, k)
	}
	batch := &gen.MembershipBatchEventData{Memberships: &entries}
	switch {
	case c.kind == created && c.batch:
		out.MembershipBatchCreatedEventData = batch
	case c.kind == updated && c.batch:
		out.MembershipBatchUpdatedEventData = batch
	case c.kind == deleted && c.batch:
		out.MembershipBatchDeletedEventData = batch
	case c.kind == created:
		out.MembershipCreatedEventData = &entries[0]
	case c.kind == updated:
		out.MembershipUpdatedEventData = &entries[0]
	case c.kind == deleted:
		out.MembershipDeletedEventData = &entries[0]
	}
	return out
}

func (s *server) ListSpaceEvents(ctx context.Context, req gen.ListSpaceEventsRequestObject) (gen.ListSpaceEventsResponseObject, error) {
	sp, a, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	f, err := parseEventFilter(req.Params.Filter, true)
	if err != nil {
		return nil, err
	}
	pg, err := pageOf(ctx, req.Params.PageSize, req.Params.PageToken)
	if err != nil {
		return nil, err
	}
	sp.forget(s.now())
	var all []*change
	for i := range sp.events {
		if f.keeps(&sp.events[i]) {
			all = append(all, &sp.events[i])
		}
	}
	from := min(pg.start, len(all))
	to := min(from+pg.size, len(all))
	var items []gen.SpaceEvent
	for _, c := range all[from:to] {
		items = append(items, s.spaceEvent(a, sp, c))
	}
	return gen.ListSpaceEvents200JSONResponse{SpaceEvents: optional(items), NextPageToken: pg.next(to, len(all))}, nil
}

func (s *server) GetSpaceEvent(ctx context.Context, req gen.GetSpaceEventRequestObject) (gen.GetSpaceEventResponseObject, error) {
	sp, a, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	sp.forget(s.now())
	for i := range sp.events {
		if c := &sp.events[i]; c.id == req.SpaceEvent {
			return gen.GetSpaceEvent200JSONResponse(s.spaceEvent(a, sp, c)), nil
		}
	}
	return nil, notFound()
}
