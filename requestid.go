package memberships

import (
	"context"
	"sync"
)

// RecordRequestID records the provider's id of a successful request that made a change. A
// Provider calls it with the context of its Apply, and the Client returns the last id in the
// Result of the change. An empty id is ignored.
func RecordRequestID(ctx context.Context, id string) {
	r, ok := ctx.Value(requestIDKey{}).(*requestID)
	if !ok || id == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.id = id
}

// requestIDKey is the context key of a requestID.
type requestIDKey struct{}

// requestID is the last id that the changes of one Apply of a Provider recorded.
type requestID struct {
	mu sync.Mutex
	id string
}

func withRequestID(ctx context.Context) (context.Context, *requestID) {
	r := new(requestID)
	return context.WithValue(ctx, requestIDKey{}, r), r
}

// last returns the last id.
func (r *requestID) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.id
}
