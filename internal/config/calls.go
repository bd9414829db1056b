package config

import (
	"context"
	"time"
)

// Retry says how often to try and how long to wait in between.
type Retry struct {
	// Attempts counts the first one too.
	Attempts int
	// Base and Cap bound the wait: a random part of Base doubled for every attempt, up
	// to Cap.
	Base, Cap time.Duration
	// MaxWait is the longest wait that a provider may ask for.
	MaxWait time.Duration
	// ReadBack is for how long a write without a clear answer is looked for, and Once
	// whether it is never sent again then.
	ReadBack time.Duration
	Once     bool
}

// Limiter paces requests; see option.Limiter.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Observer is a Limiter that learns how the provider answered.
type Observer interface {
	Observe(statusCode int, retryAfter time.Duration)
}

// Attempt is one try of one call; see option.Attempt.
type Attempt struct {
	Provider, Op       string
	Method, Host, Path string
	Number             int
	StatusCode         int
	Err                error
	Took               time.Duration
}

// Hook is called around every attempt; see option.WithHook.
type Hook struct {
	Before func(context.Context, Attempt) context.Context
	After  func(context.Context, Attempt)
}
