package webex

import "sync"

// Limits of the deliveries that wait and of those in flight.
const (
	maxWaiting = 16 << 20 // bytes in total
	maxBacklog = 100      // deliveries of one webhook
	maxSending = 256      // deliveries in flight
	maxSlow    = 128      // deliveries in flight to webhooks whose last delivery failed

	overhead = 512 // bytes of a delivery in addition to its body
)

// queue sends deliveries in the background: those of one webhook in order, those of
// different webhooks concurrently. Webhooks that fail or hang occupy maxSlow slots at
// most.
type queue struct {
	// send sends one delivery. done receives its result.
	send func(job) error
	done func(hook string, err error)

	mu            sync.Mutex
	backlogs      map[string]*backlog // the non-empty ones by webhook
	ready, later  []*backlog          // backlogs that can be sent from; later after a failure
	waiting       int                 // bytes that wait
	sending, slow int
	failing       map[string]bool // webhooks whose last delivery failed
	senders       sync.WaitGroup
}

// backlog is the waiting deliveries of one webhook.
type backlog struct {
	hook     string
	jobs     []job
	size     int  // size of jobs in bytes
	busy     bool // in ready or later, or one delivery is in flight
	inactive bool // the webhook is deleted or inactive
}

// job is one delivery.
type job struct {
	hook, target string
	body         []byte
	secret       *string
}

func (j job) size() int { return len(j.body) + overhead }

// put adds a delivery. Without room, it drops the new delivery if the webhook has its
// equal share of the room, or else the last deliveries of the longest backlog. It returns
// the webhooks of the dropped deliveries.
func (q *queue) put(j job) (dropped []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.backlogs == nil {
		q.backlogs, q.failing = map[string]*backlog{}, map[string]bool{}
	}
	l := q.backlogs[j.hook]
	if l == nil {
		l = &backlog{hook: j.hook}
	}
	if len(l.jobs) >= maxBacklog {
		return []string{j.hook}
	}
	for q.waiting+j.size() > maxWaiting {
		if size := l.size + j.size(); size*len(q.backlogs) > maxWaiting { // more than an equal share
			return append(dropped, j.hook)
		}
		longest := l
		for _, other := range q.backlogs {
			if other.size > longest.size {
				longest = other
			}
		}
		if longest == l {
			return append(dropped, j.hook)
		}
		q.dropLast(longest)
		dropped = append(dropped, longest.hook)
	}
	q.backlogs[j.hook] = l
	l.jobs, l.inactive = append(l.jobs, j), false
	l.size += j.size()
	q.waiting += j.size()
	q.enqueue(l)
	q.start()
	return dropped
}

// dropLast drops the last delivery of a backlog.
func (q *queue) dropLast(l *backlog) {
	last := len(l.jobs) - 1
	q.release(l, l.jobs[last])
	l.jobs[last] = job{}
	l.jobs = l.jobs[:last]
}

// release frees the room of one delivery.
func (q *queue) release(l *backlog, j job) {
	l.size -= j.size()
	q.waiting -= j.size()
}

// forget drops the waiting deliveries of a deleted or inactive webhook and returns their
// number.
func (q *queue) forget(hook string) (dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.backlogs[hook]; l != nil {
		dropped = len(l.jobs)
		q.waiting -= l.size
		l.jobs, l.size, l.inactive = nil, 0, true
	}
	delete(q.failing, hook)
	return dropped
}

// enqueue makes a non-empty backlog ready.
func (q *queue) enqueue(l *backlog) {
	switch {
	case l.busy:
		return
	case q.failing[l.hook]:
		q.later = append(q.later, l)
	default:
		q.ready = append(q.ready, l)
	}
	l.busy = true
}

// start sends from ready backlogs until a limit is reached.
func (q *queue) start() {
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
		if len(l.jobs) == 0 { // dropped since it was enqueued
			l.busy = false
			delete(q.backlogs, l.hook)
			continue
		}
		j := shift(&l.jobs)
		q.release(l, j)
		q.sending++
		if slow {
			q.slow++
		}
		q.senders.Go(func() { q.deliver(l, j, slow) })
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
func (q *queue) deliver(l *backlog, j job, slow bool) {
	err := q.send(j)
	q.done(j.hook, err)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sending--
	if slow {
		q.slow--
	}
	if err != nil && !l.inactive {
		q.failing[l.hook] = true
	} else {
		delete(q.failing, l.hook)
	}
	l.busy = false
	if len(l.jobs) > 0 {
		q.enqueue(l)
	} else {
		delete(q.backlogs, l.hook)
	}
	q.start()
}
