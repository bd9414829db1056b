package portable

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
)

// part is a part of a stream: requests with a cursor, one after the other.
type part struct {
	*Stream
	request  Read
	cursor   string
	answered time.Time // of the last response
	idle     bool      // the last Batch was without More
}

// read reads the next batch, after the pause that the one before asked for. It repeats a
// request that fails for a while, up to maxOutage.
func (p *part) read(ctx context.Context) (Batch, error) {
	if p.idle && p.Wait > 0 {
		pause(ctx, p.Wait)
	}
	var failing time.Time
	for n := 0; ; n++ {
		if err := memberships.CheckContext(ctx, p.API.Name, opWatch); err != nil {
			return Batch{}, err
		}
		if err := p.kept(p.answered); err != nil {
			return Batch{}, err
		}
		batch, err := p.request(ctx, p.cursor)
		if err == nil {
			p.cursor, p.answered, p.idle = batch.Next, time.Now(), !batch.More
			return batch, nil
		}
		if ctx.Err() != nil || !passing(err) {
			return Batch{}, err
		}
		if failing.IsZero() {
			failing = time.Now()
		}
		if time.Since(failing) > maxOutage {
			return Batch{}, err
		}
		wait := backoff(n, err)
		if p.Logger != nil {
			p.Logger.WarnContext(ctx, "the stream of events is interrupted", "provider", p.API.Name, "wait", wait, "error", err)
		}
		if !pause(ctx, wait) {
			return Batch{}, memberships.CheckContext(ctx, p.API.Name, opWatch)
		}
	}
}

// answered returns the earliest time of the parts' last responses.
func (r *streamRange) answered() time.Time {
	at := r.parts[0].answered
	for _, p := range r.parts[1:] {
		if p.answered.Before(at) {
			at = p.answered
		}
	}
	return at
}

// start returns a function that returns the next batch of the stream, and one that waits for
// the end of the requests after the end of ctx. One part is read in the caller's goroutine.
func (r *streamRange) start(ctx context.Context) (next func() (Batch, error), wait func()) {
	if len(r.parts) == 1 {
		return func() (Batch, error) { return r.parts[0].read(ctx) }, func() {}
	}
	m := &merge{ctx: ctx, r: r, results: make(chan result), stands: make(chan struct{})}
	for i, p := range r.parts {
		own := &part{Stream: p.Stream, request: p.request, cursor: p.cursor, answered: p.answered}
		m.running.Go(func() { m.run(i, own) })
	}
	return m.next, m.running.Wait
}

// merge is the sequence of the batches of all parts. A part reads one batch ahead and waits
// for its turn; a failure of one part ends the sequence.
type merge struct {
	ctx     context.Context
	r       *streamRange
	results chan result
	stands  chan struct{} // is closed when every part has a cursor
	begun   bool          // stands is closed
	running sync.WaitGroup
}

// result is the result of one part's request, with its time.
type result struct {
	part  int
	batch Batch
	at    time.Time
	err   error
}

// run reads a part. After its first batch it waits until the stream stands.
func (m *merge) run(i int, p *part) {
	for {
		batch, err := p.read(m.ctx)
		select {
		case m.results <- result{i, batch, p.answered, err}:
		case <-m.ctx.Done():
			return
		}
		if err != nil {
			return
		}
		select {
		case <-m.stands:
		case <-m.ctx.Done():
			return
		}
	}
}

// next returns the next batch of any part, with the cursors of all. The first one of a new
// stream has the first batches of all parts.
func (m *merge) next() (Batch, error) {
	var out Batch
	for {
		var got result
		select {
		case got = <-m.results:
		case <-m.ctx.Done():
			return Batch{}, memberships.CheckContext(m.ctx, m.r.API.Name, opWatch)
		}
		if got.err != nil {
			return Batch{}, got.err
		}
		p := m.r.parts[got.part]
		p.cursor, p.answered = got.batch.Next, got.at
		out.Events = append(out.Events, got.batch.Events...)
		if cursors, all := m.cursors(); all {
			if !m.begun {
				m.begun = true
				close(m.stands)
			}
			out.Next = cursors
			return out, nil
		}
	}
}

// cursors returns the cursors of all parts, and reports whether each has one.
func (m *merge) cursors() (text string, all bool) {
	list := make([]string, len(m.r.parts))
	for i, p := range m.r.parts {
		if p.cursor == "" {
			return "", false
		}
		list[i] = p.cursor
	}
	return strings.Join(list, " "), true
}
