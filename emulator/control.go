package emulator

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/control"
	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
	"github.com/memberships-go/memberships/emulator/internal/page"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

//go:embed control.yaml
var controlDocument []byte

const (
	controlOn  = "on"
	controlOff = "off"
)

// WithControl serves the control API under /_emulator/ and the page at / on every address. By
// default only an emulator on the loopback interface has them. hosts are further names that
// the header Host of a request may have, such as that of a container: any other name but those
// of the loopback interface is refused, unless it is the address of the connection.
func WithControl(hosts ...string) Option {
	return func(s *settings) error {
		s.control, s.hosts = controlOn, append(s.hosts, hosts...)
		return nil
	}
}

// WithoutControl serves neither the control API nor the page.
func WithoutControl() Option {
	return func(s *settings) error {
		s.control = controlOff
		return nil
	}
}

// inMemoryKey marks the requests of Emulator.Client, which come over no network.
type inMemoryKey struct{}

func inMemory(ctx context.Context) bool { return ctx.Value(inMemoryKey{}) != nil }

// controlled reports whether the control API is on for a request.
func (e *Emulator) controlled(r *http.Request) bool {
	if e.settings.control != "" {
		return e.settings.control == controlOn
	}
	e.mu.Lock()
	exposed := e.exposed
	e.mu.Unlock()
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return !exposed && (!ok || isLoopback(local))
}

// isLoopback reports whether an address is unreachable for other machines.
func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (e *Emulator) newControl() *control.Handler {
	h := control.New(steering{e}, control.Guard{On: e.controlled, Hosts: e.settings.hosts, Local: inMemory}, controlDocument)
	page.Mount(h, steering{e})
	return h
}

// Reset returns to the state and the faults that the emulator started with. It clears the
// logs of requests and deliveries, and sets the clock back. Requests in flight are cut.
func (e *Emulator) Reset() {
	if err := (steering{e}).ResetState(); err != nil {
		panic("emulator: " + err.Error()) // the state was good when the emulator started
	}
}

// steering is the emulator as the control API steers it.
type steering struct{ e *Emulator }

// replace sets a new instance and ends the old one.
func (e *Emulator) replace(data *seed.Data) error {
	e.loading.Lock()
	defer e.loading.Unlock()
	next, err := e.newInstance(data)
	if err != nil {
		return err
	}
	e.mu.Lock()
	old := e.instance
	e.instance = next
	e.mu.Unlock()
	old.close()
	e.requests.clear()
	e.hub.send("state", struct{}{})
	return nil
}

// ResetState implements control.Emulator.
func (s steering) ResetState() error {
	if err := s.e.replace(s.e.settings.seed); err != nil {
		return err
	}
	s.e.resetFaults()
	return nil
}

// SetState implements control.Emulator. A state that is refused changes nothing.
func (s steering) SetState(file []byte) error {
	data, err := seed.Parse("state", file)
	if err != nil {
		return err
	}
	return s.e.replace(data)
}

// State implements control.Emulator.
func (s steering) State(yaml bool) ([]byte, error) {
	w := s.e.current()
	w.writes.Lock()
	d, lost := *w.seed, w.lost
	d.History = w.history
	w.writes.Unlock()
	if lost > 0 {
		return nil, errors.New("there have been more changes than a state file holds; reset the emulator, or load a state")
	}
	d.Advanced = time.Duration(w.advanced.Load())
	d.OAuth = map[string]seed.OAuth{}
	for provider, dump := range d.SignIn {
		var err error
		if d.OAuth[provider], err = dump(); err != nil {
			return nil, err
		}
	}
	if yaml {
		return d.DumpYAML(d.Outbox.Targets())
	}
	return d.Dump(d.Outbox.Targets())
}

// Clock implements control.Emulator.
func (s steering) Clock() (time.Time, time.Duration) {
	w := s.e.current()
	return w.now().UTC(), time.Duration(w.advanced.Load())
}

// Advance implements control.Emulator.
func (s steering) Advance(by time.Duration) error {
	w := s.e.current()
	w.writes.Lock()
	defer w.writes.Unlock()
	advanced := time.Duration(w.advanced.Load())
	if by < 0 || by > maxAdvance-advanced {
		return fmt.Errorf("advance: expected 0 to %d hours in total", int(maxAdvance.Hours()))
	}
	w.advanced.Store(int64(advanced + by))
	return nil
}

// Groups implements control.Emulator.
func (s steering) Groups(limit int) map[string][]httpapi.Group {
	out := map[string][]httpapi.Group{}
	for _, rt := range s.e.current().routes {
		out[rt.provider] = append([]httpapi.Group{}, rt.router.View(limit)...)
	}
	return out
}

// Requests implements control.Emulator.
func (s steering) Requests() any { return s.e.Requests() }

// Deliveries implements control.Emulator.
func (s steering) Deliveries() []outbox.Record { return s.e.current().seed.Outbox.Records() }

// Targets implements control.Emulator.
func (s steering) Targets() map[string]outbox.Target { return s.e.current().seed.Outbox.Targets() }

// SetTargets implements control.Emulator.
func (s steering) SetTargets(targets map[string]outbox.Target) {
	s.e.current().seed.Outbox.SetTargets(targets)
	s.e.hub.send("state", struct{}{})
}

// Accept implements control.Emulator.
func (s steering) Accept(w http.ResponseWriter, r *http.Request) { s.e.current().accept(w, r) }

// Subscribe implements control.Emulator.
func (s steering) Subscribe() (<-chan control.Message, func()) { return s.e.hub.subscribe() }
