package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// ID is one path parameter: the argument's name and its value.
type ID struct{ Name, Value string }

// Call is one method call.
type Call struct {
	// Name is the method, such as "Memberships.Get".
	Name string
	// Op is the generated constant of the operation: method and path template.
	Op string
	// IDs are the path parameters in the order of the template.
	IDs []ID
	// Check refuses other arguments before a request is built. It may be nil.
	Check func() error
	// Build is the generated request builder, closed over the arguments.
	Build func(server string) (*http.Request, error)
	Opts  []option.Option
	// Anonymous sends no credentials: the call is the one that gets them.
	Anonymous bool
}

// prepared is a call whose arguments have been checked and whose request is built.
type prepared struct {
	client *Client
	call   Call
	cfg    *config.Config
	req    *http.Request
}

func (c *Client) prepare(call Call) (*prepared, error) {
	bad := func(err error) (*prepared, error) { return nil, invalid(c.vendor.Name, call.Name, err) }
	cfg, err := c.Config(call.Opts)
	if err != nil {
		return bad(err)
	}
	values := make([]string, len(call.IDs))
	for i, id := range call.IDs {
		if err := transport.CheckID(id.Name, id.Value); err != nil {
			return bad(err)
		}
		values[i] = id.Value
	}
	if call.Check != nil {
		if err := call.Check(); err != nil {
			return bad(err)
		}
	}
	req, err := call.Build(cfg.BaseURL + "/")
	if err != nil {
		return bad(errors.New("the request cannot be built from these arguments"))
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return bad(err)
	}
	method, template, _ := strings.Cut(call.Op, " ")
	if req.Method != method {
		return bad(fmt.Errorf("the built request is a %s and not a %s", req.Method, method))
	}
	if err := transport.CheckPath(req.URL, base.EscapedPath(), template, values); err != nil {
		return bad(err)
	}
	if err := checkQuery(req.URL.Query()); err != nil {
		return bad(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", cfg.UserAgent)
	for k, v := range cfg.Header {
		req.Header[k] = v
	}
	return &prepared{client: c, call: call, cfg: cfg, req: req}, nil
}

// checkQuery refuses what would widen a listing: a filter that is there but empty,
// such as the id of a group that was never set.
func checkQuery(q url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, v := range q[name] {
			if v == "" {
				return fmt.Errorf("%s is empty; leave it out to list without it", name)
			}
			if strings.ContainsFunc(v, unicode.IsControl) || !utf8.ValidString(v) {
				return fmt.Errorf("%s holds a control character or invalid UTF-8", name)
			}
		}
	}
	return nil
}

// do sends the request and turns everything but a success into *memberships.Error.
func (p *prepared) do(ctx context.Context) (*transport.Response, error) {
	v := p.client.vendor
	authorize := v.Authorize
	if authorize == nil {
		authorize = bearer
	}
	r := &transport.Request{
		Name:    v.Name + " " + p.call.Name,
		HTTP:    p.req,
		Timeout: p.cfg.Timeout,
		MaxBody: p.cfg.MaxBody,
		Logger:  p.cfg.Logger,
	}
	if !p.call.Anonymous {
		r.Authorize = func(req *http.Request) error { return authorize(req.Context(), p.cfg, req) }
	}
	resp, err := transport.Do(ctx, p.client.httpFor(p.cfg), r)
	if err != nil {
		return nil, p.failure(ctx, resp, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, p.fault(resp)
	}
	return resp, nil
}

// failure names what kept an answer from arriving whole.
func (p *prepared) failure(ctx context.Context, resp *transport.Response, err error) *memberships.Error {
	e := &memberships.Error{Provider: p.client.vendor.Name, Op: p.call.Name, Kind: memberships.ErrUnavailable, Err: err}
	if resp != nil {
		e.StatusCode = resp.StatusCode
		e.RequestID = p.client.vendor.Fault(resp).RequestID
	}
	var auth *transport.AuthorizeError
	var redirect *transport.RedirectError
	switch {
	case ctx.Err() != nil:
		e.Kind, e.Err = ctx.Err(), context.Cause(ctx)
	case errors.As(err, &auth):
		e.Kind, e.Err = memberships.ErrUnauthenticated, auth.Err
		var token *memberships.Error
		if errors.As(auth.Err, &token) { // a wrapper's own token call knows more
			e.Kind, e.Code, e.RetryAfter = token.Kind, token.Code, token.RetryAfter
		}
	case errors.As(err, &redirect):
		e.Kind, e.StatusCode = memberships.ErrUntrusted, redirect.StatusCode
	case errors.Is(err, transport.ErrBodyTooLarge):
		e.Kind = memberships.ErrTooLarge
	}
	return e
}

// fault reads an answer that is not a success.
func (p *prepared) fault(resp *transport.Response) *memberships.Error {
	v := p.client.vendor
	f := v.Fault(resp)
	return &memberships.Error{
		Provider: v.Name, Op: p.call.Name,
		Kind:       v.kind(resp.StatusCode, f, p.call.Name),
		StatusCode: resp.StatusCode,
		Code:       oneLine(f.Code), Message: oneLine(f.Message), RequestID: oneLine(f.RequestID),
		RetryAfter: cmp.Or(transport.RetryAfter(resp.Header), f.RetryAfter),
		Body:       resp.Body,
	}
}

// malformed says that a success did not hold what it should.
func (p *prepared) malformed(resp *transport.Response, err error) *memberships.Error {
	e := p.fault(resp)
	e.Kind, e.Err = memberships.ErrMalformed, err
	var untrusted *transport.UntrustedError
	if errors.As(err, &untrusted) {
		e.Kind = memberships.ErrUntrusted
	}
	const keep = 64 << 10
	e.Body = e.Body[:min(len(e.Body), keep)]
	return e
}

// One makes a call that answers one T. The key of a T is the field without which it
// is not one, such as its id.
func One[T any](ctx context.Context, c *Client, call Call, key func(*T) string) (*T, error) {
	p, err := c.prepare(call)
	if err != nil {
		return nil, err
	}
	resp, err := p.do(ctx)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := decode.JSON(resp.Body, v); err != nil {
		return nil, p.malformed(resp, err)
	}
	if key(v) == "" {
		return nil, p.malformed(resp, errors.New("the answer lacks its id"))
	}
	return v, nil
}

// None makes a call whose success has no body.
func None(ctx context.Context, c *Client, call Call) error {
	p, err := c.prepare(call)
	if err != nil {
		return err
	}
	resp, err := p.do(ctx)
	if err != nil {
		return err
	}
	if !decode.Empty(resp.Body) {
		return p.malformed(resp, errors.New("an answer without a body has one"))
	}
	return nil
}

// oneLine makes a provider's text safe for a log line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500]) + "..."
	}
	return s
}
