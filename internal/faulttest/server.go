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

// Network is all that a client can reach in one cell: the provider's host, with a
// fault before it, and every other host, which writes down what it is sent.
type Network struct {
	Provider *Provider
	// Addr is the provider's host and port.
	Addr  string
	Fault *Fault
	Op    string
	Place string
	// Pages is how many requests a listing takes without a fault.
	Pages int
	// Service answers as the provider would; State is what it holds, in one text.
	Service http.Handler
	State   func() string
	// Stale answers as Service did at first.
	Stale http.Handler

	transport, http2 *http.Transport

	late   sync.WaitGroup // requests that are carried out later
	closed chan struct{}  // frees what blocks

	mu      sync.Mutex
	pages   map[string]int // requests of a listing, by order of appearance
	times   map[string]int // how often each request was struck
	conns   map[*pipe]bool
	answers int
	stale   int
	wrote   bool
	first   string // the cursor of the second page
	item    any    // the first item of the first page
	seen    Seen
}

// Seen is what the network saw.
type Seen struct {
	// Requests counts what reached the provider, Struck what met the fault, Tries what
	// the client sent, Effects what changed the provider's state.
	Requests, Struck, Tries, Effects int
	// Visible says that a read after the write's effect got a good answer that shows it.
	Visible bool
	// Foreign is what was dialled and sent elsewhere.
	Foreign []string
	// Body and Wire are the most that a client took of one answer, after and before
	// decompression.
	Body, Wire int64
	// Credentials are those that the provider was sent.
	Credentials []string
	// Open counts bodies that were not closed, Left connections that stayed.
	Open, Left int
	// Endless says that the client went on far beyond reason.
	Endless bool
}

// endless is how many requests nobody needs for ten members.
const endless = 1000

// NewNetwork connects n. It must be called inside the bubble that it is used in.
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
		MaxResponseHeaderBytes: 256 << 10, // as the module's own transport
	}
	n.http2 = newHTTP2Transport(n)
	return n
}

// Seen returns what has been seen.
func (n *Network) Seen() Seen {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.seen
}

// Close drops the idle connections, counts those that are left, and ends them.
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
	n.seen.Left = len(left)
	n.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
		_ = c.server.Close()
	}
}

// RoundTrip is the client's side: it counts, and watches the bodies.
func (n *Network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.seen.Tries++
	if n.seen.Tries > endless {
		n.seen.Endless = true
		n.mu.Unlock()
		return nil, x509.UnknownAuthorityError{} // final: nobody tries again
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
		<-n.closed // whatever the context says
		return nil, errors.New("closed")
	}
	resp, err := n.send(req)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.seen.Open++
	n.seen.Visible = n.seen.Visible && client == ""
	n.mu.Unlock()
	resp.Body = &watched{ReadCloser: resp.Body, n: n, client: client}
	return resp, nil
}

// send uses the protocol of the fault.
func (n *Network) send(req *http.Request) (*http.Response, error) {
	if !n.Fault.Do.HTTP2 {
		return n.transport.RoundTrip(req)
	}
	plain := req.Clone(req.Context()) // net/http speaks HTTP/2 over a pipe without TLS alone
	plain.Host = cmp.Or(req.Host, req.URL.Host)
	plain.URL.Scheme = "http"
	if req.URL.Host+":443" == n.Addr {
		plain.URL.Host = n.Addr
	}
	return n.http2.RoundTrip(plain)
}

type noDial struct{}

// watched is a body that counts what is read, and that it is closed.
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
	w.n.seen.Body = max(w.n.seen.Body, w.read)
	w.n.mu.Unlock()
	return k, err
}

func (w *watched) Close() error {
	w.once.Do(func() {
		w.n.mu.Lock()
		w.n.seen.Open--
		w.n.mu.Unlock()
	})
	return w.ReadCloser.Close()
}

// pipe is the client's end of a connection.
type pipe struct {
	net.Conn
	server net.Conn
	n      *Network
	to     string // where a foreign one leads
	served int    // requests so far

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
		c.n.seen.Foreign = append(c.n.seen.Foreign, string(b))
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
		n.seen.Foreign = append(n.seen.Foreign, to)
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
		return errors.New("Forbidden") // net/http has the status of a CONNECT alone as text
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
	n.seen.Struck++
	if req.Method == http.MethodGet {
		n.seen.Visible = false
	}
}

