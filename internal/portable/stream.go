package portable

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

const opWatch memberships.Operation = "watch"

// Limits of a stream whose requests fail.
const (
	maxOutage = 10 * time.Minute
	maxPause  = 30 * time.Second
)

// Stream is a stream of events that one request after the other continues.
type Stream struct {
	API *client.API
	// Names identify the stream. A position belongs to the stream with the same names.
	Names []string
	// Keep is the time for which the provider has events, 0 if that is unknown.
	Keep time.Duration
	// Read returns the events after a cursor. An empty cursor is now. A cursor has no space.
	Read Read
	// Parts are read side by side in place of Read. Each has a cursor of its own.
	Parts []Read
	// Wait is the pause after a Batch without More.
	Wait   time.Duration
	Logger *slog.Logger
}

// Read is a request for the events after a cursor.
type Read func(ctx context.Context, cursor string) (Batch, error)

// Batch is the result of one request.
type Batch struct {
	Events []memberships.Event
	// Next is the cursor after Events.
	Next string
	// More reports that more events may follow at once.
	More bool
}

// Events yields the events after a position, as Provider.Watch does. An event with the ID of
// one of the last events is left out. The events of one part are in its order.
func (s *Stream) Events(ctx context.Context, from memberships.Position) iter.Seq2[memberships.Event, error] {
	return func(yield func(memberships.Event, error) bool) {
		r := streamRange{Stream: s, seen: newRecent(1 << 14)}
		if err := r.open(from); err != nil {
			yield(memberships.Event{}, err)
			return
		}
		if from != "" && !yield(r.standing(from), nil) {
			return
		}
		within, end := context.WithCancel(ctx)
		next, wait := r.start(within)
		defer wait()
		defer end()
		for {
			batch, err := next()
			if err != nil {
				yield(memberships.Event{}, err)
				return
			}
			if !r.yield(batch, yield) {
				return
			}
		}
	}
}

// streamRange is one range over a Stream.
type streamRange struct {
	*Stream
	parts  []*part
	cursor string // of all parts
	// position is that of cursor, and stated its time.
	position memberships.Position
	stated   time.Time
	seen     *recent
}

func (s *Stream) standing(at memberships.Position) memberships.Event {
	return memberships.Event{Provider: s.API.Name, Type: memberships.EventPosition, Position: at}
}

// names returns the texts that identify the stream, for SealPosition.
func (s *Stream) names() []string { return append([]string{s.API.Name}, s.Names...) }

// open sets the cursor to that of a position.
func (r *streamRange) open(from memberships.Position) error {
	reads := r.Parts
	if len(reads) == 0 {
		reads = []Read{r.Read}
	}
	for _, read := range reads {
		r.parts = append(r.parts, &part{Stream: r.Stream, request: read})
	}
	if from == "" {
		return nil
	}
	text, err := memberships.OpenPosition(from, r.names()...)
	if err != nil {
		return &memberships.Error{Provider: r.API.Name, Op: string(opWatch), Kind: memberships.ErrInvalidArgument, Err: err}
	}
	at, cursor, ok := strings.Cut(text, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || cursor == "" {
		return r.API.Fail(opWatch, memberships.ErrInvalidArgument, "the position is damaged")
	}
	r.cursor, r.position, r.stated = cursor, from, time.Unix(seconds, 0)
	cursors := strings.Split(cursor, " ")
	if len(cursors) != len(r.parts) {
		return r.API.Fail(opWatch, memberships.ErrInvalidArgument, "the position is of another division of the stream")
	}
	for i, p := range r.parts {
		p.cursor, p.answered = cursors[i], r.stated
	}
	return r.kept(r.stated)
}

// kept returns an error if the provider may no longer have the events after a time. The time
// on the wall counts, also while the machine sleeps.
func (s *Stream) kept(since time.Time) error {
	if since.IsZero() || s.Keep == 0 || time.Since(since.Round(0)) <= s.Keep {
		return nil
	}
	has := fmt.Sprintf("%d days", int(s.Keep/(24*time.Hour)))
	if s.Keep < 24*time.Hour {
		has = fmt.Sprintf("%d minutes", int(s.Keep/time.Minute))
	}
	return s.API.Fail(opWatch, memberships.ErrEventsMissed, fmt.Sprintf("the position is of %s, and the provider has the events of %s", since.UTC().Format(time.RFC3339), has))
}

// advance sets the cursor, and the time at which every part has been read.
func (r *streamRange) advance(cursor string, at time.Time) {
	r.cursor, r.stated = cursor, at
	r.position = memberships.SealPosition(strconv.FormatInt(r.stated.Unix(), 10)+" "+cursor, r.names()...)
}

// yield yields the events of a batch, or the new position if there are none. The events
// before the last one continue from the batch's own beginning.
func (r *streamRange) yield(b Batch, yield func(memberships.Event, error) bool) bool {
	before, at := r.position, r.answered()
	stale := r.Keep > 0 && at.Sub(r.stated) > r.Keep/16
	if moved := b.Next != r.cursor; moved || stale {
		r.advance(b.Next, at)
	}
	fresh := b.Events[:0:0]
	for _, e := range b.Events {
		if r.seen.add(e.ID) {
			fresh = append(fresh, e)
		}
	}
	for i, e := range fresh {
		e.Position = before
		if i == len(fresh)-1 {
			e.Position = r.position
		}
		if !yield(e, nil) {
			return false
		}
	}
	if len(fresh) > 0 || r.position == before {
		return true
	}
	return yield(r.standing(r.position), nil)
}

// passing reports whether an error may pass by itself.
func passing(err error) bool {
	return errors.Is(err, memberships.ErrUnavailable) || errors.Is(err, memberships.ErrRateLimited)
}

// backoff returns the wait after failure n, at least the one that the provider asked for.
func backoff(n int, err error) time.Duration {
	wait := min(time.Second<<min(n, 10), maxPause)
	wait = wait/2 + rand.N(wait/2)
	if e := (*memberships.Error)(nil); errors.As(err, &e) {
		wait = max(wait, e.RetryAfter)
	}
	return wait
}

// pause waits, and reports whether ctx is not done.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// recent is a set of the last ids.
type recent struct {
	ids   map[string]bool
	order []string
	next  int
}

func newRecent(size int) *recent { return &recent{ids: map[string]bool{}, order: make([]string, size)} }

// add adds an id, and reports whether it is new. The empty id always is.
func (r *recent) add(id string) bool {
	if id == "" {
		return true
	}
	if r.ids[id] {
		return false
	}
	delete(r.ids, r.order[r.next])
	r.ids[id], r.order[r.next] = true, id
	r.next = (r.next + 1) % len(r.order)
	return true
}
