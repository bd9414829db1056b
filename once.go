package memberships

import (
	"context"
	"sync"
)

// OncePerApply returns the result of load, which runs once per key within one Apply of a
// Client, and once per call elsewhere. A Provider shares with it what all changes of a list
// need, such as one listing of their group. key has an unexported type of the Provider's
// package. A chunk of 10,000 changes counts as an Apply.
func OncePerApply[T any](ctx context.Context, key any, load func() T) T {
	s, ok := ctx.Value(applyScope{}).(*onceScope)
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

// applyScope is the context key of a onceScope.
type applyScope struct{}

// onceScope holds the shared values of one Apply.
type onceScope struct {
	mu     sync.Mutex
	values map[any]any
}

// withOnceScope returns ctx with an empty scope.
func withOnceScope(ctx context.Context) context.Context {
	return context.WithValue(ctx, applyScope{}, &onceScope{values: map[any]any{}})
}
