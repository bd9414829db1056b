package webex

import "sync"

// The bounds of the deliveries that wait, and of those under way.
const (
	maxWaiting = 16 << 20 // bytes in all
	maxLine    = 100      // of one webhook
	maxSending = 256      // at once
	maxSlow    = 128      // at once, to webhooks whose last delivery failed

	overhead = 512 // bytes that a delivery takes beside its body
)

// queue sends deliveries in the background: those of one webhook one after the other, and
// those of several webhooks at once. A webhook whose deliveries fail or hang leaves room
// for the others.
type queue struct {
	// send makes one delivery, and done is told how that ended.
	send func(job) error
	done func(hook string, err error)

	mu            sync.Mutex
	lines         map[string]*line // by webhook, those with something in them
	ready, later  []*line          // that can be sent from; later after a failure
	waiting       int              // bytes
	sending, slow int
	failing       map[string]bool // webhooks whose last delivery failed
	senders       sync.WaitGroup
}

// line is the deliveries of one webhook.
type line struct {
	hook string
	jobs []job
	size int  // of the jobs in bytes
	busy bool // it is in ready or later, or one of it is being sent
	gone bool // the webhook is, or is inactive
}

// job is one delivery.
type job struct {
	hook, target string
	body         []byte
	secret       *string
}

func (j job) size() int { return len(j.body) + overhead }

// put adds a delivery. If there is no room, the new one is dropped where its line has an
// equal share of the room, and else the last ones of the longest line. put returns the
// webhooks that the dropped ones are of.
func (q *queue) put(j job) (dropped []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lines == nil {
		q.lines, q.failing = map[string]*line{}, map[string]bool{}
	}
	l := q.lines[j.hook]
	if l == nil {
		l = &line{hook: j.hook}
	}
	if len(l.jobs) >= maxLine {
		return []string{j.hook}
	}
	for q.waiting+j.size() > maxWaiting {
		if size := l.size + j.size(); size*len(q.lines) > maxWaiting { // more than an equal share
			return append(dropped, j.hook)
		}
		longest := l
		for _, other := range q.lines {
			if other.size > longest.size {
				longest = other
			}
		}
		if longest == l {
			return append(dropped, j.hook)
		}
		q.pop(longest)
		dropped = append(dropped, longest.hook)
	}
	q.lines[j.hook] = l
	l.jobs, l.gone = append(l.jobs, j), false
	l.size += j.size()
	q.waiting += j.size()
	q.enqueue(l)
	q.start()
	return dropped
}

// pop drops the last delivery of a line.
func (q *queue) pop(l *line) {
	last := len(l.jobs) - 1
	q.leave(l, l.jobs[last])
	l.jobs[last] = job{}
	l.jobs = l.jobs[:last]
}

// leave makes room for others in place of a delivery of a line.
func (q *queue) leave(l *line, j job) {
	l.size -= j.size()
	q.waiting -= j.size()
}

// forget drops what waits for a webhook that is gone, or is inactive, and returns how many
// deliveries that were.
func (q *queue) forget(hook string) (dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.lines[hook]; l != nil {
		dropped = len(l.jobs)
		q.waiting -= l.size
		l.jobs, l.size, l.gone = nil, 0, true
	}
	delete(q.failing, hook)
	return dropped
}

// enqueue makes a line that has something in it ready.
func (q *queue) enqueue(l *line) {
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

// start sends from lines that are ready, as many as may be at once.
func (q *queue) start() {
	for q.sending < maxSending {
		var l *line
		slow := false
		switch {
		case len(q.ready) > 0:
			l = shift(&q.ready)
		case len(q.later) > 0 && q.slow < maxSlow:
			l, slow = shift(&q.later), true
		default:
			return
		}
		if len(l.jobs) == 0 { // dropped in the meantime
			l.busy = false
			delete(q.lines, l.hook)
			continue
		}
		j := shift(&l.jobs)
		q.leave(l, j)
		q.sending++
		if slow {
			q.slow++
		}
		q.senders.Go(func() { q.one(l, j, slow) })
	}
}

// shift takes the first element away, so that the slice does not keep it.
func shift[T any](s *[]T) (first T) {
	var none T
	first, (*s)[0] = (*s)[0], none
	*s = (*s)[1:]
	return first
}

// one makes a delivery, and makes way for the next.
func (q *queue) one(l *line, j job, slow bool) {
	err := q.send(j)
	q.done(j.hook, err)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sending--
	if slow {
		q.slow--
	}
	if err != nil && !l.gone {
		q.failing[l.hook] = true
	} else {
		delete(q.failing, l.hook)
	}
	l.busy = false
	if len(l.jobs) > 0 {
		q.enqueue(l)
	} else {
		delete(q.lines, l.hook)
	}
	q.start()
}
