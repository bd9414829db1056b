package events

import (
	"errors"
	"log/slog"
	"time"
)

// Option changes a handler.
type Option struct{ apply func(*handler) error }

// WithStore remembers handled deliveries in s. The default is a MemoryStore for 65,536.
func WithStore(s Store) Option {
	return Option{func(h *handler) error {
		if s == nil {
			return errors.New("WithStore: the store is nil")
		}
		h.store = s
		return nil
	}}
}

// WithLogger logs refused and failed deliveries to l, without their content and without
// secrets. The default is slog.Default.
func WithLogger(l *slog.Logger) Option {
	return Option{func(h *handler) error {
		if l == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		h.log = l
		return nil
	}}
}

// WithWait sets how long a delivery waits while the same one is being handled, 10 seconds by
// default. After that, and with 0 at once, the answer is 503 and the provider repeats it.
func WithWait(d time.Duration) Option {
	return Option{func(h *handler) error {
		if d < 0 {
			return errors.New("WithWait: the duration is negative")
		}
		h.wait = d
		return nil
	}}
}
