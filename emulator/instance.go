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

// instance is one state of the emulator: the five providers from their start, and what has
// been written since. A reset replaces it as a whole.
type instance struct {
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

// newInstance returns the instance of a state, with the writes of its history made again.
func (e *Emulator) newInstance(data *seed.Data) (*instance, error) {
	d := data.Fresh()
	d.AutoApprove = d.AutoApprove || e.settings.approve
	i := &instance{seed: d, base: e.settings.now, control: http.NewServeMux()}
	i.ctx, i.end = context.WithCancel(context.Background())
	i.advanced.Store(int64(d.Advanced))
	d.Now, d.Log = i.now, e.settings.log
	d.Outbox.Log, d.Outbox.Remote, d.Outbox.Observe = d.Log, e.settings.remote, e.hub.delivery
	if d.Began.IsZero() {
		d.Began = i.now()
	}
	unpin := i.pin(d.Began)
	i.routes = []route{
		{"box", append([]string{"/2.0", "/oauth2"}, oauth.Paths["box"]...), box.New(d)},
		{"clerk", []string{"/v1/organizations", "/v1/organization_memberships", "/v1/organization_invitations", "/v1/users"}, clerk.New(d, i.control)},
		{"googlechat", append([]string{"/v1/spaces", "/v1/subscriptions", "/v1/operations"}, oauth.Paths["googlechat"]...), googlechat.New(d)},
		{"pubnub", []string{"/v2", "/time"}, pubnub.New(d)},
		{"webex", append([]string{"/v1/memberships", "/v1/team", "/v1/people", "/v1/rooms", "/v1/teams", "/v1/webhooks"}, oauth.Paths["webex"]...), webex.New(d)},
	}
	unpin()
	d.Outbox.Mute(true)
	for n := range d.History {
		if err := i.repeat(&d.History[n]); err != nil {
			i.close()
			return nil, fmt.Errorf("history[%d]: %w", n, err)
		}
	}
	d.Outbox.Mute(false)
	for _, rt := range i.routes {
		rt.router.Writes = i.write
	}
	return i, nil
}

// close ends the requests and deliveries of an instance that is replaced.
func (i *instance) close() {
	i.end()
	i.seed.Outbox.Close()
}

// now returns the time: that of the current write, or the base time and the advance.
func (i *instance) now() time.Time {
	if at := i.pinned.Load(); at != nil {
		return *at
	}
	return i.base().Add(time.Duration(i.advanced.Load()))
}

// pin stops the clock until the result is called.
func (i *instance) pin(at time.Time) func() {
	i.pinned.Store(&at)
	return func() { i.pinned.Store(nil) }
}

// write runs a write, at one time, and adds it to the history.
func (i *instance) write(in httpapi.Write, run func() int) {
	i.writes.Lock()
	defer i.writes.Unlock()
	at := i.now()
	defer i.pin(at)()
	e := seed.Entry{Write: in, At: at, Status: run()}
	size := len(in.URI) + len(in.Body) + 256
	if i.lost > 0 || i.size+size > maxHistory {
		i.history, i.lost = nil, i.lost+1
		return
	}
	i.size += size
	i.history = append(i.history, e)
}

// repeat makes a write of the history again.
func (i *instance) repeat(e *seed.Entry) error {
	defer i.pin(e.At)()
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
		i.control.ServeHTTP(got, req)
	} else if rt := i.route(req.URL.Path); rt == nil || rt.provider != e.Provider {
		return fmt.Errorf("%s %s is no path of %s", e.Method, e.URI, e.Provider)
	} else {
		rt.router.ServeHTTP(got, req)
	}
	if got.code != e.Status {
		return fmt.Errorf("%s %s gets status %d, and got %d when it was recorded: the history does not follow from this state", e.Method, e.URI, got.code, e.Status)
	}
	i.history = append(i.history, *e)
	i.size += len(e.URI) + len(e.Body) + 256
	return nil
}

// status is a response of which the status alone is kept.
type status struct {
	discard
	code int
}

func (s *status) WriteHeader(code int) { s.code = code }

// accept serves a control call of a provider, which is a write too.
func (i *instance) accept(rw http.ResponseWriter, r *http.Request) {
	in := httpapi.Write{Provider: "clerk", Method: r.Method, URI: r.URL.RequestURI()}
	rec := &recorded{ResponseWriter: rw}
	i.write(in, func() int {
		i.control.ServeHTTP(rec, r)
		return rec.status
	})
}

func (i *instance) route(path string) (found *route) {
	longest := 0
	for n := range i.routes {
		for _, p := range i.routes[n].prefixes {
			if rest, ok := strings.CutPrefix(path, p); ok && len(p) > longest && (rest == "" || rest[0] == '/' || rest[0] == ':') {
				found, longest = &i.routes[n], len(p)
			}
		}
	}
	return found
}
