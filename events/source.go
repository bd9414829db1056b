package events

import (
	"context"
	"errors"
	"sync"

	"github.com/memberships-go/memberships"
)

// maxArrivals is the number of events of a stream that are read ahead. A slower consumer
// leaves the rest to the provider.
const maxArrivals = 1024

// arrival is an event of the source, its end, or the notice that it has lost events.
type arrival struct {
	event  memberships.Event
	missed bool
	err    error
}

// open reads the source from a position on. The first arrival is an EventPosition or an
// error. stop ends the reading and waits for it.
func (f *follower) open(ctx context.Context, from memberships.Position) (arrivals <-chan arrival, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan arrival, maxArrivals)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(out)
		send := func(a arrival) bool {
			select {
			case out <- a:
				return true
			case <-ctx.Done():
				return false
			}
		}
		if f.o.Buffer != nil {
			f.o.Buffer.arrivals(ctx, f.c.Name(), send)
			return
		}
		opts := append(append([]memberships.Option{}, f.opts...), memberships.WithWatchedGroups(f.o.Groups...))
		for e, err := range f.c.Watch(ctx, from, opts...) {
			if !send(arrival{event: e, err: err}) {
				return
			}
		}
	})
	return out, func() {
		cancel()
		reading.Wait()
	}
}

// arrivals sends the events of a provider as they come.
func (b *Buffer) arrivals(ctx context.Context, provider string, send func(arrival) bool) {
	if !send(arrival{event: memberships.Event{Provider: provider, Type: memberships.EventPosition}}) {
		return
	}
	for {
		select {
		case <-b.filled:
		case <-ctx.Done():
			return
		}
		kept, missed := b.take()
		for _, e := range kept {
			if e.Provider == provider && !send(arrival{event: e}) {
				return
			}
		}
		if missed && !send(arrival{missed: true}) {
			return
		}
	}
}

// errEnded is the end of a stream without an error.
var errEnded = errors.New("the stream of events ended")
