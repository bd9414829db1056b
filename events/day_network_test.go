package events_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// tcpProxy is a TCP proxy whose connections can be cut.
type tcpProxy struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup

	mu    sync.Mutex
	ended bool
	open  map[net.Conn]bool
	// short is the number of answers that end in their middle, counted down.
	short int
}

func newTCPProxy(t *testing.T, target string) *tcpProxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &tcpProxy{listener: l, target: strings.TrimPrefix(target, "http://"), open: map[net.Conn]bool{}}
	w.running.Go(w.accept)
	t.Cleanup(func() {
		_ = l.Close()
		w.mu.Lock()
		w.ended = true
		w.mu.Unlock()
		w.cut(0)
		w.running.Wait()
	})
	return w
}

func (w *tcpProxy) url() string { return "http://" + w.listener.Addr().String() }

func (w *tcpProxy) accept() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		w.mu.Lock()
		w.open[in], w.open[out] = true, true
		if w.ended {
			_, _ = in.Close(), out.Close()
		}
		w.mu.Unlock()
		w.running.Go(func() { w.copy(in, shortened{out, w}) })
		w.running.Go(func() { w.copy(out, in) })
	}
}

// copy copies until one of the connections ends, and ends both.
func (w *tcpProxy) copy(to net.Conn, from io.ReadCloser) {
	_, _ = io.Copy(to, from)
	_, _ = to.Close(), from.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, to)
}

// shortened is a connection to the provider, some of whose answers end in their middle.
type shortened struct {
	net.Conn
	proxy *tcpProxy
}

func (t shortened) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.proxy.mu.Lock()
	defer t.proxy.mu.Unlock()
	if n > 1 && t.proxy.short > 0 {
		t.proxy.short--
		return n / 2, io.ErrUnexpectedEOF
	}
	return n, err
}

// cut ends all connections, also in the middle of a request. So many of the next answers end in
// their middle.
func (w *tcpProxy) cut(short int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.short = short
	for c := range w.open {
		_ = c.Close()
	}
}

// fault is a failure of one delivery. A delivery has one at most, so that the provider's
// repetitions suffice.
type fault int

const (
	noFault      fault = iota
	lostRequest        // never arrives
	lostAnswer         // is handled, and its answer does not arrive
	twice              // arrives a second time afterwards
	twiceAtOnce        // arrives twice at the same time
	failedHandle       // the function returns an error
	faults
)

// The headers that deliveryProxy adds to a delivery.
const (
	keyHeader  = "Day-Delivery"
	failHeader = "Day-Fail"
)

// deliveryProxy is an HTTP proxy between the providers and the receiving process.
type deliveryProxy struct {
	srv    *httptest.Server
	client *http.Client

	mu      sync.Mutex
	rng     *rand.Rand
	calm    bool // ends all faults
	target  string
	up      chan struct{} // closed once there is a target
	planned int           // counts the faults, which take turns
	// tried has the deliveries that had a fault or an attempt without one.
	tried map[string]bool
	// answered has the number of answers 204 to each delivery.
	answered map[string]int
	// webex has the bodies of the deliveries of Webex, in their order.
	webex    []string
	injected map[fault]int
}

func newDeliveryProxy(t *testing.T, seed uint64) *deliveryProxy {
	p := &deliveryProxy{
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 4 * time.Second},
		rng:    rand.New(rand.NewPCG(seed, 3)), up: make(chan struct{}),
		tried: map[string]bool{}, answered: map[string]int{}, injected: map[fault]int{},
	}
	p.srv = httptest.NewServer(p)
	t.Cleanup(p.srv.Close)
	return p
}

// connect sets the process that gets the deliveries, "" for none.
func (p *deliveryProxy) connect(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.target = target; target != "" {
		close(p.up)
	} else {
		p.up = make(chan struct{})
	}
}

// key identifies a delivery over its repetitions. Webex has no id and repeats nothing, so
// that each request is a delivery.
func (p *deliveryProxy) key(r *http.Request, body []byte) string {
	switch r.URL.Path {
	case "/clerk":
		return "clerk " + r.Header.Get("Svix-Id")
	case "/webex":
		p.webex = append(p.webex, string(body))
		return webexKey(len(p.webex) - 1)
	}
	return r.URL.Path[1:] + " " + strconv.Quote(string(body))
}

func webexKey(n int) string { return "webex " + strconv.Itoa(n) }

// repeats reports whether a delivery of Webex is equal to an earlier one that was passed on,
// and every other one between them was lost. It cannot be told from a repetition: Webex has
// no ids.
func (p *deliveryProxy) repeats(key string, passed map[string]bool) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(key, "webex "))
	if err != nil {
		return false
	}
	for i := n - 1; i >= 0; i-- {
		switch same := p.webex[i] == p.webex[n]; {
		case same && passed[webexKey(i)]:
			return true
		case !same && passed[webexKey(i)] && membershipOf(p.webex[i]) == membershipOf(p.webex[n]):
			return false
		}
	}
	return false
}

// membershipOf returns the id of the membership in a delivery of Webex.
func membershipOf(body string) string {
	var b struct{ Data struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return body
	}
	return b.Data.ID
}

// plan returns the key of a request and its fault.
func (p *deliveryProxy) plan(r *http.Request, body []byte) (string, fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, f := p.key(r, body), noFault
	if !p.calm && !p.tried[key] && p.rng.IntN(3) == 0 {
		f = fault(1 + p.planned%(int(faults)-1))
		p.planned++
	}
	p.tried[key] = true
	p.injected[f]++
	return key, f
}

func (p *deliveryProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	key, f := p.plan(r, body)
	if f == lostRequest {
		panic(http.ErrAbortHandler)
	}
	var second sync.WaitGroup
	if f == twiceAtOnce {
		second.Go(func() { p.forward(r, body, key, f) })
	}
	status := p.forward(r, body, key, f)
	if f == twice {
		status = p.forward(r, body, key, f)
	}
	second.Wait()
	if f == lostAnswer || status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

// forward sends a delivery to the process, once there is one. It returns the status of the
// answer, 0 without one.
func (p *deliveryProxy) forward(r *http.Request, body []byte, key string, f fault) int {
	p.mu.Lock()
	up := p.up
	p.mu.Unlock()
	select {
	case <-up:
	case <-r.Context().Done():
		return 0
	}
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodPost, target+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header = r.Header.Clone()
	req.Header.Set(keyHeader, key)
	if f == failedHandle {
		req.Header.Set(failHeader, "yes")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		p.mu.Lock()
		p.answered[key]++
		p.mu.Unlock()
	}
	return resp.StatusCode
}
