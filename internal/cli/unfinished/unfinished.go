// Package unfinished finds what a run of the command leaves in flight, so that the process does
// not end in the middle of it.
package unfinished

import (
	"context"
	"sync"
	"time"
)

// Work may go on after its caller has gone, such as the refresh of a token. Settle waits for it,
// at most until ctx is done, and returns an error if it goes on.
type Work interface {
	Settle(ctx context.Context) error
}

// All is the work of one run. It is safe for concurrent use.
type All struct {
	mu   sync.Mutex
	work []Work
}

type key struct{}

// Watch returns a context whose work is in all.
func Watch(ctx context.Context) (watched context.Context, all *All) {
	all = &All{}
	return context.WithValue(ctx, key{}, all), all
}

// Add adds work to that of a context. It does nothing in a context that is not watched.
func Add(ctx context.Context, w Work) {
	all, ok := ctx.Value(key{}).(*All)
	if !ok {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.work = append(all.work, w)
}

// Settle waits for all work, at most for grace, and returns the first error. It calls waiting
// before it waits, and only if there is work in flight.
func (a *All) Settle(grace time.Duration, waiting func()) error {
	a.mu.Lock()
	work := a.work
	a.mu.Unlock()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	later, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	for _, w := range work {
		if w.Settle(now) == nil {
			continue
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		if err := w.Settle(later); err != nil {
			return err
		}
	}
	return nil
}
