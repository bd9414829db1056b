package faulttest

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var (
	dials    = []string{"refused", "timeout", "not-found", "temporary", "tls-unknown-ca", "tls-wrong-name", "tls-expired", "tls-plain-http", "tls-closed", "tls-cut", "proxy-down", "proxy-refuses"}
	clients  = []string{"block", "block-body", "empty-reads"}
	requests = []string{"first-page", "size-1", "size-2", "size-5"}
	wires    = []string{
		"reset", "eof", "eof-chunked", "silence", "trickle", "chunked", "endless-headers", "endless-header", "chunk-extensions",
		"informational-flood", "informational-few", "http10", "two-answers", "length-short", "length-long", "bad-chunk",
		"bad-status-line", "not-http", "bad-header", "dead-connection", "raw", "plain-text",
	}
)

// Network is the network of one cell: the provider's host with a fault in front of it,
// and all other hosts, which record what they receive.
type Network struct {
	Provider *Provider
	// Addr is the provider's host and port.
	Addr  string
	Fault *Fault
	Op    string
	Place string
	// Pages is the number of requests of a list without a fault.
	Pages int
	// Handler is the provider. State returns its state as text.
	Handler http.Handler
	State   func() string
	// Stale is the provider in its initial state.
	Stale http.Handler

	transport, http2 *http.Transport

	late   sync.WaitGroup // requests that are carried out late
	closed chan struct{}  // unblocks what waits

	mu       sync.Mutex
	pages    map[string]int // page number by request, in order of appearance
	times    map[string]int // number of faults by request
	conns    map[*pipe]bool
	answers  int
	stale    int
	wrote    bool
	first    string // the cursor of the second page
	item     any    // the first item of the first page
	observed Observed
}

// Observed is the traffic that a Network observed.
type Observed struct {
	// Requests counts the requests that reach the provider. Struck counts the requests that
	// meet the fault, Tries the requests that the client sends. Effects counts the changes
	// of the provider's state.
	Requests, Struck, Tries, Effects int
	// Visible reports that a successful read after the write showed its effect.
	Visible bool
	// Foreign lists connections and requests to other hosts.
	Foreign []string
	// Body and Wire are the most bytes that the client read of one response, after and
	// before decompression.
	Body, Wire int64
	// Credentials lists the credentials that the provider receives.
	Credentials []string
	// Open counts unclosed bodies, Left the connections that stayed.
	Open, Left int
	// Endless reports that the client exceeded the limit of requests.
	Endless bool
}

// endless is the maximum number of requests for ten members.
const endless = 1000

// NewNetwork initializes n and returns it. Its caller must run in the synctest bubble of
// the cell.
func NewNetwork(n *Network) *Network {
	n.closed = make(chan struct{})
	n.pages, n.times, n.conns = map[string]int{}, map[string]int{}, map[*pipe]bool{}
	n.transport = &http.Transport{
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return n.dial(ctx, "tcp "+addr)
		},
		DialTLSContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return n.dial(ctx, "tls "+addr)
		},
		MaxResponseHeaderBytes: 256 << 10, // same as the module's transport
	}
	n.http2 = newHTTP2Transport(n)
	return n
}

// Observed returns the observations so far.
func (n *Network) Observed() Observed {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.observed
}

// Close drops idle connections, counts the remaining ones and closes them.
func (n *Network) Close(wait func()) {
	close(n.closed)
	n.late.Wait()
	wait()
	n.transport.CloseIdleConnections()
	n.http2.CloseIdleConnections()
	wait()
	n.mu.Lock()
	left := make([]*pipe, 0, len(n.conns))
	for c := range n.conns {
		left = append(left, c)
	}
	n.observed.Left = len(left)
	n.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
		_ = c.server.Close()
	}
}

// RoundTrip sends a request for the client, counts it and tracks its body.
func (n *Network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.observed.Tries++
	if n.observed.Tries > endless {
		n.observed.Endless = true
		n.mu.Unlock()
		return nil, x509.UnknownAuthorityError{} // a final error, which is not retried
	}
	n.mu.Unlock()
	if n.Fault.Do.Dial != "" && n.strike(req) {
		n.struck(req)
		req = req.WithContext(context.WithValue(req.Context(), noDial{}, true))
	}
	client := ""
	if n.Fault.Do.Client != "" && n.strike(req) {
		n.struck(req)
		client = n.Fault.Do.Client
	}
	if client == "block" {
		<-n.closed // ignores the context
		return nil, errors.New("closed")
	}
	resp, err := n.send(req)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.observed.Open++
	n.observed.Visible = n.observed.Visible && client == ""
	n.mu.Unlock()
	resp.Body = &watched{ReadCloser: resp.Body, n: n, client: client}
	return resp, nil
}

