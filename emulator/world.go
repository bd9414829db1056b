package emulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/box"
	"github.com/memberships-go/memberships/emulator/internal/clerk"
	"github.com/memberships-go/memberships/emulator/internal/googlechat"
	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/pubnub"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	"github.com/memberships-go/memberships/emulator/internal/webex"
)

// maxHistory bounds the bytes of the writes that a dump repeats. A YAML parser needs a
// hundred times as much memory for a file.
const maxHistory = 4 << 20

// maxAdvance bounds the distance of the clock from that of the machine.
const maxAdvance = 100 * 365 * 24 * time.Hour

// world is one state of the emulator: the five providers from their start, and what has
// been written since. A reset replaces it as a whole.
type world struct {
	seed    *seed.Data
	base    func() time.Time
	routes  []route
	control *http.ServeMux // the control calls of providers

	advanced atomic.Int64
	pinned   atomic.Pointer[time.Time]
	ctx      context.Context // of all requests
	end      context.CancelFunc

	writes  sync.Mutex // writes run one after the other
	history []seed.Entry
	size    int // of history in bytes
	lost    int // writes that history has no room for
}

type route struct {
	provider string
	// prefixes are the provider's paths. A prefix matches a path that equals it or
	// continues it with "/" or ":". The longest one that matches has the path.
	prefixes []string
	router   *httpapi.Router
}

// newWorld returns the world of a state, with the writes of its history made again.
func (e *Emulator) newWorld(data *seed.Data) (*world, error) {
	d := data.Fresh()
	d.AutoApprove = d.AutoApprove || e.settings.approve
	w := &world{seed: d, base: e.settings.now, control: http.NewServeMux()}
	w.ctx, w.end = context.WithCancel(context.Background())
	w.advanced.Store(int64(d.Advanced))
	d.Now, d.Log = w.now, e.settings.log
	d.Outbox.Log, d.Outbox.Remote, d.Outbox.Observe = d.Log, e.settings.remote, e.hub.delivery
	if d.Began.IsZero() {
		d.Began = w.now()
	}
	unpin := w.pin(d.Began)
	w.routes = []route{
		{"box", append([]string{"/2.0", "/oauth2"}, oauth.Paths["box"]...), box.New(d)},
		{"clerk", []string{"/v1/organizations", "/v1/organization_memberships", "/v1/organization_invitations", "/v1/users"}, clerk.New(d, w.control)},
		{"googlechat", append([]string{"/v1/spaces", "/v1/subscriptions", "/v1/operations"}, oauth.Paths["googlechat"]...), googlechat.New(d)},
		{"pubnub", []string{"/v2", "/time"}, pubnub.New(d)},
		{"webex", append([]string{"/v1/memberships", "/v1/team", "/v1/people", "/v1/rooms", "/v1/teams", "/v1/webhooks"}, oauth.Paths["webex"]...), webex.New(d)},
	}
	unpin()
	d.Outbox.Mute(true)
	for i := range d.History {
		if err := w.repeat(&d.History[i]); err != nil {
			w.close()
			return nil, fmt.Errorf("history[%d]: %w", i, err)
		}
	}
	d.Outbox.Mute(false)
	for _, rt := range w.routes {
		rt.router.Writes = w.write
	}
	return w, nil
}

// close ends the requests and deliveries of a world that is replaced.
func (w *world) close() {
	w.end()
	w.seed.Outbox.Close()
}

// now returns the time: that of the current write, or the base time and the advance.
func (w *world) now() time.Time {
	if at := w.pinned.Load(); at != nil {
		return *at
	}
	return w.base().Add(time.Duration(w.advanced.Load()))
}

// pin stops the clock until the result is called.
func (w *world) pin(at time.Time) func() {
	w.pinned.Store(&at)
	return func() { w.pinned.Store(nil) }
}

// write runs a write, at one time, and adds it to the history.
func (w *world) write(in httpapi.Write, run func() int) {
	w.writes.Lock()
	defer w.writes.Unlock()
	at := w.now()
	defer w.pin(at)()
	e := seed.Entry{Write: in, At: at, Status: run()}
	size := len(in.URI) + len(in.Body) + 256
	if w.lost > 0 || w.size+size > maxHistory {
		w.history, w.lost = nil, w.lost+1
		return
	}
	w.size += size
	w.history = append(w.history, e)
}

// repeat makes a write of the history again.
func (w *world) repeat(e *seed.Entry) error {
	defer w.pin(e.At)()
	ctx := httpapi.Trust(context.Background(), e.Caller)
	req, err := http.NewRequestWithContext(ctx, e.Method, "http://emulator.example"+e.URI, bytes.NewReader(e.Body))
	if err != nil {
		return err
	}
	for name, v := range e.Headers {
		req.Header.Set(name, v)
	}
	if e.ContentType != "" {
		req.Header.Set("Content-Type", e.ContentType)
	}
	got := &status{discard: discard{http.Header{}}, code: http.StatusOK}
	if strings.HasPrefix(req.URL.Path, httpapi.ControlPrefix) {
		w.control.ServeHTTP(got, req)
	} else if rt := w.route(req.URL.Path); rt == nil || rt.provider != e.Provider {
		return fmt.Errorf("%s %s is no path of %s", e.Method, e.URI, e.Provider)
	} else {
		rt.router.ServeHTTP(got, req)
	}
	if got.code != e.Status {
		return fmt.Errorf("%s %s gets status %d, and got %d when it was recorded: the history does not follow from this state", e.Method, e.URI, got.code, e.Status)
	}
	w.history = append(w.history, *e)
	w.size += len(e.URI) + len(e.Body) + 256
	return nil
}

// status is a response of which the status alone is kept.
type status struct {
	discard
	code int
}

func (s *status) WriteHeader(code int) { s.code = code }

// accept serves a control call of a provider, which is a write too.
func (w *world) accept(rw http.ResponseWriter, r *http.Request) {
	in := httpapi.Write{Provider: "clerk", Method: r.Method, URI: r.URL.RequestURI()}
	rec := &recorded{ResponseWriter: rw}
	w.write(in, func() int {
		w.control.ServeHTTP(rec, r)
		return rec.status
	})
}

func (w *world) route(path string) (found *route) {
	longest := 0
	for i := range w.routes {
		for _, p := range w.routes[i].prefixes {
			if rest, ok := strings.CutPrefix(path, p); ok && len(p) > longest && (rest == "" || rest[0] == '/' || rest[0] == ':') {
				found, longest = &w.routes[i], len(p)
			}
		}
	}
	return found
}
