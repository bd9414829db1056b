package outbox

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Backlog is the largest number of deliveries of one line that wait, unless a queue has its
// own.
const Backlog = 100

// Limits of the deliveries that wait and of those in flight.
const (
	maxWaiting = 16 << 20 // bytes in total
	maxSending = 256      // deliveries in flight
	maxSlow    = 128      // deliveries in flight of lines whose last delivery failed

	overhead = 512 // bytes of a delivery in addition to its body
)

// Queue sends the deliveries of one provider in the background: those of one line in
// order, those of different lines concurrently. Lines that fail or hang occupy maxSlow
// slots at most. A Queue is safe for concurrent use.
type Queue struct {
	// Send sends one delivery. Set it before the first Put.
	Send func(Delivery) error
	// Limit is the largest number of deliveries of one line that wait, Backlog if it
	// is 0.
	Limit int
	// done gets the result of a delivery; nil ignores it.
	done func(line string, err error)

	mu            sync.Mutex
	backlogs      map[string]*backlog // the non-empty ones by line
	ready, later  []*backlog          // backlogs that can be sent from; later after a failure
	waiting       int                 // bytes that wait
	sending, slow int
	failing       map[string]bool // lines whose last delivery failed
	closed        bool
	senders       sync.WaitGroup
}

// backlog is the waiting deliveries of one line.
type backlog struct {
	line      string
	waiting   []Delivery
	size      int  // size of waiting in bytes
	busy      bool // in ready or later, or one delivery is in flight
	forgotten bool
}

func (d *Delivery) size() int { return len(d.Body) + overhead }

// Put adds a delivery. Without room, it drops the new delivery if its line has an equal
// share of the room, or else the last deliveries of the longest backlog. It returns the
// lines of the dropped deliveries.
func (q *Queue) Put(d Delivery) (dropped []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	if q.backlogs == nil {
		q.backlogs, q.failing = map[string]*backlog{}, map[string]bool{}
	}
	l := q.backlogs[d.Line]
	if l == nil {
		l = &backlog{line: d.Line}
	}
	if len(l.waiting) >= cmp.Or(q.Limit, Backlog) {
		return []string{d.Line}
	}
	for q.waiting+d.size() > maxWaiting {
		if size := l.size + d.size(); size*len(q.backlogs) > maxWaiting { // more than an equal share
			return append(dropped, d.Line)
		}
		longest := l
		for _, other := range q.backlogs {
			if other.size > longest.size {
				longest = other
			}
		}
		if longest == l {
			return append(dropped, d.Line)
		}
		q.dropLast(longest)
		dropped = append(dropped, longest.line)
	}
	q.backlogs[d.Line] = l
	l.waiting, l.forgotten = append(l.waiting, d), false
	l.size += d.size()
	q.waiting += d.size()
	q.enqueue(l)
	q.start()
	return dropped
}

// dropLast drops the last delivery of a backlog.
func (q *Queue) dropLast(l *backlog) {
	last := len(l.waiting) - 1
	q.release(l, l.waiting[last])
	l.waiting[last] = Delivery{}
	l.waiting = l.waiting[:last]
}

// release frees the room of one delivery.
func (q *Queue) release(l *backlog, d Delivery) {
	l.size -= d.size()
	q.waiting -= d.size()
}

// Forget drops the waiting deliveries of a line, such as those of a deleted webhook, and
// returns their number.
func (q *Queue) Forget(line string) (dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.backlogs[line]; l != nil {
		dropped = len(l.waiting)
		q.waiting -= l.size
		l.waiting, l.size, l.forgotten = nil, 0, true
	}
	delete(q.failing, line)
	return dropped
}

// Close drops the waiting deliveries and all that come later. It does not wait for those
// in flight.
func (q *Queue) Close() {
	q.mu.Lock()
	lines := slices.Collect(maps.Keys(q.backlogs))
	q.closed = true
	q.mu.Unlock()
	for _, line := range lines {
		q.Forget(line)
	}
}

// Wait returns when no delivery waits or is in flight.
func (q *Queue) Wait() { q.senders.Wait() }

// Waiting returns the size of the waiting deliveries in bytes.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting
}

// enqueue makes a non-empty backlog ready.
func (q *Queue) enqueue(l *backlog) {
	switch {
	case l.busy:
		return
	case q.failing[l.line]:
		q.later = append(q.later, l)
	default:
		q.ready = append(q.ready, l)
	}
	l.busy = true
}

// start sends from ready backlogs until a limit is reached.
func (q *Queue) start() {
	for q.sending < maxSending {
		var l *backlog
		slow := false
		switch {
		case len(q.ready) > 0:
			l = shift(&q.ready)
		case len(q.later) > 0 && q.slow < maxSlow:
			l, slow = shift(&q.later), true
		default:
			return
		}
		if len(l.waiting) == 0 { // dropped since it was enqueued
			l.busy = false
			delete(q.backlogs, l.line)
			continue
		}
		d := shift(&l.waiting)
		q.release(l, d)
		q.sending++
		if slow {
			q.slow++
		}
		q.senders.Go(func() { q.deliver(l, d, slow) })
	}
}

// shift removes and returns the first element. It clears the slot so that the slice does
// not retain the element.
func shift[T any](s *[]T) (first T) {
	var none T
	first, (*s)[0] = (*s)[0], none
	*s = (*s)[1:]
	return first
}

// deliver sends one delivery and starts the next.
func (q *Queue) deliver(l *backlog, d Delivery, slow bool) {
	err := q.Send(d)
	if q.done != nil {
		q.done(d.Line, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sending--
	if slow {
		q.slow--
	}
	if err != nil && !l.forgotten {
		q.failing[l.line] = true
	} else {
		delete(q.failing, l.line)
	}
	l.busy = false
	if len(l.waiting) > 0 {
		q.enqueue(l)
	} else {
		delete(q.backlogs, l.line)
	}
	q.start()
}
