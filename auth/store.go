package auth

import (
	"context"
	"errors"
	"sync"
)

// ErrAbsent is the error of a Store that certainly has no credential under a name. Any other
// error leaves open whether it has one.
var ErrAbsent = errors.New("there is no stored credential")

// ErrUnreadable is matched by the error of a Store that has something under a name, and cannot
// read it as a credential: it was cut or changed, or it was encrypted with another passphrase.
var ErrUnreadable = errors.New("the stored credential cannot be read")

// Store keeps credentials under names, such as "webex/default". All methods are safe for
// concurrent use, and their errors have no secret.
type Store interface {
	// Name describes the store to people, such as "the keyring of the system".
	Name() string
	// Load returns the credential under a name, or ErrAbsent.
	Load(ctx context.Context, name string) (*Credential, error)
	// Save stores a credential under a name, in place of an earlier one. When it returns nil,
	// the credential lasts; after an error or a crash, the store has the former or the new
	// one.
	Save(ctx context.Context, name string, c *Credential) error
	// Delete removes the credential under a name. It returns nil if there is none.
	Delete(ctx context.Context, name string) error
	// Lock waits until no other process and no other caller has the lock of a name, at most
	// until ctx is done. A process that ends gives up its locks.
	Lock(ctx context.Context, name string) (unlock func(), err error)
}

// Memory is a Store that ends with the process.
type Memory struct {
	mu    sync.Mutex
	all   map[string]*Credential
	locks map[string]chan struct{}
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{all: map[string]*Credential{}, locks: map[string]chan struct{}{}}
}

// Name implements Store.
func (*Memory) Name() string { return "the memory of this process" }

// Load implements Store.
func (m *Memory) Load(_ context.Context, name string) (*Credential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.all[name]; c != nil {
		return c.Clone(), nil
	}
	return nil, ErrAbsent
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, name string, c *Credential) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[name] = c.Clone()
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, name)
	return nil
}

// Lock implements Store.
func (m *Memory) Lock(ctx context.Context, name string) (unlock func(), err error) {
	m.mu.Lock()
	lock := m.locks[name]
	if lock == nil {
		lock = make(chan struct{}, 1)
		m.locks[name] = lock
	}
	m.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
