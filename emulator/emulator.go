// Package emulator serves the membership parts of the Box, Clerk, Google Chat, PubNub and
// Webex APIs from one process, offline and with state, for tests:
//
//	srv := emulator.NewServer()
//	defer srv.Close()
//	client, err := webex.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
//
// One base URL serves all five providers, because their paths differ. All providers have
// the same people; [BuiltInState] returns the state that an emulator starts with. The
// emulator validates every request against the provider's OpenAPI document and returns
// every error in the provider's own format.
package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/control"
	"github.com/memberships-go/memberships/emulator/internal/googlechat"
	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Emulator is an http.Handler that serves all five providers. It is safe for concurrent
// use.
type Emulator struct {
	settings settings
	control  *control.Handler // with the page
	requests *requestLog
	hub      *hub

	loading  sync.Mutex // held while the state is replaced
	mu       sync.Mutex
	instance *instance
	hooks    []func(http.ResponseWriter, *http.Request) bool
	faults   []*fault
	faultID  int
	exposed  bool // it serves an address that other machines can reach
}

// Option configures an emulator.
type Option func(*settings) error

type settings struct {
	seed   *seed.Data
	faults []Fault
	now    func() time.Time
	log    *slog.Logger
	remote bool
	// approve approves every sign-in at once.
	approve bool
	// control is "on", "off", or "" for requests to the loopback interface alone. hosts are
	// the names besides those of the loopback interface that reach it.
	control string
	hosts   []string
}

// WithState sets the initial state from the content of a state file, YAML or JSON. Errors
// refer to the content by name.
func WithState(name string, data []byte) Option {
	return func(s *settings) error {
		w, err := seed.Parse(name, data)
		if err != nil {
			return err
		}
		s.seed = w
		return nil
	}
}

// WithStateFile sets the initial state from a state file of at most 16 MiB.
func WithStateFile(path string) Option {
	return func(s *settings) error {
		data, err := readFile(path)
		if err != nil {
			return err
		}
		return WithState(path, data)(s)
	}
}

// maxFile is the maximum size of a file in bytes. The YAML parser needs a hundred times
// as much memory.
const maxFile = 16 << 20

// readFile reads at most maxFile bytes, because a FIFO or a device may have no end.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is longer than %d MiB", name, maxFile>>20)
	}
	return data, err
}

// WithClock sets the clock. Creation times, token expiry and signature checks use it; the
// default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *settings) error {
		s.now = now
		return nil
	}
}

// WithLogger sets the logger for events that appear in no response, such as dropped
// webhook deliveries. The default is slog.Default.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) error {
		s.log = l
		return nil
	}
}

// WithRemoteDeliveries allows webhooks and the state's deliveries to go to other machines. By
// default they go to the loopback interface alone, and a target elsewhere gets nothing.
func WithRemoteDeliveries() Option {
	return func(s *settings) error {
		s.remote = true
		return nil
	}
}

// WithAutoApprove makes the authorization servers approve every sign-in at once, as the person
// whom the request names or the first one, and redirect without a page. The state file has
// authorize: auto for it.
func WithAutoApprove() Option {
	return func(s *settings) error {
		s.approve = true
		return nil
	}
}

// BuiltInState returns the default initial state, a commented state file in YAML. Each
// call returns a new copy.
func BuiltInState() []byte { return seed.BuiltIn() }

// New returns an emulator. It returns an error if the state or a fault is invalid.
func New(opts ...Option) (*Emulator, error) {
	var s settings
	for _, o := range opts {
		if err := o(&s); err != nil {
			return nil, err
		}
	}
	if s.seed == nil {
		w, err := seed.BuiltInData()
		if err != nil {
			return nil, err
		}
		s.seed = w
	}
	if s.now == nil {
		s.now = time.Now
	}
	e := &Emulator{settings: s, requests: &requestLog{}, hub: newHub()}
	e.control = e.newControl()
	var err error
	if e.instance, err = e.newInstance(s.seed); err != nil {
		return nil, err
	}
	e.resetFaults()
	return e, nil
}

// Control adds fn in front of the providers. Every request goes to fn first; if fn
// returns true, it has written the response and the provider gets no request. Functions
// run in the order in which they were added.
func (e *Emulator) Control(fn func(w http.ResponseWriter, r *http.Request) (handled bool)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks = append(e.hooks, fn)
}

// ServeHTTP routes a request to the provider that owns its path.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	hooks := e.hooks
	e.mu.Unlock()
	for _, fn := range hooks {
		if fn(w, r) {
			return
		}
	}
	if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, httpapi.ControlPrefix) {
		e.control.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == googlechat.KeysPath {
		googlechat.ServeKeys(w, r)
		return
	}
	e.serveProvider(w, r)
}

// current returns the state that requests are served from.
func (e *Emulator) current() *instance {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.instance
}

// Client returns a client whose requests reach the emulator in memory, whatever their
// host. It needs no listener and nothing to close.
func (e *Emulator) Client() *http.Client { return &http.Client{Transport: memory{e}} }

type memory struct{ h http.Handler }

func (m memory) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	defer func() { // http.ErrAbortHandler: the handler drops the connection
		if v := recover(); v == http.ErrAbortHandler {
			resp, err = nil, io.ErrUnexpectedEOF
		} else if v != nil {
			panic(v)
		}
	}()
	in := req.Clone(context.WithValue(req.Context(), inMemoryKey{}, true))
	in.RequestURI = req.URL.RequestURI()
	in.Host = req.URL.Host
	if req.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{}
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	m.h.ServeHTTP(rec, in)
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body) // a network would also have sent the unread rest
		_ = req.Body.Close()
	}
	resp = rec.Result()
	resp.Request = req
	return resp, nil
}

// Server is an emulator that listens on the loopback interface.
type Server struct {
	*Emulator
	// URL is the base URL for every provider, without a trailing slash.
	URL string
	srv *httptest.Server
}

// NewServer starts a server on a free port of the loopback interface. It panics if an
// option is invalid or no port is free, as httptest.NewServer does.
func NewServer(opts ...Option) *Server {
	e, err := New(opts...)
	if err != nil {
		panic("emulator: " + err.Error())
	}
	srv := httptest.NewServer(e)
	return &Server{Emulator: e, URL: srv.URL, srv: srv}
}

// Close stops the server. It blocks until the requests in flight have ended, and cuts those
// that take longer than five seconds.
func (s *Server) Close() {
	s.hub.close()
	defer time.AfterFunc(5*time.Second, func() { s.current().end() }).Stop()
	s.srv.Close()
}

// Serve accepts connections on l until ctx is done, then waits up to five seconds for the
// requests in flight. It returns nil after such a shutdown. The control API is off if other
// machines can reach the address, unless WithControl sets it.
func (e *Emulator) Serve(ctx context.Context, l net.Listener) error {
	e.mu.Lock()
	e.exposed = e.exposed || !isLoopback(l.Addr())
	e.mu.Unlock()
	srv := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	srv.RegisterOnShutdown(e.hub.close)
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(end)
	})
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("emulator: %w", err)
	}
	return nil
}
