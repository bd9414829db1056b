package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/internal/cli/handled"
	"github.com/memberships-go/memberships/internal/cli/position"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// process is one run of a program that follows all providers. Everything that it keeps is in
// files.
type process struct {
	*day
	store   *handled.Store
	srv     *httptest.Server
	cancel  context.CancelFunc
	running sync.WaitGroup
	// crashed drops what has not been stored yet.
	crashed atomic.Bool
}

type keyOfDelivery struct{}

// start starts a process with the files of the last one.
func (d *day) start(ctx context.Context) *process {
	d.t.Helper()
	p := &process{day: d}
	ctx, p.cancel = context.WithCancel(ctx)
	var err error
	if p.store, err = handled.Open(filepath.Join(d.dir, "handled"), time.Now()); err != nil {
		d.t.Fatal(err)
	}
	buffers := map[string]*events.Buffer{}
	var deliveries []memberships.Deliveries
	for _, s := range d.sources {
		if s.deliveries != nil {
			buffers[s.name] = events.NewBuffer(8)
			deliveries = append(deliveries, s.deliveries)
		}
	}
	h, err := events.Handler(func(ctx context.Context, e memberships.Event) error {
		if key, _ := ctx.Value(keyOfDelivery{}).(string); key == "" {
			return errors.New("a delivery without a key, or one that fails on purpose")
		} else if e.Type.Changes() {
			d.hear(e, key)
		}
		return buffers[e.Provider].Handle(ctx, e)
	}, deliveries, events.WithStore(p.store), events.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		d.t.Fatal(err)
	}
	p.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(keyHeader)
		if r.Header.Get(failHeader) != "" {
			key = ""
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), keyOfDelivery{}, key)))
	}))
	for _, s := range d.sources {
		p.running.Go(func() { p.follow(ctx, s, buffers[s.name]) })
		if s.deliveries == nil {
			p.running.Go(func() { p.watch(ctx, s) })
		}
	}
	d.proxy.connect(p.srv.URL)
	return p
}

// stop ends the process. After a crash, the changes that it has not stored are gone. Requests
// in flight are answered: a crash between the function and the store is one of at least
// once.
func (p *process) stop(crash bool) {
	p.proxy.connect("")
	p.crashed.Store(crash)
	p.cancel()
	p.running.Wait()
	p.srv.Close()
	if err := p.store.Close(); err != nil {
		p.errorf("%v", err)
	}
}

// ended reports an end of a stream other than that of the process.
func (p *process) ended(ctx context.Context, s *source, what string, err error) {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		p.errorf("%s: %s ended with %v", s.name, what, err)
	}
}

// follow keeps the mirror of a provider.
func (p *process) follow(ctx context.Context, s *source, b *events.Buffer) {
	m, stored := p.loadMirror(s)
	o := events.FollowOptions{
		Groups: s.groups, Buffer: b, Lag: 100 * time.Millisecond, Relist: -1, Logger: slog.New(slog.DiscardHandler),
	}
	if stored {
		o.Known = m.known()
	}
	if s.hook != nil { // deliveries that fail are lost
		o.Relist, o.Check, o.CheckInterval = 2*time.Second, s.activate, 500*time.Millisecond
	}
	for ch, err := range events.Follow(ctx, s.client, m.position, o, s.opts...) {
		if p.crashed.Load() {
			return
		}
		if err != nil {
			p.ended(ctx, s, "Follow", err)
			return
		}
		if ch.Type == events.ChangeUnknown {
			p.errorf("%s: %s could not be read: %v", s.name, ch.Membership.Member, ch.Err)
		}
		m.apply(ch)
		p.saveMirror(s, m, ch)
	}
}

// watch counts the events of a stream, each of which comes at least once.
func (p *process) watch(ctx context.Context, s *source) {
	path := filepath.Join(p.dir, s.name+".watched")
	from, err := position.Read(path, s.name)
	if err != nil {
		p.errorf("%s: %v", s.name, err)
		return
	}
	for e, err := range s.client.Watch(ctx, from, s.opts...) {
		if p.crashed.Load() {
			return
		}
		if err != nil {
			p.ended(ctx, s, "Watch", err)
			return
		}
		if e.Type.Changes() {
			p.hear(e, e.ID)
		}
		if err := position.Write(path, s.name, e.Position); err != nil {
			p.errorf("%s: %v", s.name, err)
		}
		s.ready()
	}
}

// loadMirror reads the mirror of a provider, and its position.
func (p *process) loadMirror(s *source) (m *mirror, stored bool) {
	m = &mirror{rows: map[string]memberships.Membership{}}
	data, err := os.ReadFile(s.mirrorFile(p.dir))
	if errors.Is(err, fs.ErrNotExist) {
		return m, false
	}
	var rows []memberships.Membership
	if err == nil {
		err = json.Unmarshal(data, &rows)
	}
	if err == nil {
		m.position, err = position.Read(s.positionFile(p.dir), s.name)
	}
	if err != nil {
		p.errorf("%s: %v", s.name, err)
	}
	for _, row := range rows {
		m.apply(events.Change{Type: events.ChangePut, Membership: row})
	}
	return m, true
}

// saveMirror stores the mirror, and after it the position of a change.
func (p *process) saveMirror(s *source, m *mirror, ch events.Change) {
	data, err := json.Marshal(slices.Collect(maps.Values(m.rows)))
	if err == nil {
		err = os.WriteFile(s.mirrorFile(p.dir)+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(s.mirrorFile(p.dir)+".new", s.mirrorFile(p.dir))
	}
	if err == nil && ch.Position != "" {
		err = position.Write(s.positionFile(p.dir), s.name, ch.Position)
	}
	if err != nil {
		p.errorf("%s: %v", s.name, err)
	}
}

func (s *source) mirrorFile(dir string) string   { return filepath.Join(dir, s.name+".mirror") }
func (s *source) positionFile(dir string) string { return filepath.Join(dir, s.name+".position") }

// activate is a Check: it starts a webhook that Webex has made inactive.
func (s *source) activate(ctx context.Context) (missed bool, err error) {
	hook, err := s.webex.Webhooks.Get(ctx, s.hook.ID)
	if err != nil || hook.Status == "active" {
		return false, nil //nolint:nilerr // the next Check tries again
	}
	_, err = s.webex.Webhooks.Update(ctx, hook.ID, webex.UpdateWebhookRequest{Name: hook.Name, TargetURL: hook.TargetURL, Status: "active"})
	return err == nil, nil
}
