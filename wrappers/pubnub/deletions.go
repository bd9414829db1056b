package pubnub

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/memberships-go/memberships/internal/delivery"
)

// near is the longest time between the two publications of one deletion. Recorded events were
// published some milliseconds after their change.
const near = 5 * time.Second

// pair identifies a membership.
type pair struct{ channel, user string }

// deletions gives the two publications of a deletion the same id. A deletion has no time of
// its own, and its publication to the channel has another time than the one to the user's
// channel. Two publications belong together if they have different channels and near times,
// and no change of the membership lies between them.
type deletions struct {
	mu    sync.Mutex
	pairs map[pair]*history
	order []pair // of pairs, with the oldest one at next
	next  int
}

// history is the latest of one membership.
type history struct {
	deleted []deletion
	set     []time.Time
}

// deletion is one deletion with its publications.
type deletion struct {
	id        string
	published map[string]time.Time // by channel
}

// maxHistory is the number of deletions and of changes in a history.
const maxHistory = 16

func newDeletions(pairs int) *deletions {
	return &deletions{pairs: map[pair]*history{}, order: make([]pair, pairs)}
}

// of returns the history of a membership. It forgets that of the oldest one.
func (d *deletions) of(key pair) *history {
	if h := d.pairs[key]; h != nil {
		return h
	}
	delete(d.pairs, d.order[d.next])
	h := &history{}
	d.pairs[key], d.order[d.next] = h, key
	d.next = (d.next + 1) % len(d.order)
	return h
}

// set records a change of a membership that is no deletion.
func (d *deletions) set(key pair, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.of(key)
	if !slices.Contains(h.set, at) {
		h.set = latest(append(h.set, at))
	}
}

// id returns the id of a deletion that was published to a channel.
func (d *deletions) id(key pair, channel string, at time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.of(key)
	var best *deletion
	distance := near + 1
	for i := range h.deleted {
		one := &h.deleted[i]
		if was, ok := one.published[channel]; ok {
			if was.Equal(at) {
				return one.id // delivered again
			}
			continue
		}
		for _, other := range one.published {
			if gap := at.Sub(other).Abs(); gap < distance && !h.changed(at, other) {
				best, distance = one, gap
			}
		}
	}
	if best != nil {
		best.published[channel] = at
		return best.id
	}
	id := delivery.ID(key.channel, key.user, "delete", strconv.FormatInt(at.UnixNano(), 10))
	h.deleted = latest(append(h.deleted, deletion{id, map[string]time.Time{channel: at}}))
	return id
}

// changed reports whether the membership was set between two times.
func (h *history) changed(a, b time.Time) bool {
	if b.Before(a) {
		a, b = b, a
	}
	return slices.ContainsFunc(h.set, func(t time.Time) bool { return t.After(a) && t.Before(b) })
}

// latest returns the last entries of a list.
func latest[T any](list []T) []T {
	return slices.Delete(list, 0, max(0, len(list)-maxHistory))
}
