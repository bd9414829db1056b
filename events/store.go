package events

import (
	"container/list"
	"context"
	"sync"
)

// Store remembers which deliveries have been handled, as pairs of text. A Store that lasts
// makes a handler drop repetitions after a restart as well. All methods are safe for
// concurrent use.
//
// In an SQL database it is one table, here with the placeholders of SQLite:
//
//	CREATE TABLE deliveries (name TEXT PRIMARY KEY, id TEXT NOT NULL, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)
//	SELECT id FROM deliveries WHERE name = ?
//	INSERT INTO deliveries (name, id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET id = excluded.id
//
// Providers repeat a delivery for up to two days; older rows can go.
type Store interface {
	// Last returns the id that Save stored last under a name, "" if there is none.
	Last(ctx context.Context, name string) (id string, err error)
	// Save stores an id under a name, in place of an earlier one. The id has been handled.
	Save(ctx context.Context, name, id string) error
}

// MemoryStore is a Store that ends with the process. When it is full, it forgets the pair
// that was saved longest ago.
type MemoryStore struct {
	mu    sync.Mutex
	size  int
	pairs map[string]*list.Element
	order *list.List // the pair saved longest ago is in front
}

type pair struct{ name, id string }

// NewMemoryStore returns an empty store for up to size pairs, at least one.
func NewMemoryStore(size int) *MemoryStore {
	return &MemoryStore{size: max(size, 1), pairs: map[string]*list.Element{}, order: list.New()}
}

// Last implements Store.
func (s *MemoryStore) Last(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.pairs[name]; e != nil {
		return e.Value.(pair).id, nil
	}
	return "", nil
}

// Save implements Store.
func (s *MemoryStore) Save(_ context.Context, name, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.pairs[name]; e != nil {
		s.order.Remove(e)
	}
	s.pairs[name] = s.order.PushBack(pair{name, id})
	if s.order.Len() > s.size {
		first := s.order.Remove(s.order.Front()).(pair)
		delete(s.pairs, first.name)
	}
	return nil
}
