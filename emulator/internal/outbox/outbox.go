// Package outbox sends what the emulated providers deliver, such as webhooks, and records
// the results.
package outbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/hide"
)

// Target is the receiver of a provider's deliveries.
type Target struct {
	URL string
	// Secret or Key signs: Secret is Clerk's, and Key is that of the other providers.
	Secret, Key string
	// Events are the types of the events that are sent; none means all.
	Events []string
}

// Wants reports whether the target gets events of a type.
func (t Target) Wants(event string) bool {
	return t.URL != "" && (len(t.Events) == 0 || slices.Contains(t.Events, event))
}

// Delivery is one request to a target.
type Delivery struct {
	Provider string
	// Event is the provider's type of the event, for the record.
	Event string
	// Line identifies the deliveries that arrive in order, such as those of one webhook.
	Line string
	URL  string
	Body []byte
	// Sign returns the headers of an attempt at a time; nil adds none.
	Sign func(at time.Time) http.Header
}

// Record is one attempt of a delivery.
type Record struct {
	Time     time.Time   `json:"time"`
	Provider string      `json:"provider"`
	Event    string      `json:"event"`
	URL      string      `json:"url"`
	Headers  http.Header `json:"headers"` // with the signature
	Body     string      `json:"body"`
	Attempt  int         `json:"attempt"`
	// Status is that of the answer, 0 without one. Error is the reason of a failure.
	Status int    `json:"status"`
	Error  string `json:"error"`
}

const (
	// maxRecords and maxRecorded bound the records by number and by bytes of bodies.
	maxRecords  = 1000
	maxRecorded = 16 << 20
	// targetBacklog is the largest number of deliveries to a target that wait.
	targetBacklog = 20_000
)

// waits are the waits before the repetitions of a delivery to a target. The providers wait
// for seconds and hours.
var waits = []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second}

// Outbox sends the deliveries of all providers. It is safe for concurrent use.
type Outbox struct {
	// Now is the clock of signatures and records, and Log receives dropped deliveries.
	// Remote allows targets on other machines. Observe gets every record. Set them before
	// the first delivery; all may be left out.
	Now     func() time.Time
	Log     *slog.Logger
	Remote  bool
	Observe func(Record)

	once   sync.Once
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	muted    bool
	targets  map[string]Target
	queues   map[string]*Queue // to the target of each provider
	dropping map[string]bool   // targets whose current run of drops is in the log
	closers  []*Queue
	records  []Record
	size     int // of the bodies of records
}

func (o *Outbox) setUp() {
	o.once.Do(func() {
		o.ctx, o.cancel = context.WithCancel(context.Background())
		dialer := &net.Dialer{Timeout: 5 * time.Second}
		if !o.Remote {
			dialer.Control = onlyLoopback
		}
		o.client = &http.Client{
			Timeout: 5 * time.Second,
			// A redirect could lead to another machine, and so could a proxy.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 4, IdleConnTimeout: 10 * time.Second},
		}
	})
}

// onlyLoopback refuses the address that a name has come to, such as that of a name which
// looks like this machine's.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	if a, err := netip.ParseAddrPort(address); err != nil || !a.Addr().Unmap().IsLoopback() {
		return errors.New("the target is on another machine")
	}
	return nil
}

// Allowed reports whether a delivery may go to a URL: to this machine, unless Remote is set.
func (o *Outbox) Allowed(target string) bool {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return o.Remote || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Queue returns a queue of its own, for a provider whose webhooks are part of its API. done
// gets the result of each delivery. Nothing is sent a second time.
func (o *Outbox) Queue(done func(line string, err error)) *Queue {
	q := &Queue{done: done, Send: func(d Delivery) error { return o.attempt(d, 1) }}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closers = append(o.closers, q)
	return q
}

// Targets returns the targets by provider.
func (o *Outbox) Targets() map[string]Target {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := map[string]Target{}
	for name, t := range o.targets {
		t.Events = slices.Clone(t.Events)
		out[name] = t
	}
	return out
}

// SetTargets replaces the targets. Deliveries that wait for the old ones are dropped.
func (o *Outbox) SetTargets(targets map[string]Target) {
	o.mu.Lock()
	defer o.mu.Unlock()
	old := o.queues
	o.targets, o.queues, o.dropping = map[string]Target{}, map[string]*Queue{}, map[string]bool{}
	for name, t := range targets {
		o.targets[name] = t
		o.queues[name] = &Queue{Limit: targetBacklog, Send: o.repeat}
	}
	for _, q := range old {
		q.Close()
	}
}

// Mute drops deliveries until Mute(false), for changes that are repeated from a record.
func (o *Outbox) Mute(on bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.muted = on
}

// Muted reports whether deliveries are dropped.
func (o *Outbox) Muted() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.muted
}

