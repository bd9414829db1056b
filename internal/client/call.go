package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// ID is an argument with its name.
type ID = endpoint.ID

// Call is one method call.
type Call struct {
	// Name is the method, such as "Memberships.Get".
	Name string
	// Endpoint is the result of the operation's generated function for the arguments.
	Endpoint endpoint.Endpoint
	// Check validates arguments before the ids are checked and the request is built. It may
	// be nil.
	Check func() error
	Opts  []option.Option
	// Named marks a read whose query names an object that may not exist. A read with neither
	// ids nor Named cannot be a 404: its list exists, if only empty.
	Named bool
	// Anonymous marks a call without credentials, such as one that gets them.
	Anonymous bool
	// Secrets are the arguments that are credentials. No error shows them.
	Secrets []string
	// Duplicate overrides API.Duplicates where the arguments of a call decide.
	Duplicate Duplicate
	// Hold is the limit of an attempt and of the call where the provider holds a request
	// until there is something to say, 0 for the limits of the configuration. The body may
	// pause. A longer limit of the configuration stays.
	Hold time.Duration
	// Refusal is the error kind of a second sending after a successful first one. Nil means
	// memberships.ErrAlreadyExists. A removal always has memberships.ErrNotFound.
	Refusal error
}

// prepared is a call with valid arguments and a built request.
type prepared struct {
	client *Client
	call   Call
	cfg    *config.Config
	req    *http.Request
	sent   []string // the credentials of earlier attempts
	query  string   // of the last attempt, if it holds credentials
	cache  *transport.BufferCache
}