// send sends a request with the fault's protocol.
func (n *Network) send(req *http.Request) (*http.Response, error) {
	if !n.Fault.Do.HTTP2 {
		return n.transport.RoundTrip(req)
	}
	plain := req.Clone(req.Context()) // over a pipe, net/http speaks HTTP/2 only without TLS
	plain.Host = cmp.Or(req.Host, req.URL.Host)
	plain.URL.Scheme = "http"
	if req.URL.Host+":443" == n.Addr {
		plain.URL.Host = n.Addr
	}
	return n.http2.RoundTrip(plain)
}

type noDial struct{}

// watched is a body that records the bytes read and its closing.
type watched struct {
	io.ReadCloser
	n      *Network
	client string
	read   int64
	once   sync.Once
}

func (w *watched) Read(b []byte) (int, error) {
	switch w.client {
	case "block-body":
		<-w.n.closed
		return 0, errors.New("closed")
	case "empty-reads":
		return 0, nil
	}
	k, err := w.ReadCloser.Read(b)
	w.read += int64(k)
	w.n.mu.Lock()
	w.n.observed.Body = max(w.n.observed.Body, w.read)
	w.n.mu.Unlock()
	return k, err
}

func (w *watched) Close() error {
	w.once.Do(func() {
		w.n.mu.Lock()
		w.n.observed.Open--
		w.n.mu.Unlock()
	})
	return w.ReadCloser.Close()
}

// pipe is the client side of a connection.
type pipe struct {
	net.Conn
	server net.Conn
	n      *Network
	to     string // destination of a connection to another host
	served int    // number of requests so far

	mu      sync.Mutex
	failure error
}

func (c *pipe) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failure = err
}

func (c *pipe) Read(b []byte) (int, error) {
	k, err := c.Conn.Read(b)
	return k, c.cause("read", err)
}

func (c *pipe) Write(b []byte) (int, error) {
	if c.to != "" {
		c.n.mu.Lock()
		c.n.observed.Foreign = append(c.n.observed.Foreign, string(b))
		c.n.mu.Unlock()
	}
	k, err := c.Conn.Write(b)
	return k, c.cause("write", err)
}

func (c *pipe) cause(op string, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var record tls.RecordHeaderError
	if err != nil && errors.As(c.failure, &record) {
		return c.failure
	}
	if err != nil && c.failure != nil {
		return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, c.failure)}
	}
	return err
}

func (n *Network) dial(ctx context.Context, to string) (net.Conn, error) {
	if ctx.Value(noDial{}) != nil {
		return nil, dialError(ctx, n.Fault.Do.Dial)
	}
	client, server := net.Pipe()
	c := &pipe{Conn: client, server: server, n: n}
	if to != "tls "+n.Addr && !(n.Fault.Do.HTTP2 && to == "tcp "+n.Addr) {
		c.to = to
		n.mu.Lock()
		n.observed.Foreign = append(n.observed.Foreign, to)
		n.mu.Unlock()
	}
	n.mu.Lock()
	n.conns[c] = true
	n.mu.Unlock()
	go func() {
		if n.Fault.Do.HTTP2 && c.to == "" {
			n.serveHTTP2(c)
		} else {
			n.serve(c)
		}
		_ = server.Close()
		n.mu.Lock()
		delete(n.conns, c)
		n.mu.Unlock()
	}()
	return c, nil
}

func dialError(ctx context.Context, kind string) error {
	op := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	switch kind {
	case "refused":
		return op(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case "timeout":
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
		return op(os.ErrDeadlineExceeded)
	case "tls-closed":
		return io.EOF
	case "tls-cut":
		return io.ErrUnexpectedEOF
	case "proxy-down":
		return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case "proxy-refuses":
		return errors.New("Forbidden") // as net/http, which has only the status of a CONNECT
	case "not-found":
		return op(&net.DNSError{Err: "no such host", Name: "provider", IsNotFound: true})
	case "temporary":
		return op(&net.DNSError{Err: "server misbehaving", Name: "provider", IsTemporary: true})
	case "tls-unknown-ca":
		return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	case "tls-wrong-name":
		return &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "provider"}}
	case "tls-expired":
		return &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}
	}
	return tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake", RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}}
}

