package googlechat

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// SpaceEvent is one event of a space; see [EventsOf].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.SpaceEvent].
type SpaceEvent = gen.SpaceEvent

// ListSpaceEventsParams selects events by type and time; see [SpaceEventFilter].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.ListSpaceEventsParams].
type ListSpaceEventsParams = gen.ListSpaceEventsParams

// SpaceEventsService reads the events of spaces.
type SpaceEventsService struct{ c *client.Client }

func spaceEventKey(e *SpaceEvent) string { return e.Name }

// ListBySpace yields the events of a space that match p.Filter, the oldest first, and
// without a Filter the events about memberships. Google Chat keeps them for 28 days. The resource in an event is the current one, and a
// membership that has ended since is empty or a name alone. The caller must be a member of
// the space; otherwise the list ends with memberships.ErrPermissionDenied or
// memberships.ErrNotFound. Google Chat: GET /spaces/{space}/spaceEvents.
func (s *SpaceEventsService) ListBySpace(ctx context.Context, space string, p ListSpaceEventsParams, opts ...option.Option) iter.Seq2[*SpaceEvent, error] {
	return listSpaceEvents(s, space, p, opts).All(ctx)
}

// ListBySpacePage returns one page of ListBySpace. An empty token is the first page; a
// page's Next is the token of the following one.
func (s *SpaceEventsService) ListBySpacePage(ctx context.Context, space string, p ListSpaceEventsParams, token string, opts ...option.Option) (*memberships.Page[*SpaceEvent], error) {
	return listSpaceEvents(s, space, p, opts).Page(ctx, token)
}

func listSpaceEvents(s *SpaceEventsService, space string, p ListSpaceEventsParams, opts []option.Option) *paging.List[SpaceEvent] {
	in := spaceOf(space)
	if p.Filter == nil {
		p.Filter = membershipsOnly()
	}
	return client.List(s.c, listing(client.Call{
		Name:     "SpaceEvents.ListBySpace",
		Check:    in.check,
		Endpoint: gen.ListSpaceEvents(in.id(0), p),
		Opts:     opts,
	}, "spaceEvents", func(p *gen.SpaceEventPage) page[SpaceEvent] {
		return page[SpaceEvent]{p.SpaceEvents, p.NextPageToken, p.Error}
	}, spaceEventKey))
}

// Get returns one event by its name, spaces/{space}/spaceEvents/{event}, which is the ID of
// a delivered Event as well. The resource in it is the current one.
// Google Chat: GET /spaces/{space}/spaceEvents/{spaceEvent}.
func (s *SpaceEventsService) Get(ctx context.Context, name string, opts ...option.Option) (*SpaceEvent, error) {
	of := spaceEventOf(name)
	return client.One(ctx, s.c, client.Call{
		Name:     "SpaceEvents.Get",
		Check:    of.check,
		Endpoint: gen.GetSpaceEvent(of.id(0), of.id(1)),
		Opts:     opts,
	}, spaceEventKey)
}
