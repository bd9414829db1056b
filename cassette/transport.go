package cassette

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"
)

// maxBody is the largest length of a body, of requests and answers.
const maxBody = 64 << 20

// part is the transport of one part of a cassette. The default part has no name.
type part struct {
	c    *Cassette
	name string
	next http.RoundTripper // nil for the cassette's
}

// exchange is a request within go-vcr.
type exchange struct {
	part        part
	fingerprint *fingerprint
	// others are the recordings that do not match.
	others []*fingerprint
}

type exchangeKey struct{}

// RoundTrip records or replays.
func (p part) RoundTrip(req *http.Request) (*http.Response, error) {
	c := p.c
	c.busy.RLock()
	defer c.busy.RUnlock()
	c.mu.Lock()
	ended := c.ended
	c.sent[p.name] = c.sent[p.name] || ended == nil
	c.mu.Unlock()
	if ended != nil {
		closeBody(req)
		return nil, ended
	}
	body, err := readAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("cassette: the body of the request: %w", err)
	}
	x := &exchange{part: p}
	out := req.Clone(context.WithValue(req.Context(), exchangeKey{}, x))
	out.Header.Del("Accept-Encoding") // the transport adds its own, and decompresses
	out.Header.Del(partHeader)
	if p.name != "" {
		out.Header.Set(partHeader, p.name)
	}
	if req.Body != nil && req.Body != http.NoBody {
		out.Body = io.NopCloser(bytes.NewReader(body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.ContentLength = int64(len(body))
	}
	if c.mode == Record {
		return c.record(req, out, string(body))
	}
	return c.replay(req, out, x, string(body))
}

func (c *Cassette) record(req, out *http.Request, body string) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(out.Context())
	defer cancel(nil)
	defer c.begin(cancel)()
	out = out.WithContext(ctx)
	c.scrub.observeRequest(req, body)
	resp, err := c.rec.RoundTrip(out)
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, ErrClosed) {
			err = cause
		}
		return nil, err
	}
	resp.Header, resp.Request = resp.Header.Clone(), req
	return resp, nil
}

func (c *Cassette) replay(req, out *http.Request, x *exchange, body string) (*http.Response, error) {
	var err error
	if x.fingerprint, err = c.fingerprints.of(out.Method, out.URL.String(), body, out.Header.Get("Content-Type"), x.part.name); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	c.people.note(out.URL.String())
	c.people.note(body)
	resp, err := c.rec.RoundTrip(out)
	if errors.Is(err, vcr.ErrInteractionNotFound) {
		err = fmt.Errorf("cassette: %w in %s: %s %s: %s", ErrNotRecorded, c.file, out.Method, c.scrub.url(out.URL.String()), c.explain(x))
		c.fail(err)
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	answer := c.people.restore(string(text))
	resp.Body = io.NopCloser(strings.NewReader(answer))
	if resp.ContentLength >= 0 && req.Method != http.MethodHead {
		resp.ContentLength = int64(len(answer))
	}
	resp.Header, resp.Request = resp.Header.Clone(), req
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	return resp, nil
}

// begin records the cancel function of a request in flight. The returned function removes it.
func (c *Cassette) begin(cancel context.CancelCauseFunc) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		cancel(c.ended)
	}
	id := c.next
	c.next++
	c.inFlight[id] = cancel
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.inFlight, id)
	}
}

// stop cancels the requests in flight and refuses later ones with err. The first call's err
// applies.
func (c *Cassette) stop(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended == nil {
		c.ended = err
	}
	for _, cancel := range c.inFlight {
		cancel(c.ended)
	}
}

// capture handles every new recording before other hooks do.
func (c *Cassette) capture(i *vcr.Interaction) error {
	c.scrub.observeBody(i.Response.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recorded++
	return nil
}

// serve counts every recording that is replayed.
func (c *Cassette) serve(i *vcr.Interaction) error {
	p, err := c.fingerprints.recorded(i.Request)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served[*p]++
	return nil
}

// realTransport sends requests to the provider.
type realTransport struct{ next http.RoundTripper }

func (r realTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	next := r.next
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok && x.part.next != nil {
		next = x.part.next
	}
	req = req.Clone(req.Context())
	req.Header.Del(partHeader) // for the file alone
	resp, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := readAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("cassette: the body of the answer: %w", err)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, fmt.Errorf("cassette: an answer in the encoding %s cannot be searched for credentials", coding)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// readAll reads a body to its end and closes it.
func readAll(body io.ReadCloser) ([]byte, error) {
	if body == nil || body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if err == nil && len(b) > maxBody {
		err = fmt.Errorf("it has more than %d bytes", maxBody)
	}
	return b, err
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
