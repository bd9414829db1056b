package transport

import (
	"errors"
	"sync"
)

// Budget bounds how much load retries and read-backs add when everything fails: a bucket
// that each of them takes one token from. A call puts back a fiftieth of one and its
// success a whole one, so that at 100% failure they settle at 2% of the calls.
type Budget struct {
	mu     sync.Mutex
	tokens float64
	// renewalsFail says that the last renewed credentials were refused as well. As long
	// as that is so, a retry with others takes a token too.
	renewalsFail bool
}

const budgetSize = 100

// ErrBudget says that a read-back was not made, for lack of budget.
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

// Called puts back what one call earns, Succeeded what its success does.
func (b *Budget) Called()    { b.add(1.0 / 50) }
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

// Take reports whether one more attempt is within the budget, and pays for it.
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

// Renew reports whether a retry with renewed credentials is within the budget.
func (b *Budget) Renew() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.renewalsFail || b.take()
}

// Renewed records whether a retry with renewed credentials helped.
func (b *Budget) Renewed(helped bool) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.renewalsFail = !helped
}
