package memberships

// BulkOptions sets how Apply, GetMany and ResolveMany send their requests.
type BulkOptions struct {
	// Concurrency is the number of calls in flight at once, Capabilities.Concurrency if it
	// is below one.
	Concurrency int
	// Stop, once closed, keeps Apply from starting further changes. Changes in flight end
	// and yield their results; the rest are Skipped. Closing it differs from the end of
	// the context, which cancels the changes in flight.
	Stop <-chan struct{}
}

// defaultConcurrency is that of a provider that declares none.
const defaultConcurrency = 8

// concurrency returns the number of calls in flight at once.
func (c *Client) concurrency(o BulkOptions) int {
	switch {
	case o.Concurrency > 0:
		return o.Concurrency
	case c.caps.Concurrency > 0:
		return c.caps.Concurrency
	}
	return defaultConcurrency
}
