package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Fault makes requests fail. Zero fields match everything.
type Fault struct {
	// Provider is one of the five; Method an HTTP method; Path a pattern of path.Match.
	Provider string `yaml:"provider"`
	Method   string `yaml:"method"`
	Path     string `yaml:"path"`
	// After lets that many matching requests pass first; Times is how many then fail,
	// 0 for all.
	After int `yaml:"after"`
	Times int `yaml:"times"`
	// Status answers with this status in the provider's own error shape, unless Body
	// says what to send.
	Status int `yaml:"status"`
	// RetryAfter is the header's value in seconds.
	RetryAfter int               `yaml:"retry_after"`
	Headers    map[string]string `yaml:"headers"`
	Body       *string           `yaml:"body"`
	// Delay comes first, in the form of time.ParseDuration.
	Delay string `yaml:"delay"`
	// Apply carries the request out before it fails, so that only the answer is lost.
	Apply bool `yaml:"apply"`
	// Drop closes the connection instead of answering.
	Drop bool `yaml:"drop"`
}

type fault struct {
	Fault
	seen int
}

// WithFaults adds faults; the first one that matches a request counts.
func WithFaults(faults ...Fault) Option {
	return func(s *settings) error {
		for i, f := range faults {
			if err := f.check(); err != nil {
				return fmt.Errorf("fault %d: %w", i+1, err)
			}
		}
		s.faults = append(s.faults, faults...)
		return nil
	}
}

// WithFaultsFile adds the faults of a file: a YAML or JSON list of Fault in lower
// case with underscores.
func WithFaultsFile(name string) Option {
	return func(s *settings) error {
		data, err := readFile(name)
		if err != nil {
			return err
		}
		var faults []Fault
		if _, err := seed.Decode(name, data, &faults); err != nil {
			return err
		}
		if err := WithFaults(faults...)(s); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
}

// methods are those that a client may send.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

func (f *Fault) check() error {
	switch {
	case f.Provider != "" && !slices.Contains(seed.Providers, f.Provider):
		return fmt.Errorf("provider: expected one of %s, found %q", strings.Join(seed.Providers, ", "), f.Provider)
	case f.Method != "" && !slices.Contains(methods, strings.ToUpper(f.Method)):
		return fmt.Errorf("method: expected one of %s, found %q", strings.Join(methods, ", "), f.Method)
	case f.Status == 0 && !f.Drop && f.Delay == "":
		return errors.New("expected a status, drop or delay")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status: expected 200 to 599, found %d", f.Status)
	case f.After < 0 || f.Times < 0 || f.RetryAfter < 0:
		return errors.New("after, times and retry_after must not be below zero")
	}
	if _, err := path.Match(f.Path, "/"); err != nil {
		return fmt.Errorf("path: %q is not a pattern", f.Path)
	}
	if err := f.checkPath(); err != nil {
		return err
	}
	if f.Delay != "" {
		if d, err := time.ParseDuration(f.Delay); err != nil || d < 0 {
			return fmt.Errorf("delay: expected a duration such as 250ms, found %q", f.Delay)
		}
	}
	return nil
}

// inject answers in place of the provider if a fault says so.
func (e *Emulator) inject(w http.ResponseWriter, r *http.Request, rt *route) bool {
	f := e.match(r, rt)
	if f == nil {
		return false
	}
	if f.Delay != "" {
		d, _ := time.ParseDuration(f.Delay)
		select {
		case <-time.After(d):
		case <-r.Context().Done():
			return true
		}
	}
	if f.Status == 0 && !f.Drop {
		return false
	}
	if f.Apply {
		rt.router.ServeHTTP(discard{http.Header{}}, r)
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	for k, v := range f.Headers {
		w.Header().Set(k, v)
	}
	if f.Body != nil {
		httpapi.SetRetryAfter(w, f.RetryAfter)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(*f.Body))
		return true
	}
	rt.router.Fail(w, r, &httpapi.Problem{Status: f.Status, RetryAfter: f.RetryAfter})
	return true
}

func (e *Emulator) match(r *http.Request, rt *route) *fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.faults {
		if f.Provider != "" && f.Provider != rt.provider || f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
			continue
		}
		if ok, _ := path.Match(endless(f.Path), endless(r.URL.Path)); f.Path != "" && !ok {
			continue
		}
		f.seen++
		if n := f.seen - f.After; n > 0 && (f.Times == 0 || n <= f.Times) {
			return f
		}
	}
	return nil
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
