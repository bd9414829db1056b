package transport

import "sync"

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

func (b *Budget) called()    { b.add(1.0 / 50) }
func (b *Budget) succeeded() { b.add(1) }

// covers reports whether Take would succeed now.
func (b *Budget) covers() bool {
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

// renew reports whether a retry with renewed credentials is within the budget.
func (b *Budget) renew() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.renewalsFail || b.take()
}

// renewed records whether a retry with renewed credentials helped.
func (b *Budget) renewed(helped bool) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.renewalsFail = !helped
}
