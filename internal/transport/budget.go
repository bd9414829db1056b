package transport

import (
	"errors"
	"sync"
)

// Budget is a token bucket that bounds the load of retries and read-backs: each takes one
// token. A call adds a fiftieth of a token and its success a whole one: at 100% failure,
// retries settle at 2% of the calls. A nil Budget has no bound.
type Budget struct {
	mu     sync.Mutex
	tokens float64
	// renewalsFail reports whether the last renewed credentials were refused too. A retry
	// with renewed credentials takes a token while it is set.
	renewalsFail bool
}

const budgetSize = 100

// ErrBudget is the error of a read-back that the budget does not allow.
var ErrBudget = errors.New("the retry budget of this client is used up")

// NewBudget returns a full budget.
func NewBudget() *Budget { return &Budget{tokens: budgetSize} }

func (b *Budget) add(n float64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.tokens+n, budgetSize)
}

// Called adds the tokens that a call earns.
func (b *Budget) Called() { b.add(1.0 / 50) }

// Succeeded adds the tokens that the success of a call earns.
func (b *Budget) Succeeded() { b.add(1) }

// Covers reports whether Take would succeed now.
func (b *Budget) Covers() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tokens >= 1
}

// Take takes a token, and reports whether there was one.
func (b *Budget) Take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take()
}

func (b *Budget) take() bool {
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Renew reports whether the budget allows a retry with renewed credentials. It takes a
// token if the last renewal failed.
func (b *Budget) Renew() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.renewalsFail || b.take()
}

// Renewed records whether the provider accepted renewed credentials.
func (b *Budget) Renewed(helped bool) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.renewalsFail = !helped
}
