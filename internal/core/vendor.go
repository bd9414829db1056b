// Package core is what the wrappers have in common: how a method's arguments become
// a request, its answer a value, its pages an iterator and its failure a
// *memberships.Error.
package core

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Vendor is what all calls to one provider share.
type Vendor struct {
	Name string
	// Origin is the default base URL.
	Origin string
	// Prefix is the version path that callers may have at the end of their base URL.
	Prefix string
	// Account is the name of an id that is in every path and names nothing in itself, ""
	// if there is none.
	Account string
	// Authorize adds credentials to one attempt. Nil means a bearer token. It returns
	// the token that it used, "" if it used none that could be replaced by another.
	Authorize func(context.Context, *config.Config, *http.Request) (token string, err error)
	// Secrets are the credentials of a configuration beside its tokens. It may be nil.
	Secrets func(*config.Config) []string
	// Sealed names the query parameters that are credentials.
	Sealed []string
	// Busy finds answers that the provider documents as refused for now, and before any
	// effect, where HTTP alone does not say so. It may be nil.
	Busy func(*transport.Response) bool
	// Configure checks and completes a client's configuration. It may be nil.
	Configure func(*config.Config) error
	// Scope names the request headers that change what a listing holds. A page token
	// goes with the values that its listing had.
	Scope []string
	// Fault reads the provider's own error out of an answer. Fields it leaves
	// empty stay empty.
	Fault func(*transport.Response) Fault
	// Duplicates says what a second sending of a write does, by the method's name. What is
	// not named harms, but for removals, which are refused.
	Duplicates map[string]Duplicate
	// Kinds is the provider's error table. The first row that fits counts; where none
	// does, the status alone decides.
	Kinds []Rule
}

// Fault is a provider's own description of a failure.
type Fault struct {
	Code, Message, RequestID string
	// Param is the argument at fault, if the provider names it.
	Param string
	// RetryAfter is how long to wait, if the body says so; the header wins over it.
	RetryAfter time.Duration
	// Kind is what the answer means, where more than its status, code and parameter tell
	// that. It wins over the table.
	Kind error
	// Err explains the provider's words, in other ones, where they leave open what to do.
	// It may be nil.
	Err error
}

// Rule is one row of an error table. Zero fields fit everything.
type Rule struct {
	Status int
	// Code is a pattern of path.Match: "*quota_exceeded" fits what ends so.
	Code  string
	Param string
	// Op is a method such as "Memberships.Create".
	Op   string
	Kind error
}

// Client is a provider's wrapper without its services.
type Client struct {
	vendor *Vendor
	cfg    *config.Config
	http   *http.Client
	budget *transport.Budget
}

// New checks the options and builds a client.
func New(v *Vendor, opts []option.Option) (*Client, error) {
	cfg := &config.Config{
		BaseURL:   v.Origin,
		UserAgent: userAgent(),
		Timeout:   transport.DefaultTimeout,
		MaxBody:   transport.DefaultMaxBody,
		Retry:     transport.DefaultRetry,

		CallTimeout: transport.DefaultCallTimeout,
	}
	if err := apply(v, cfg, opts); err != nil {
		return nil, invalid(v.Name, "New", err)
	}
	return &Client{vendor: v, cfg: cfg, http: transport.Guard(cfg.HTTPClient), budget: transport.NewBudget()}, nil
}

func apply(v *Vendor, cfg *config.Config, opts []option.Option) error {
	if err := cfg.Apply(v.Name, opts); err != nil {
		return err
	}
	if v.Prefix != "" {
		cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, v.Prefix)
	}
	if v.Configure != nil {
		return v.Configure(cfg)
	}
	return nil
}

// Config returns the configuration of a call with the given options.
func (c *Client) Config(opts []option.Option) (*config.Config, error) {
	if len(opts) == 0 {
		return c.cfg, nil
	}
	cfg := c.cfg.Clone()
	return cfg, apply(c.vendor, cfg, opts)
}

func (c *Client) httpFor(cfg *config.Config) *http.Client {
	if cfg.HTTPClient == c.cfg.HTTPClient {
		return c.http
	}
	return transport.Guard(cfg.HTTPClient)
}

func userAgent() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		const module = "github.com/memberships-go/memberships"
		if info.Main.Path == module && info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, d := range info.Deps {
			if d.Path == module {
				version = d.Version
			}
		}
	}
	return "memberships-go/" + strings.TrimPrefix(version, "v")
}

func (v *Vendor) authorize(ctx context.Context, cfg *config.Config, req *http.Request) (string, error) {
	if v.Authorize != nil {
		return v.Authorize(ctx, cfg, req)
	}
	t, err := Token(ctx, cfg)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+t)
	return t, nil
}

// Token is the token to use now. A source that hangs holds up nobody past ctx.
func Token(ctx context.Context, cfg *config.Config) (string, error) {
	if cfg.Tokens == nil {
		return "", errors.New("no credentials: give New a WithToken or WithTokenSource")
	}
	t, err := cfg.Tokens.Get(ctx)
	if err != nil {
		return "", tokenError(err)
	}
	return t, nil
}

// tokenError keeps the answer of a token endpoint, which may repeat credentials,
// out of the text.
func tokenError(err error) error {
	var re *oauth2.RetrieveError
	if errors.As(err, &re) {
		status := 0
		if re.Response != nil {
			status = re.Response.StatusCode
		}
		return fmt.Errorf("no token: the token endpoint answered status %d %s", status, re.ErrorCode)
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		return fmt.Errorf("no token: %w", ue.Err)
	}
	return fmt.Errorf("no token: %w", err)
}

func (v *Vendor) kind(status int, f Fault, op string) error {
	if f.Kind != nil {
		return f.Kind
	}
	i := slices.IndexFunc(v.Kinds, func(r Rule) bool {
		return (r.Status == 0 || r.Status == status) && (r.Code == "" || fits(r.Code, f.Code)) &&
			(r.Param == "" || r.Param == f.Param) && (r.Op == "" || r.Op == op)
	})
	if i >= 0 {
		return v.Kinds[i].Kind
	}
	return kindOfStatus(status)
}

// fits reports whether a code is of a pattern.
func fits(pattern, code string) bool {
	ok, err := path.Match(pattern, code)
	return ok && err == nil
}

// kindOfStatus says what HTTP itself means by a status.
func kindOfStatus(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return memberships.ErrUnauthenticated
	case http.StatusPaymentRequired, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return memberships.ErrPermissionDenied
	case http.StatusNotFound, http.StatusGone:
		return memberships.ErrNotFound
	case http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return memberships.ErrUnsupported
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		return memberships.ErrConflict
	case http.StatusTooManyRequests:
		return memberships.ErrRateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusLocked:
		return memberships.ErrUnavailable
	}
	switch {
	case status >= 500:
		return memberships.ErrUnavailable
	case status >= 400:
		return memberships.ErrInvalidArgument
	}
	return memberships.ErrMalformed
}

func invalid(provider, op string, err error) *memberships.Error {
	return &memberships.Error{Provider: provider, Op: op, Kind: memberships.ErrInvalidArgument, Err: err}
}