// Deliver sends an event to the target of a provider, if there is one that wants it. body
// and sign get the target. Deliveries to one target arrive in the order of the calls; one
// that fails is sent again, three times at most, before the next one.
func (o *Outbox) Deliver(provider, event string, body func(Target) []byte, sign func(t Target, body []byte, at time.Time) http.Header) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.targets[provider]
	if o.muted || !t.Wants(event) || !o.Allowed(t.URL) {
		return
	}
	b := body(t)
	if b == nil {
		return
	}
	dropped := o.queues[provider].Put(Delivery{
		Provider: provider, Event: event, Line: t.URL, URL: t.URL, Body: b,
		Sign: func(at time.Time) http.Header { return sign(t, b, at) },
	})
	if len(dropped) > 0 && !o.dropping[provider] {
		cmp.Or(o.Log, slog.Default()).Warn("deliveries are dropped: too many wait", "provider", provider, "target", t.URL)
	}
	o.dropping[provider] = len(dropped) > 0
}

// repeat sends a delivery until an attempt succeeds or there have been too many.
func (o *Outbox) repeat(d Delivery) error {
	o.setUp()
	for n := 0; ; n++ {
		err := o.attempt(d, n+1)
		if err == nil || n == len(waits) {
			return err
		}
		select {
		case <-time.After(waits[n]):
		case <-o.ctx.Done():
			return err
		}
	}
}

// attempt sends a delivery once. Any status but 2xx is a failure.
func (o *Outbox) attempt(d Delivery, n int) error {
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	at := now()
	r := Record{
		Time: at, Provider: d.Provider, Event: d.Event, URL: hide.URL(d.URL), Headers: http.Header{}, Body: string(d.Body), Attempt: n,
	}
	if d.Sign != nil {
		r.Headers = d.Sign(at)
	}
	var err error
	if r.Status, err = o.post(d, r.Headers); err == nil && r.Status/100 != 2 {
		err = fmt.Errorf("status %d", r.Status)
	}
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the URL, which may hold a credential
		}
		r.Error = err.Error()
	}
	o.record(r)
	return err
}

func (o *Outbox) post(d Delivery, headers http.Header) (int, error) {
	o.setUp()
	req, err := http.NewRequestWithContext(o.ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	for name, values := range headers {
		req.Header[name] = values
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // lets the connection serve the next one
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}

func (o *Outbox) record(r Record) {
	o.mu.Lock()
	o.records = append(o.records, r)
	o.size += len(r.Body)
	for len(o.records) > maxRecords || o.size > maxRecorded {
		o.size -= len(o.records[0].Body)
		o.records[0] = Record{}
		o.records = o.records[1:]
	}
	o.mu.Unlock()
	if o.Observe != nil {
		o.Observe(r)
	}
}

// Records returns the last 1,000 attempts, the oldest first.
func (o *Outbox) Records() []Record {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.records)
}

// Wait returns when no delivery waits or is in flight.
func (o *Outbox) Wait() {
	o.mu.Lock()
	queues := append(slices.Collect(maps.Values(o.queues)), o.closers...)
	o.mu.Unlock()
	for _, q := range queues {
		q.Wait()
	}
}

// Close ends the attempts in flight and drops all other deliveries, also later ones.
func (o *Outbox) Close() {
	o.setUp()
	o.cancel()
	o.SetTargets(nil)
	o.mu.Lock()
	closers := o.closers
	o.mu.Unlock()
	for _, q := range closers {
		q.Close()
	}
}