// strike reports whether a request meets the fault.
func (n *Network) strike(req *http.Request) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	read := req.Method == http.MethodGet
	key := n.key(req)
	if !read {
		n.wrote = true
	}
	switch {
	case Writes(n.Op):
		if read && n.Place == WriteAlone {
			return false
		}
	case n.Op == List:
		page, known := n.pages[key]
		if !known {
			page = len(n.pages)
			n.pages[key] = page
		}
		if at, one := map[string]int{FirstPage: 0, SecondPage: 1, LastPage: n.Pages - 1}[n.Place]; one && page != at {
			return false
		}
	}
	if n.Fault.Times > 0 && n.times[key] >= n.Fault.Times {
		return false
	}
	n.times[key]++
	return true
}

// struck counts a request that met the fault.
func (n *Network) struck(req *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.observed.Struck++
	if req.Method == http.MethodGet {
		n.observed.Visible = false
	}
}

// key identifies a request; its attempts have the same key.
func (n *Network) key(req *http.Request) string {
	q := req.URL.Query()
	for _, name := range []string{"auth", "timestamp", "signature", "pnsdk", "uuid"} {
		q.Del(name)
	}
	if c := q.Get(n.Provider.Cursor); c != "" {
		q.Set(n.Provider.Cursor, realCursor(c))
	}
	return req.Method + " " + req.URL.EscapedPath() + "?" + q.Encode()
}

// serve answers the requests of one connection.
func (n *Network) serve(c *pipe) {
	in := bufio.NewReader(c.server)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		if c.to != "" { // another host records more
			w := &writer{c: c}
			w.answer(&reply{status: 200, header: http.Header{}, body: []byte("{}"), length: 2})
			continue
		}
		n.count(req)
		w := &writer{c: c, in: in}
		alive := n.respond(c, w, req, body)
		n.took(w.n)
		if !alive {
			return
		}
	}
}

// count records a request that reached the provider, and its credentials.
func (n *Network) count(req *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.observed.Requests++
	for _, sent := range credentialsOf(req) {
		if sent != "" && !slices.Contains(n.observed.Credentials, sent) {
			n.observed.Credentials = append(n.observed.Credentials, sent)
		}
	}
}

// took records the bytes of one response that the client read.
func (n *Network) took(bytes int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.observed.Wire = max(n.observed.Wire, bytes)
}

// response is the server side of one response in the connection's protocol. Its methods
// report whether the connection stays open.
type response interface {
	answer(*reply) bool
	// wire sends the response with the action's wire fault.
	wire(*reply, *Action) bool
	// breakOff ends a request without a response.
	breakOff(wire string) bool
}

// reply is a response before it is sent.
type reply struct {
	status int
	header http.Header
	body   []byte
	fill   string
	length int64 // of body and fill
}

// respond answers one request, with the fault if the request meets it. It reports whether
// the connection stays open.
func (n *Network) respond(c *pipe, w response, req *http.Request, body []byte) bool {
	do := &n.Fault.Do
	c.served++
	if do.Dial != "" || do.Client != "" || do.Wire == "dead-connection" && c.served == 1 || !n.strike(req) {
		r := n.carryOut(req, body)
		if do.Dial != "" {
			r.header.Set("Connection", "close") // the next request opens a connection
		}
		return w.answer(r) && do.Dial == ""
	}
	answered := n.apply(req, body)
	if do.After == "request" || do.Wire == "dead-connection" {
		n.struck(req)
		return w.breakOff(do.Wire)
	}
	r, changed := n.alter(answered, req)
	if r.length == 0 && do.breaksBody() {
		return w.answer(r) // there is no body to break
	}
	if changed {
		n.struck(req)
	}
	return w.wire(r, do)
}

