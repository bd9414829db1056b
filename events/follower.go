package events

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/memberships-go/memberships"
)

const (
	// maxQueue is the number of unsettled entries at which the follower stops to take
	// events from the source.
	maxQueue = 4096
	// maxBatch is the number of entries that are read at once.
	maxBatch = 200
	// maxOutage is the time after which failing readings end Follow.
	maxOutage = 10 * time.Minute
	// maxPause is the longest wait after missed events. A provider that refuses its own
	// positions again and again gets a listing that often.
	maxPause = 4 * time.Minute
)

// follower is one range of Follow. All methods are for its own goroutine.
type follower struct {
	c     *memberships.Client
	o     FollowOptions
	opts  []memberships.Option
	yield func(Change, error) bool
	// over is set when yield has returned false or an error was yielded.
	over bool

	rows map[key]*row
	// ended has the times at which events ended rows, for the time of a lag.
	ended map[key]time.Time
	// seen has the last event of each membership, for the time of a lag.
	seen     map[key]seen
	listings int
	// listed reports whether the events since the last gap follow a listing.
	listed bool
	// queue has the entries in the order of their arrival, beginning with an unsettled one.
	queue    []*entry
	held     []*entry // go to the front of queue
	position memberships.Position
	stated   memberships.Position // yielded last
	failing  time.Time            // since when readings fail; zero if they do not
}

func newFollower(c *memberships.Client, o FollowOptions, opts []memberships.Option, yield func(Change, error) bool) *follower {
	if o.Relist == 0 {
		o.Relist = 24 * time.Hour
		if o.Buffer != nil {
			o.Relist = time.Hour
		}
	}
	o.Lag = cmp.Or(o.Lag, 30*time.Second)
	o.CheckInterval = cmp.Or(o.CheckInterval, 5*time.Minute)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	f := &follower{c: c, o: o, opts: opts, yield: yield, rows: map[key]*row{}, ended: map[key]time.Time{}, seen: map[key]seen{}}
	if o.Known != nil {
		for m := range o.Known {
			f.rows[keyOf(m)] = &row{Membership: m}
		}
	}
	return f
}

// run follows from a position on. After missed events it begins anew with a listing.
func (f *follower) run(ctx context.Context, from memberships.Position) {
	f.listed = from != "" && f.o.Known != nil
	for n := 0; !f.over; n++ {
		began := time.Now()
		f.session(ctx, from)
		if time.Since(began) > maxOutage {
			n = 0
		}
		f.pause(ctx, min(time.Second<<min(n, 10), maxPause))
		from, f.listed, f.position = "", false, ""
		for _, e := range f.queue {
			e.position = "" // of a stream that has ended
		}
	}
}

// emit yields a change.
func (f *follower) emit(ch Change) {
	if f.over {
		return
	}
	if f.listed {
		ch.Position = f.position
		f.stated = f.position
	}
	f.over = !f.yield(ch, nil)
}

// fail ends the range with an error.
func (f *follower) fail(err error) {
	if !f.over {
		f.over = true
		f.yield(Change{}, err)
	}
}

// session follows until events are missed or the range is over.
func (f *follower) session(ctx context.Context, from memberships.Position) {
	arrivals, stop := f.open(ctx, from)
	defer stop()
	if !f.take(ctx, <-arrivals) {
		return
	}
	if !f.listed {
		// The second listing comes before the position: a range that ends earlier leaves no
		// position after changes that the first one may lack.
		second := &entry{kind: ofAll, due: time.Now().Add(f.o.Lag)}
		f.hold(second)
		f.release()
		f.list(ctx)
	}
	f.settle(ctx)
	relist, check := newTicker(f.o.Relist), newTicker(0)
	if f.o.Check != nil {
		check = newTicker(f.o.CheckInterval)
	}
	defer relist.stop()
	defer check.stop()
	for !f.over {
		in := arrivals
		if len(f.queue) >= maxQueue {
			in = nil
		}
		due := f.timer()
		select {
		case a := <-in:
			more := f.take(ctx, a)
			for n := 1; more && n < maxBatch && len(arrivals) > 0; n++ {
				more = f.take(ctx, <-arrivals)
			}
			if !more {
				return
			}
			f.settle(ctx)
		case <-due.c:
			f.settle(ctx)
		case <-relist.c:
			f.list(ctx)
		case <-check.c:
			f.check(ctx)
		case <-ctx.Done():
			f.fail(memberships.CheckContext(ctx, f.c.Name(), opFollow))
		}
		due.stop()
	}
}

// pause waits, at most until ctx is done.
func (f *follower) pause(ctx context.Context, d time.Duration) {
	if f.over {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// take queues an arrival. It returns false at the end of the stream.
func (f *follower) take(ctx context.Context, a arrival) bool {
	switch {
	case ctx.Err() != nil:
		f.fail(memberships.CheckContext(ctx, f.c.Name(), opFollow))
		return false
	case errors.Is(a.err, memberships.ErrEventsMissed):
		f.o.Logger.WarnContext(ctx, "events were missed; the groups are listed again", "provider", f.c.Name(), "error", a.err)
		return false
	case a.err != nil:
		f.fail(a.err)
		return false
	case a.missed:
		f.o.Logger.WarnContext(ctx, "the buffer of events was full; the groups are listed again", "provider", f.c.Name())
		f.queue = append(f.queue, f.afterGap())
		return true
	case a.event.Type == "":
		f.fail(&memberships.Error{Provider: f.c.Name(), Op: "Follow", Kind: memberships.ErrUnavailable, Err: errEnded})
		return false
	}
	f.enqueue(a.event)
	return true
}

// check asks the caller's Check.
func (f *follower) check(ctx context.Context) {
	switch missed, err := f.o.Check(ctx); {
	case err != nil:
		f.fail(err)
	case missed:
		f.o.Logger.WarnContext(ctx, "the check reports missed events; the groups are listed again", "provider", f.c.Name())
		f.hold(f.afterGap())
		f.release()
		f.settle(ctx)
	}
}

// afterGap returns the entry of missed events: a listing at once and another one after the
// lag.
func (f *follower) afterGap() *entry {
	return &entry{kind: ofAll, again: time.Now().Add(f.o.Lag)}
}

// advance drops the settled entries before the first unsettled one, and yields the new
// position unless a change has it.
func (f *follower) advance() {
	n := 0
	for ; n < len(f.queue) && f.queue[n].settled; n++ {
		if p := f.queue[n].position; p != "" {
			f.position = p
		}
		f.queue[n] = nil
	}
	f.queue = f.queue[n:]
	if f.listed && f.position != f.stated {
		f.emit(Change{Type: ChangePosition})
	}
}

// ticker is a time.Ticker that may be absent.
type ticker struct {
	c    <-chan time.Time
	stop func()
}

// newTicker returns a ticker, one that never ticks if d is not positive.
func newTicker(d time.Duration) ticker {
	if d <= 0 {
		return ticker{stop: func() {}}
	}
	t := time.NewTicker(d)
	return ticker{t.C, t.Stop}
}

// timer returns a timer for the next entry that is due.
func (f *follower) timer() ticker {
	var next time.Time
	for _, e := range f.queue {
		if !e.settled && (next.IsZero() || e.due.Before(next)) {
			next = e.due
		}
	}
	if next.IsZero() {
		return ticker{stop: func() {}}
	}
	t := time.NewTimer(time.Until(next))
	return ticker{t.C, func() { t.Stop() }}
}
