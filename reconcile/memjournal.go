package reconcile

import (
	"slices"
	"sync"
)

// MemoryJournal is a Journal that ends with the process. The zero value is empty.
type MemoryJournal struct {
	mu      sync.Mutex
	entries []Entry
}

var _ Journal = (*MemoryJournal)(nil)

// Entries returns a copy of the entries.
func (j *MemoryJournal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// Record appends entries. It never fails.
func (j *MemoryJournal) Record(entries ...Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entries...)
	return nil
}