// apply sends a request with the fault to the provider, now or late, and returns the real
// response. It returns nil if the provider does not get the request.
func (n *Network) apply(req *http.Request, body []byte) *reply {
	do := &n.Fault.Do
	var r *reply
	if !do.MadeUp() || do.Applied {
		asked := req
		if do.Request != "" {
			asked = n.another(req, do.Request)
		}
		r = n.carryOut(asked, body)
	}
	if do.Late.Set && req.Method != http.MethodGet {
		n.late.Go(func() {
			time.Sleep(do.Late.Duration)
			n.carryOut(req, body)
		})
	}
	return r
}

// alter returns the response with the fault, from the real response r or made up, and
// reports whether it differs from the real one.
func (n *Network) alter(r *reply, req *http.Request) (_ *reply, changed bool) {
	do := &n.Fault.Do
	if do.MadeUp() {
		r = &reply{status: do.Status, header: http.Header{}, body: []byte(n.expand(do.Body, req))}
		r.fill, r.length = do.Fill, do.FillBytes
	} else if do.Real && do.Status != 0 {
		r.status = do.Status
	}
	changed = do.MadeUp() || len(do.Headers) > 0 || do.Gzip || do.Wire != "" || do.Request != ""
	if mutations[do.Mutate] != nil {
		s := n.subject(req, r)
		changed = s.mutate(do.Mutate)
		r.body, r.length = s.body, int64(len(s.body))
	}
	n.setHeader(r, req)
	r.length = max(r.length, int64(len(r.body)))
	if do.Gzip && r.length > 0 {
		r.compress()
		r.damage(do.Mutate)
		r.length = int64(len(r.body))
	}
	return r, changed
}

// setHeader expands the header of a response, and replaces and adds the fault's fields.
func (n *Network) setHeader(r *reply, req *http.Request) {
	for name, values := range r.header {
		r.header[name][0] = n.expand(values[0], req)
	}
	set := map[string]bool{}
	for _, h := range n.Fault.Do.Headers {
		if !set[h[0]] {
			r.header.Del(h[0])
		}
		set[h[0]] = true
		r.header[http.CanonicalHeaderKey(h[0])] = append(r.header[http.CanonicalHeaderKey(h[0])], n.expand(h[1], req))
	}
}

// damage makes a compressed body invalid.
func (r *reply) damage(mutation string) {
	switch mutation {
	case "flip":
		r.body[len(r.body)/2] ^= 0xff
	case "cut-gzip":
		r.body = r.body[:len(r.body)-10]
	}
}

// breaksBody reports whether the action interrupts or misstates a body.
func (a *Action) breaksBody() bool {
	return a.After == "half" || strings.HasPrefix(a.Wire, "length-") || a.Wire == "trickle" || a.Wire == "bad-chunk" || a.Wire == "eof-chunked"
}

// subject returns the parsed response for a mutation.
func (n *Network) subject(req *http.Request, r *reply) *subject {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers++
	s := &subject{p: n.Provider, header: r.header, body: r.body, at: n.Fault.Do.At, n: n.answers}
	name := n.Provider.Cursor
	if name == "" {
		name = n.Provider.Offset
	}
	s.cursor = realCursor(req.URL.Query().Get(name))
	if s.cursor != "" && n.first == "" {
		n.first = s.cursor
	}
	s.first = n.first
	s.root = decodeObject(r.body)
	if s.cursor == "" && len(s.items()) > 0 {
		n.item = s.items()[0]
	}
	s.firstItem = n.item
	return s
}

// another returns a request for a page other than the requested one.
func (n *Network) another(req *http.Request, kind string) *http.Request {
	q := req.URL.Query()
	switch kind {
	case "first-page":
		q.Del(n.Provider.Cursor)
		q.Del(n.Provider.Offset)
	default:
		q.Set(n.Provider.Size, strings.TrimPrefix(kind, "size-"))
	}
	out := req.Clone(req.Context())
	out.URL.RawQuery = q.Encode()
	return out
}

