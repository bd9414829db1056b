// Package config holds what options set. It exists so that the option package can
// be public while its target is not.
package config

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Config is the sum of a client's options, or of a client's and a call's.
type Config struct {
	BaseURL    string
	Tokens     *Tokens
	HTTPClient *http.Client
	Header     http.Header
	UserAgent  string
	PageSize   int
	// NoPrefetch and ParallelPages say how far a listing asks ahead; see option.
	NoPrefetch    bool
	ParallelPages int
	RawJSON       bool
	// Deleted is the pointer to what a deletion answers with, nil if nobody asks.
	Deleted     any
	Logger      *slog.Logger
	Timeout     time.Duration
	CallTimeout time.Duration
	MaxBody     int64
	Retry       Retry
	Limiter     Limiter
	Hooks       []Hook
	// Values holds what one provider alone understands, under keys of unexported types.
	Values map[any]any
}

// Clone copies c so that options may change the copy.
func (c *Config) Clone() *Config {
	d := *c
	d.Header = c.Header.Clone()
	d.Values = maps.Clone(c.Values)
	d.Hooks = slices.Clone(c.Hooks)
	return &d
}

// Set stores a provider's own value.
func (c *Config) Set(key, value any) {
	if c.Values == nil {
		c.Values = map[any]any{}
	}
	c.Values[key] = value
}

// Secret is a credential. Nothing prints it by accident.
type Secret string

// String hides the credential, as all ways to print it do.
func (Secret) String() string { return "REDACTED" }

// GoString hides it from %#v.
func (Secret) GoString() string { return "REDACTED" }

// LogValue hides it from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

// MarshalText hides it from JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }
