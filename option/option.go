// Package option has the options of a client and of a single call. New and every call
// accept every option of this package. A call's options come after its client's and take
// precedence.
package option

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
)

// Option sets one parameter. New, or the call, fails on an invalid value with an error
// that names the option and not the value.
type Option = memberships.Option

// WithBaseURL sets the server: an emulator, a proxy, a region. It takes an origin with an
// optional path, with or without the API's version segment at its end
// ("https://webexapis.com" and "https://webexapis.com/v1" are equal).
func WithBaseURL(rawURL string) Option {
	return config.Option(func(c *config.Config) error {
		u, err := url.Parse(rawURL)
		switch {
		case err != nil:
			return fmt.Errorf("WithBaseURL: not a URL")
		case u.Scheme != "http" && u.Scheme != "https":
			return fmt.Errorf("WithBaseURL: the URL must begin with http:// or https://")
		case u.Host == "":
			return fmt.Errorf("WithBaseURL: the URL names no host")
		case u.User != nil:
			return fmt.Errorf("WithBaseURL: the URL must not hold credentials")
		case u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("WithBaseURL: the URL must not have a query or fragment")
		}
		c.BaseURL = strings.TrimRight(u.String(), "/")
		return nil
	})
}

// WithToken authenticates with a constant token. It takes the bare token: a "Bearer"
// prefix, white space and quotes are errors.
func WithToken(token string) Option {
	return config.Option(func(c *config.Config) error {
		if fault := config.SecretFault(token); fault != "" {
			return fmt.Errorf("WithToken: the token %s", fault)
		}
		c.Tokens = config.FixedToken(token)
		return nil
	})
}

// WithTokenSource authenticates with tokens from ts. A client caches a token until it
// expires or the provider rejects it, and then calls ts.Token once for all waiting
// callers. No caller waits longer than its own context.
func WithTokenSource(ts oauth2.TokenSource) Option {
	return config.Option(func(c *config.Config) error {
		if ts == nil {
			return fmt.Errorf("WithTokenSource: the source is nil")
		}
		c.Tokens = config.NewTokens(ts)
		return nil
	})
}

// WithHTTPClient sends requests through hc with its transport, cookie jar and timeout.
// Its CheckRedirect has no effect, because no redirect is followed. The wrapper neither
// changes hc nor closes its connections; hc is responsible for the health checks of
// HTTP/2 connections. A transport other than *http.Transport may ignore a request's
// context; the call then returns and leaves a goroutine behind.
func WithHTTPClient(hc *http.Client) Option {
	return config.Option(func(c *config.Config) error {
		if hc == nil {
			return fmt.Errorf("WithHTTPClient: the client is nil")
		}
		c.HTTPClient = hc
		return nil
	})
}

// WithHeader adds a header to every request, or replaces a header of the wrapper.
func WithHeader(key, value string) Option {
	return config.Option(func(c *config.Config) error {
		if !config.ValidHeaderName(key) {
			return fmt.Errorf("WithHeader: not a header name")
		}
		if !config.ValidHeaderValue(value) {
			return fmt.Errorf("WithHeader: the value of %s holds a control character", key)
		}
		switch http.CanonicalHeaderKey(key) {
		case "Authorization":
			return fmt.Errorf("WithHeader: use WithToken or WithTokenSource for Authorization")
		case "Host", "Content-Length", "Transfer-Encoding", "Connection":
			return fmt.Errorf("WithHeader: %s belongs to the connection", key)
		}
		if c.Header == nil {
			c.Header = http.Header{}
		}
		c.Header.Set(key, value)
		return nil
	})
}

// WithUserAgent sets the User-Agent header. The default names this module.
func WithUserAgent(name string) Option {
	return config.Option(func(c *config.Config) error {
		if name == "" || !config.ValidHeaderValue(name) {
			return fmt.Errorf("WithUserAgent: the name is empty or holds a control character")
		}
		c.UserAgent = name
		return nil
	})
}

