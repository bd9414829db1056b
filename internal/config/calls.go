package config

import (
	"context"
	"time"
)

// Retry is the retry policy of a call.
type Retry struct {
	// Attempts is the largest number of attempts, the first one included.
	Attempts int
	// Base and Cap bound the wait: a random part of Base, doubled for every attempt up to
	// Cap.
	Base, Cap time.Duration
	// MaxWait is the longest wait that a provider may ask for.
	MaxWait time.Duration
	// ReadBack is the time to read the effect of an ambiguous write. Once forbids to send
	// the write again.
	ReadBack time.Duration
	Once     bool
}

// Limiter limits the rate of requests; see option.Limiter.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Observer is a Limiter that gets the status of every answer.
type Observer interface {
	Observe(statusCode int, retryAfter time.Duration)
}

// Attempt is one attempt of a call; see option.Attempt.
type Attempt struct {
	Provider, Op       string
	Method, Host, Path string
	Number             int
	StatusCode         int
	Err                error
	Took               time.Duration
}

// Hook holds the functions around every attempt; see option.WithHook.
type Hook struct {
	Before func(context.Context, Attempt) context.Context
	After  func(context.Context, Attempt)
}
