package transport

import "sync"

// Budget bounds how much load retries add when everything fails: a bucket that each
// retry takes one token from. A first attempt puts back a fiftieth of one and a success
// a whole one, so that at 100% failure retries settle at 2% of the calls.
type Budget struct {
	mu     sync.Mutex
	tokens float64
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

// take reports whether one more retry is within the budget.
func (b *Budget) take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
