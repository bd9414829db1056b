package events

import (
	"context"
	"sync"

	"github.com/memberships-go/memberships"
)

// Buffer keeps the events of deliveries until Follow takes them. Its Handle is the function
// of a Handler. It belongs to one Follow at a time.
type Buffer struct {
	mu     sync.Mutex
	size   int
	events []memberships.Event
	missed bool
	// filled has a value if there are events, or if one was missed.
	filled chan struct{}
}

// NewBuffer returns an empty Buffer for size events, at least one.
func NewBuffer(size int) *Buffer {
	return &Buffer{size: max(size, 1), filled: make(chan struct{}, 1)}
}

// Handle keeps an event. Without room, it drops the event, and Follow lists again. It returns
// nil: the provider need not send a delivery again, because a listing also shows its change.
func (b *Buffer) Handle(_ context.Context, e memberships.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) < b.size {
		b.events = append(b.events, e)
	} else {
		b.missed = true
	}
	select {
	case b.filled <- struct{}{}:
	default:
	}
	return nil
}

// take returns the kept events, and whether others were dropped.
func (b *Buffer) take() (events []memberships.Event, missed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	events, missed = b.events, b.missed
	b.events, b.missed = nil, false
	return events, missed
}