// WithPageSize sets the number of items per page. Zero, the default, and numbers above
// the provider's maximum request the maximum.
func WithPageSize(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 0 {
			return fmt.Errorf("WithPageSize: %d is below zero", n)
		}
		c.PageSize = n
		return nil
	})
}

// WithoutPrefetch requests a page only after the loop has consumed the previous one. By
// default a listing prefetches one page, starting when the loop takes the second item of
// the current page. Prefetch sends no more requests than reading to the end does, and
// stops when the loop ends.
func WithoutPrefetch() Option {
	return config.Option(func(c *config.Config) error {
		c.NoPrefetch = true
		return nil
	})
}

// maxParallelPages exceeds every provider's rate limit and bounds memory.
const maxParallelPages = 64

// WithParallelPages allows up to n pages of a listing in flight at once, 64 at most. It
// applies to providers that page by offset with a total: the lists of Box except those by
// marker, and the lists of Clerk with a total. Order and guarantees stay the same, and so
// does the number of requests unless the listing changes or pages come short. Up to n
// pages are in memory. The default is 1; other listings read one page after the other.
func WithParallelPages(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 1 || n > maxParallelPages {
			return fmt.Errorf("WithParallelPages: %d is not from 1 to %d", n, maxParallelPages)
		}
		c.ParallelPages = n
		return nil
	})
}

// WithRawJSON keeps the provider's JSON of every returned membership, user and group in
// its RawJSON field, unknown fields included. Without the option RawJSON is nil, except
// where a field held a value of another type: the field is then empty and RawJSON has the
// value.
func WithRawJSON() Option {
	return config.Option(func(c *config.Config) error {
		c.RawJSON = true
		return nil
	})
}

// WithDeleted makes a Delete, or a removal through package memberships, store the
// provider's response body in *into: a googlechat.Membership or clerk.Membership, or a
// clerk.DeletedObject for an organization or a user. *into is set before the call returns
// without an error. A Delete with a response of another type, or without one, fails with
// memberships.ErrInvalidArgument; other methods ignore the option. Pass it to a single
// call, because concurrent calls would share into.
func WithDeleted[T any](into *T) Option {
	return config.Option(func(c *config.Config) error {
		if into == nil {
			return fmt.Errorf("WithDeleted: the pointer is nil")
		}
		c.Deleted = into
		return nil
	})
}

// WithLogger logs every attempt at level debug, without credentials.
func WithLogger(l *slog.Logger) Option {
	return config.Option(func(c *config.Config) error {
		if l == nil {
			return fmt.Errorf("WithLogger: the logger is nil")
		}
		c.Logger = l
		return nil
	})
}

// WithTimeout bounds one attempt, from dialling to the last byte of the body. The default
// is 30 seconds. An attempt also ends when its body brings less than 2 KiB in five
// seconds. WithCallTimeout bounds all attempts of a call.
func WithTimeout(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d <= 0 {
			return fmt.Errorf("WithTimeout: %v is not above zero", d)
		}
		c.Timeout = d
		return nil
	})
}

// WithCallTimeout bounds one call: its attempts, the backoff between them and, for a
// write, the read-back. The default is one minute. Waits for a Limiter and for a
// rate limit do not count; the caller's context and WithMaxRetryAfter bound those. Each
// page of a listing is one call; the listing as a whole has no limit. One change of
// package memberships may take several calls, such as the lookup of a member, each with
// its own limit. A call that exceeds the limit fails with memberships.ErrUnavailable, or
// with memberships.ErrOutcomeUnknown if a write may have been sent.
func WithCallTimeout(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d <= 0 {
			return fmt.Errorf("WithCallTimeout: %v is not above zero", d)
		}
		c.CallTimeout = d
		return nil
	})
}

// WithMaxBody bounds a response body to n bytes after decompression. The default is 32
// MiB.
func WithMaxBody(n int64) Option {
	return config.Option(func(c *config.Config) error {
		if n <= 0 {
			return fmt.Errorf("WithMaxBody: %d is not above zero", n)
		}
		c.MaxBody = n
		return nil
	})
}
