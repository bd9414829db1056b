package memberships

import (
	"context"
	"sync"
)

// OncePerBulk returns the result of load, which runs once per key within one Apply or
// GetMany of a Client, and once per call elsewhere. A Provider shares with it what all
// changes of a list need, such as one listing of their group. key has an unexported type of
// the Provider's package. A chunk of 10,000 changes counts as an Apply of its own. See
// [SharesReadings] for what the changes themselves make stale.
func OncePerBulk[T any](ctx context.Context, key any, load func() T) T {
	s, ok := ctx.Value(bulkScopeKey{}).(*bulkScope)
	if !ok {
		return load()
	}
	s.mu.Lock()
	v, ok := s.values[key].(*onceValue[T])
	if !ok {
		v = &onceValue[T]{loaded: make(chan struct{})}
		s.values[key] = v
	}
	s.mu.Unlock()
	if ok {
		<-v.loaded
		return v.value
	}
	defer close(v.loaded)
	v.value = load()
	return v.value
}

// onceValue is a value that the first of several goroutines loads. A channel blocks the
// others, because a sync.Once stops the clock of package synctest.
type onceValue[T any] struct {
	loaded chan struct{}
	value  T
}

// SharesReadings reports whether one reading of a group can serve a call with ctx and others:
// in an Apply or a GetMany of a Client, except for a change of a member that an earlier change
// of the Apply concerns. A shared reading may be older than that change.
func SharesReadings(ctx context.Context) bool {
	return ctx.Value(bulkScopeKey{}) != nil && ctx.Value(changedKey{}) == nil
}

// changedKey is the context key of a change of a member that was changed before.
type changedKey struct{}

// afterChange returns ctx for a change that follows another one of its member.
func afterChange(ctx context.Context) context.Context {
	return context.WithValue(ctx, changedKey{}, true)
}

// bulkScopeKey is the context key of a bulkScope.
type bulkScopeKey struct{}

// bulkScope holds the shared values of one bulk call.
type bulkScope struct {
	mu     sync.Mutex
	values map[any]any
}

// withBulkScope returns ctx with an empty scope.
func withBulkScope(ctx context.Context) context.Context {
	return context.WithValue(ctx, bulkScopeKey{}, &bulkScope{values: map[any]any{}})
}