// carryOut sends a request to the provider.
func (n *Network) carryOut(req *http.Request, body []byte) *reply {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := ""
	if req.Method != http.MethodGet {
		before = n.State()
	}
	in := req.Clone(context.Background())
	if name := n.Provider.Cursor; name != "" {
		if q := in.URL.Query(); strings.HasPrefix(q.Get(name), again) {
			c := realCursor(q.Get(name))
			q.Del(name)
			if c != "" {
				q.Set(name, c)
			}
			in.URL.RawQuery = q.Encode()
		}
	}
	in.RequestURI = in.URL.RequestURI()
	in.TLS = &tls.ConnectionState{}
	in.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	service := n.Handler
	read := req.Method == http.MethodGet
	if n.wrote && read && n.stale < n.Fault.Do.StaleReads {
		n.stale++
		service = n.Stale
	} else if read {
		n.observed.Visible = n.observed.Effects > 0
	}
	service.ServeHTTP(rec, in)
	if !read && n.State() != before {
		n.observed.Effects++
	}
	return &reply{status: rec.Code, header: rec.Header().Clone(), body: rec.Body.Bytes(), length: int64(rec.Body.Len())}
}

// expand replaces the placeholders of a text.
func (n *Network) expand(text string, req *http.Request) string {
	if !strings.Contains(text, "{") {
		return text
	}
	for {
		before, rest, ok := strings.Cut(text, "{now")
		if !ok {
			break
		}
		offset, after, ok := strings.Cut(rest, "}")
		if !ok {
			break
		}
		d, _ := time.ParseDuration(strings.TrimPrefix(offset, "+"))
		text = before + time.Now().Add(d).UTC().Format(http.TimeFormat) + after
	}
	self := *req.URL
	q := self.Query()
	q.Del(n.Provider.Cursor)
	self.RawQuery = q.Encode()
	sent := credentialsOf(req)
	token := sent[0]
	return strings.NewReplacer(
		"{host}", req.Host, "{uri}", req.URL.RequestURI(), "{self}", "https://"+req.Host+self.RequestURI(), "{token}", token,
		"{request}", fmt.Sprintf("%s %s Authorization: Bearer %s token %s", req.Method, req.URL.RequestURI(), token, url.QueryEscape(token)),
	).Replace(expandForms(text, sent))
}

var bombs sync.Map // compressed fillings, which take long to compute

