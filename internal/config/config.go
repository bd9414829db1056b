// Package config holds the settings of options. It keeps them internal while package option
// is public.
package config

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

// Config holds the settings of a client, or of one call.
type Config struct {
	BaseURL    string
	Tokens     *Tokens
	HTTPClient *http.Client
	Header     http.Header
	UserAgent  string
	PageSize   int
	// NoPrefetch and ParallelPages control the prefetch of listings; see option.
	NoPrefetch    bool
	ParallelPages int
	RawJSON       bool
	// ListedFields is set by memberships.WithListedFields.
	ListedFields bool
	// Invite is set by memberships.WithInvite.
	Invite bool
	// WatchedGroups is set by memberships.WithWatchedGroups.
	WatchedGroups []memberships.Group
	// Deleted is the pointer of option.WithDeleted, or nil.
	Deleted     any
	Logger      *slog.Logger
	Timeout     time.Duration
	CallTimeout time.Duration
	MaxBody     int64
	Retry       Retry
	Limiter     Limiter
	Hooks       []Hook
	// Values holds the settings of one provider, under keys of unexported types.
	Values map[any]any
}

// Clone returns a copy of c that options may change.
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

// Secret is a credential that does not print.
type Secret string

// String hides the credential from fmt.
func (Secret) String() string { return "REDACTED" }

// GoString hides the credential from %#v.
func (Secret) GoString() string { return "REDACTED" }

// LogValue hides the credential from log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

// MarshalText hides the credential from JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }
