// Package option holds what can be set on a client and on a single call. Every
// option goes to both: a call's options come after its client's and win.
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

// Option sets one thing. An option with a value that makes no sense fails the
// New or the call that it is given to, naming itself but not the value.
type Option = memberships.Option

// WithBaseURL sends requests to another server: an emulator, a proxy, a region.
// It takes an origin with an optional path, with or without the API's version
// segment at its end ("https://webexapis.com" and "https://webexapis.com/v1" are the same).
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

// WithToken authenticates with a token that does not change. It takes the token alone, as
// the provider shows it: "Bearer", white space and quotes around it are refused.
func WithToken(token string) Option {
	return config.Option(func(c *config.Config) error {
		if fault := config.SecretFault(token); fault != "" {
			return fmt.Errorf("WithToken: the token %s", fault)
		}
		c.Tokens = config.FixedToken(token)
		return nil
	})
}

// WithTokenSource authenticates with the tokens of ts. A token is kept until it expires
// or the provider refuses it; then ts is asked for another, once for all callers, none
// of whom waits past its own context.
func WithTokenSource(ts oauth2.TokenSource) Option {
	return config.Option(func(c *config.Config) error {
		if ts == nil {
			return fmt.Errorf("WithTokenSource: the source is nil")
		}
		c.Tokens = config.NewTokens(ts)
		return nil
	})
}

// WithHTTPClient sends requests through hc: its transport, cookie jar and timeout
// are used, its CheckRedirect is not, because no redirect is followed. hc is not changed,
// and none of its connections is closed: health checks of HTTP/2 connections are hc's own.
// A transport that is no *http.Transport may ignore a request's context: it is left behind
// then, in a goroutine.
func WithHTTPClient(hc *http.Client) Option {
	return config.Option(func(c *config.Config) error {
		if hc == nil {
			return fmt.Errorf("WithHTTPClient: the client is nil")
		}
		c.HTTPClient = hc
		return nil
	})
}

// WithHeader sends one more header, or another value for a header of the wrapper's own.
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

// WithUserAgent names the caller to the provider; the default names this module.
func WithUserAgent(name string) Option {
	return config.Option(func(c *config.Config) error {
		if name == "" || !config.ValidHeaderValue(name) {
			return fmt.Errorf("WithUserAgent: the name is empty or holds a control character")
		}
		c.UserAgent = name
		return nil
	})
}

// WithPageSize asks for pages of n items. Zero, the default, and anything above the
// provider's maximum ask for the maximum.
func WithPageSize(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 0 {
			return fmt.Errorf("WithPageSize: %d is below zero", n)
		}
		c.PageSize = n
		return nil
	})
}

// WithoutPrefetch asks for a page when the one before has been consumed. By default a
// listing asks for the next page while its caller works on the present one, once the
// caller has come back for a second item of it: never for more than reading to the end
// takes, and no longer when the loop ends.
func WithoutPrefetch() Option {
	return config.Option(func(c *config.Config) error {
		c.NoPrefetch = true
		return nil
	})
}

// maxParallelPages is more than a provider's limits let pass, and little enough to hold.
const maxParallelPages = 64

// WithParallelPages has up to n pages of a listing on their way at once, 64 at most,
// where the provider pages by offset and says how many items there are: the lists of
// Box, but those by marker, and the lists of Clerk that come with a total. Items come in
// the same order and with the same guarantees, and a listing that nobody changes takes
// the same requests, unless pages come short of what was asked for. Up to n pages are
// held. The default is 1; other listings read one page after the other.
func WithParallelPages(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 1 || n > maxParallelPages {
			return fmt.Errorf("WithParallelPages: %d is not from 1 to %d", n, maxParallelPages)
		}
		c.ParallelPages = n
		return nil
	})
}

// WithRawJSON keeps every membership, user, group and the like as the provider sent it,
// in the RawJSON of what is returned: fields that this release does not know are there.
// Without it RawJSON is nil and costs nothing, but for one that holds a value of another
// type than its field's: that field is empty then, and the value is in RawJSON.
func WithRawJSON() Option {
	return config.Option(func(c *config.Config) error {
		c.RawJSON = true
		return nil
	})
}

// WithDeleted has a Delete, or a removal through package memberships, set *into to what the
// provider answers about what it has deleted: a googlechat.Membership or clerk.Membership,
// and a clerk.DeletedObject for an organization or a user. It is set before the call returns
// without an error. A Delete whose provider answers with something else or with nothing
// refuses the option with memberships.ErrInvalidArgument; other methods do not look at it.
// It belongs to one call, because calls at the same time would share into.
func WithDeleted[T any](into *T) Option {
	return config.Option(func(c *config.Config) error {
		if into == nil {
			return fmt.Errorf("WithDeleted: the pointer is nil")
		}
		c.Deleted = into
		return nil
	})
}

// WithLogger reports every attempt at level debug, without credentials.
func WithLogger(l *slog.Logger) Option {
	return config.Option(func(c *config.Config) error {
		if l == nil {
			return fmt.Errorf("WithLogger: the logger is nil")
		}
		c.Logger = l
		return nil
	})
}

// WithTimeout bounds one attempt, from dialling to the last byte of the body. The
// default is 30 seconds. A body that brings less than 2 KiB in five seconds is given up
// sooner. WithCallTimeout bounds all attempts of a call.
func WithTimeout(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d <= 0 {
			return fmt.Errorf("WithTimeout: %v is not above zero", d)
		}
		c.Timeout = d
		return nil
	})
}

// WithCallTimeout bounds one call: the time of all its attempts and of the backoff between
// them, and for a write the time of reading the state back. The default is a minute. Waits
// for a Limiter end with the caller's context, those for a Retry-After have
// WithMaxRetryAfter as their bound; they do not count. A page of a listing is a call, the
// listing has no limit. A change of package memberships may take several calls, each with
// a limit of its own: the member is looked up first. A call that runs out of time fails with memberships.ErrUnavailable,
// or with memberships.ErrOutcomeUnknown if it is a write that may have been sent.
func WithCallTimeout(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d <= 0 {
			return fmt.Errorf("WithCallTimeout: %v is not above zero", d)
		}
		c.CallTimeout = d
		return nil
	})
}

// WithMaxBody bounds an answer to n bytes after decompression. The default is 32 MiB.
func WithMaxBody(n int64) Option {
	return config.Option(func(c *config.Config) error {
		if n <= 0 {
			return fmt.Errorf("WithMaxBody: %d is not above zero", n)
		}
		c.MaxBody = n
		return nil
	})
}