func (r *reply) compress() {
	type kind struct {
		body, fill string
		length     int64
	}
	k := kind{string(r.body), r.fill, r.length}
	r.header.Set("Content-Encoding", "gzip")
	if b, ok := bombs.Load(k); ok {
		r.body, r.fill = bytes.Clone(b.([]byte)), ""
		return
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(r.body)
	chunk := []byte(strings.Repeat(r.fill, 4096))
	for left := r.length - int64(len(r.body)); left > 0; left -= int64(len(chunk)) {
		_, _ = z.Write(chunk[:min(int64(len(chunk)), left)])
	}
	_ = z.Close()
	if r.fill != "" {
		bombs.Store(k, bytes.Clone(out.Bytes()))
	}
	r.body, r.fill = out.Bytes(), ""
}

// writer is a response in HTTP/1.1.
type writer struct {
	c   *pipe
	in  io.Reader
	n   int64
	err error
}

func (w *writer) Write(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	k, err := w.c.server.Write(b)
	w.n += int64(k)
	w.err = err
	return k, err
}

func (w *writer) text(s string) { _, _ = io.WriteString(w, s) }

func (w *writer) answer(r *reply) bool {
	w.head(r, "HTTP/1.1", true)
	w.body(r, r.length)
	return w.err == nil
}

func (w *writer) breakOff(wire string) bool {
	switch wire {
	case "reset":
		w.c.fail(syscall.ECONNRESET)
	case "plain-text":
		w.c.fail(tls.RecordHeaderError{Msg: "local error: tls: received record with version 5454"})
	case "silence", "dead-connection":
		_, _ = io.Copy(io.Discard, w.in) // until the client gives up
	}
	return false
}

// bodyless reports whether responses with the status have neither body nor length.
func bodyless(status int) bool { return status < 200 || status == 204 || status == 304 }

func (w *writer) head(r *reply, proto string, length bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %d %s\r\n", proto, r.status, http.StatusText(r.status))
	r.header.Del("Content-Length")
	if length && !bodyless(r.status) {
		r.header.Set("Content-Length", strconv.FormatInt(r.length, 10))
	}
	_ = r.header.Write(&b)
	b.WriteString("\r\n")
	_, _ = w.Write(b.Bytes())
}

// body sends the first bytes of a body.
func (w *writer) body(r *reply, length int64) {
	if bodyless(r.status) {
		return
	}
	_, _ = w.Write(r.body[:min(int64(len(r.body)), length)])
	if r.fill == "" {
		return
	}
	chunk := []byte(strings.Repeat(r.fill, 32<<10/len(r.fill)))
	for left := length - int64(len(r.body)); left > 0 && w.err == nil; left -= int64(len(chunk)) {
		_, _ = w.Write(chunk[:min(int64(len(chunk)), left)])
	}
}

func (w *writer) chunk(b []byte) {
	if len(b) > 0 {
		w.text(fmt.Sprintf("%x\r\n", len(b)))
		_, _ = w.Write(b)
		w.text("\r\n")
	}
}

func (w *writer) wire(r *reply, do *Action) bool {
	upTo := int64(0)
	if do.After == "half" {
		upTo = r.length / 2
	}
	switch do.Wire {
	case "":
		w.answer(r)
		return w.err == nil && r.header.Get("Connection") != "close"
	case "reset", "eof", "silence", "plain-text":
		w.head(r, "HTTP/1.1", true)
		if do.Wire != "silence" && bodyless(r.status) {
			return false
		}
		w.body(r, upTo)
		if w.err != nil {
			return false
		}
		if bodyless(r.status) {
			return true
		}
		return w.breakOff(do.Wire)
	case "trickle":
		w.head(r, "HTTP/1.1", true)
		for _, b := range r.body {
			if _, _ = w.Write([]byte{b}); w.err != nil {
				return false
			}
			// The client waits and sends nothing, so a read with a deadline is a pause
			// that ends with the client.
			_ = w.c.server.SetReadDeadline(time.Now().Add(5 * time.Second))
			if _, err := w.in.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				return false
			}
		}
		return true
	case "eof-chunked", "chunked", "bad-chunk", "chunk-extensions":
		r.header.Set("Transfer-Encoding", "chunked")
		w.head(r, "HTTP/1.1", false)
		w.chunks(r, do.Wire)
		return w.err == nil && do.Wire == "chunked"
	case "endless-headers":
		w.text("HTTP/1.1 200 OK\r\n")
		for i := 0; w.err == nil; i++ {
			w.text(fmt.Sprintf("X-%d: %s\r\n", i, strings.Repeat("x", 4000)))
		}
	case "endless-header":
		w.text("HTTP/1.1 200 OK\r\nX-Long: ")
		for w.err == nil {
			w.text(strings.Repeat("x", 32<<10))
		}
	case "informational-flood":
		for w.err == nil {
			w.text(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", 20))
		}
	case "informational-few":
		w.text("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <https://evil.example.net/>; rel=next\r\n\r\n")
		w.answer(r)
		return w.err == nil
	case "http10":
		w.head(r, "HTTP/1.0", false)
		w.body(r, r.length)
	case "two-answers":
		w.answer(r)
		w.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
		return w.err == nil
	case "length-short", "length-long":
		off := int64(10)
		if do.Wire == "length-short" {
			off = -min(10, r.length)
		}
		r.length += off
		w.head(r, "HTTP/1.1", true)
		w.body(r, int64(len(r.body)))
	case "raw":
		_, _ = w.Write(r.body)
	case "bad-status-line":
		w.text("HTTP/1.1 OK 200\r\nContent-Length: 2\r\n\r\n{}")
	case "not-http":
		w.text("SSH-2.0-OpenSSH_9.9\r\n")
	case "bad-header":
		w.text("HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 2\r\n\r\n{}")
	}
	return false
}

func (w *writer) chunks(r *reply, kind string) {
	switch kind {
	case "chunked":
		w.chunk(r.body)
		fill := []byte(strings.Repeat(r.fill, 32<<10/max(len(r.fill), 1)))
		for left := r.length - int64(len(r.body)); left > 0 && w.err == nil; left -= int64(len(fill)) {
			w.chunk(fill)
		}
		w.text("0\r\n\r\n")
	case "eof-chunked":
		w.chunk(r.body[:len(r.body)/2])
	case "bad-chunk":
		w.chunk(r.body[:len(r.body)/2])
		w.text("zz\r\n")
	case "chunk-extensions":
		for _, b := range r.body {
			w.text(fmt.Sprintf("1;x=%s\r\n%c\r\n", strings.Repeat("x", 3000), b))
		}
		w.text("0\r\n\r\n")
	}
}