// key tells requests apart, but not their attempts.
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
		if c.to != "" { // another host would like to see more
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
	n.seen.Requests++
	for _, sent := range credentialsOf(req) {
		if sent != "" && !slices.Contains(n.seen.Credentials, sent) {
			n.seen.Credentials = append(n.seen.Credentials, sent)
		}
	}
}

// took records how many bytes of one answer the client took.
func (n *Network) took(bytes int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen.Wire = max(n.seen.Wire, bytes)
}

// response is the server's side of one answer, in the protocol of the connection. Its
// methods report whether the connection lives on.
type response interface {
	answer(*reply) bool
	// wire answers, broken as the action says.
	wire(*reply, *Action) bool
	// breakOff leaves a request without an answer.
	breakOff(wire string) bool
}

// reply is an answer before it is written.
type reply struct {
	status int
	header http.Header
	body   []byte
	fill   string
	length int64 // of body and fill
}

func (n *Network) respond(c *pipe, w response, req *http.Request, body []byte) bool {
	do := &n.Fault.Do
	c.served++
	if do.Dial != "" || do.Client != "" || do.Wire == "dead-connection" && c.served == 1 || !n.strike(req) {
		r := n.carryOut(req, body)
		if do.Dial != "" {
			r.header.Set("Connection", "close") // the next request dials anew
		}
		return w.answer(r) && do.Dial == ""
	}
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
	if do.After == "request" || do.Wire == "dead-connection" {
		n.struck(req)
		return w.breakOff(do.Wire)
	}
	if do.MadeUp() {
		r = &reply{status: do.Status, header: http.Header{}, body: []byte(n.expand(do.Body, req))}
		r.fill, r.length = do.Fill, do.FillBytes
	} else if do.Real && do.Status != 0 {
		r.status = do.Status
	}
	changed := do.MadeUp() || len(do.Headers) > 0 || do.Gzip || do.Wire != "" || do.Request != ""
	if mutations[do.Mutate] != nil {
		s := n.subject(req, r)
		changed = s.mutate(do.Mutate)
		r.body, r.length = s.body, int64(len(s.body))
	}
	for name, values := range r.header {
		r.header[name][0] = n.expand(values[0], req)
	}
	set := map[string]bool{}
	for _, h := range do.Headers {
		if !set[h[0]] {
			r.header.Del(h[0])
		}
		set[h[0]] = true
		r.header[http.CanonicalHeaderKey(h[0])] = append(r.header[http.CanonicalHeaderKey(h[0])], n.expand(h[1], req))
	}
	r.length = max(r.length, int64(len(r.body)))
	if do.Gzip && r.length > 0 {
		r.compress()
		switch do.Mutate {
		case "flip":
			r.body[len(r.body)/2] ^= 0xff
		case "cut-gzip":
			r.body = r.body[:len(r.body)-10]
		}
		r.length = int64(len(r.body))
	}
	if len(r.body) == 0 && r.length == 0 && (do.After == "half" || strings.HasPrefix(do.Wire, "length-") || do.Wire == "trickle" || do.Wire == "bad-chunk" || do.Wire == "eof-chunked") {
		return w.answer(r) // there is no body to break
	}
	if changed {
		n.struck(req)
	}
	return w.wire(r, do)
}

// subject is a real answer, for a mutation.
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

// another is a request for another page than was asked for.
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

// carryOut asks the provider.
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
	service := n.Service
	read := req.Method == http.MethodGet
	if n.wrote && read && n.stale < n.Fault.Do.StaleReads {
		n.stale++
		service = n.Stale
	} else if read {
		n.seen.Visible = n.seen.Effects > 0
	}
	service.ServeHTTP(rec, in)
	if !read && n.State() != before {
		n.seen.Effects++
	}
	return &reply{status: rec.Code, header: rec.Header().Clone(), body: rec.Body.Bytes(), length: int64(rec.Body.Len())}
}

// expand puts what is known of a request, and times, into a text.
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

var bombs sync.Map // compressed fillings, which take long to make

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

// bodyless statuses have no length either.
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

// body writes the first bytes of a body.
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
			// Nothing comes while the client waits: a read is a pause that ends with it.
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