func (c *Client) prepare(call Call) (*prepared, error) {
	bad := func(err error) (*prepared, error) { return nil, invalid(c.api.Name, call.Name, err) }
	cfg, err := c.Config(call.Opts)
	if err != nil {
		return bad(err)
	}
	p := &prepared{client: c, call: call, cfg: cfg}
	bad = func(err error) (*prepared, error) { return nil, p.invalid(err) }
	if call.Check != nil {
		if err := call.Check(); err != nil {
			return bad(err)
		}
	}
	values := make([]string, len(call.Endpoint.IDs))
	for i, id := range call.Endpoint.IDs {
		if err := checkArgument(id); err != nil {
			return bad(err)
		}
		values[i] = id.Value
	}
	base, err := c.baseOf(cfg)
	if err != nil {
		return bad(err)
	}
	req, err := call.Endpoint.Request(base)
	if err != nil {
		return bad(errors.New("the request cannot be built from these arguments"))
	}
	if err := transport.CheckPath(req.URL, base.EscapedPath(), call.Endpoint.Path(), values); err != nil {
		return bad(err)
	}
	if err := checkQuery(call.Endpoint.Params); err != nil {
		return bad(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", cfg.UserAgent)
	for k, v := range cfg.Header {
		req.Header[k] = v
	}
	p.req = req
	return p, nil
}

// checkArgument refuses an id that could name another endpoint. An item of a list has no
// comma either.
func checkArgument(id ID) error {
	if id.List == nil {
		return transport.CheckID(id.Name, id.Value)
	}
	for _, item := range id.List {
		if err := transport.CheckID(id.Name, item); err != nil {
			return err
		}
		if strings.Contains(item, ",") {
			return fmt.Errorf("%s holds a comma", id.Name)
		}
	}
	return transport.CheckID(id.Name, id.Value)
}

// baseOf returns the base URL. Only a call with a base URL of its own parses it.
func (c *Client) baseOf(cfg *config.Config) (*url.URL, error) {
	if cfg.BaseURL == c.cfg.BaseURL {
		return c.base, nil
	}
	return url.Parse(cfg.BaseURL)
}

// checkQuery refuses an empty parameter, such as a group id that was never set: it would
// widen a listing. It also refuses control characters, invalid UTF-8 and long values.
func checkQuery(params []endpoint.Param) error {
	for _, p := range params {
		if p.Value == "" {
			return fmt.Errorf("%s is empty; leave it out to list without it", p.Name)
		}
		if strings.ContainsFunc(p.Value, unicode.IsControl) || !utf8.ValidString(p.Value) {
			return fmt.Errorf("%s holds a control character or invalid UTF-8", p.Name)
		}
		if err := checkLength(p.Name, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// failure returns the error of a call without a whole answer. resp may be nil.
func (p *prepared) failure(ctx context.Context, resp *transport.Response, err error) *memberships.Error {
	e := &memberships.Error{Provider: p.client.api.Name, Op: p.call.Name, Kind: memberships.ErrUnavailable, Err: err}
	if resp != nil {
		e.StatusCode = resp.StatusCode
		e.RequestID = p.client.api.ErrorDetails(resp).RequestID
	}
	var auth *transport.AuthorizeError
	var redirect *transport.RedirectError
	var limit *transport.LimitError
	switch {
	case ctx.Err() != nil:
		e.Kind, e.Err = ctx.Err(), context.Cause(ctx)
	case errors.As(err, &auth) && errors.Is(err, transport.ErrAttemptTimeout):
	case errors.As(err, &auth):
		e.Kind, e.Err = memberships.ErrUnauthenticated, auth.Err
		var token *memberships.Error
		if errors.As(auth.Err, &token) { // from a wrapper's own token call
			e.Kind, e.Code, e.RetryAfter = token.Kind, token.Code, token.RetryAfter
		}
	case errors.As(err, &redirect):
		e.Kind, e.StatusCode = memberships.ErrUntrusted, redirect.StatusCode
	case errors.As(err, &limit):
		e.Kind = memberships.ErrRateLimited
	case errors.Is(err, transport.ErrBodyTooLarge):
		e.Kind = memberships.ErrTooLarge
	}
	if ctx.Err() == nil && (errors.Is(e.Err, context.DeadlineExceeded) || errors.Is(e.Err, context.Canceled)) {
		e.Err = errors.New(e.Err.Error()) // another context has ended, not the caller's
	}
	return e
}

// responseError returns the error of an answer that is not a success. Its Body shares the
// answer's memory.
func (p *prepared) responseError(resp *transport.Response) *memberships.Error {
	v := p.client.api
	f := v.ErrorDetails(resp)
	kind := v.kind(resp.StatusCode, f, p.call.Name)
	why := f.Err
	if why == nil {
		why = v.required(kind, p.call.Name, f)
	}
	if kind == memberships.ErrNotFound {
		if other := p.unprovenAbsence(f); other != nil {
			kind, why = memberships.ErrMalformed, other
		}
	}
	if kind == memberships.ErrAlreadyExists && f.Code == "" && f.Message == "" && f.RequestID == "" {
		kind = memberships.ErrConflict // from a proxy, which does not know the objects
	}
	return &memberships.Error{
		Provider: v.Name, Op: p.call.Name,
		Kind: kind, Err: why,
		StatusCode: resp.StatusCode,
		Code:       f.Code, Message: f.Message, RequestID: f.RequestID,
		RetryAfter: cmp.Or(transport.RetryAfter(resp.Header), f.RetryAfter),
		Body:       resp.Body,
	}
}

// unprovenAbsence returns the reason that a not-found answer does not prove absence, nil if
// it does. A proxy or another server may have answered, or the request names a list that
// always exists.
func (p *prepared) unprovenAbsence(f ErrorDetails) error {
	names := p.call.Named || p.req.Method != http.MethodGet
	for _, id := range p.call.Endpoint.IDs {
		names = names || id.Name != p.client.api.Account
	}
	switch {
	case f.Code == "" && f.Message == "":
		return errors.New("the answer is not the provider's own and proves no absence; is the base URL right?")
	case !names:
		return errors.New("the request names nothing that could be absent; is the base URL right, and the API enabled?")
	}
	return nil
}

// malformed returns the error of a success without valid content.
func (p *prepared) malformed(resp *transport.Response, err error) *memberships.Error {
	e := p.responseError(resp)
	e.Kind, e.Err = memberships.ErrMalformed, err
	var untrusted *transport.UntrustedError
	if errors.As(err, &untrusted) {
		e.Kind = memberships.ErrUntrusted
	}
	return e
}

// readOne returns a function that decodes an answer into a T. key returns the field that
// every T has, such as its id.
func readOne[T any](p *prepared, into *T, key func(*T) string) func(*transport.Response) error {
	return func(resp *transport.Response) error {
		*into = *new(T)
		if err := decode.JSON(resp.Body, into, p.cfg.RawJSON); err != nil {
			return err
		}
		if err := checkKey(key(into)); err != nil {
			return fmt.Errorf("the answer: %w", err)
		}
		return nil
	}
}

// checkKey refuses a key that cannot be sent back as an id.
func checkKey(key string) error {
	return transport.CheckKey("its id", key)
}

// readNone accepts an answer without a body.
func readNone(resp *transport.Response) error {
	if !decode.Empty(resp.Body) {
		return errors.New("the answer has an unexpected body")
	}
	return nil
}

// One makes a call that answers with one T. It reads nothing back after an ambiguous write.
func One[T any](ctx context.Context, c *Client, call Call, key func(*T) string) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if p.isWrite() {
		return settle(ctx, p, readOne(p, v, key), v, nil)
	}
	if e := p.exchange(ctx, readOne(p, v, key)).run(ctx); e != nil {
		return nil, e
	}
	return v, nil
}

// oneLine returns a provider's text for a log line: at most 500 characters, all of them
// safe.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if text.Unsafe(r) {
			return ' '
		}
		return r
	}, s) // strings.Map also replaces invalid UTF-8 by U+FFFD
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500]) + "..."
	}
	return s
}
