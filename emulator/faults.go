package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Fault makes matching requests fail. A field with its zero value matches every request.
type Fault struct {
	// Provider is a provider's name, Method an HTTP method, and Path a pattern of
	// path.Match.
	Provider string `yaml:"provider" json:"provider,omitempty"`
	Method   string `yaml:"method" json:"method,omitempty"`
	Path     string `yaml:"path" json:"path,omitempty"`
	// After is the number of matching requests that succeed first. Times is the number of
	// requests that fail after that; 0 means all.
	After int `yaml:"after" json:"after,omitempty"`
	Times int `yaml:"times" json:"times,omitempty"`
	// Status is the HTTP status of the response. The body is an error in the provider's
	// own format unless Body replaces it.
	Status int `yaml:"status" json:"status,omitempty"`
	// RetryAfter is the value of the Retry-After header in seconds; 0 sends no header.
	RetryAfter int               `yaml:"retry_after" json:"retry_after,omitempty"`
	Headers    map[string]string `yaml:"headers" json:"headers,omitempty"`
	Body       *string           `yaml:"body" json:"body,omitempty"`
	// Delay is the wait before the response, a duration such as "250ms".
	Delay string `yaml:"delay" json:"delay,omitempty"`
	// Apply carries the request out before it fails, which loses the response alone.
	Apply bool `yaml:"apply" json:"apply,omitempty"`
	// Drop closes the connection without a response.
	Drop bool `yaml:"drop" json:"drop,omitempty"`
}

type fault struct {
	Fault
	id      int
	once    bool // removed after its last use
	matched int
}

// describe returns the effect of a fault in a few words.
func (f *Fault) describe() string {
	switch {
	case f.Drop && f.Apply:
		return "carried out, and the connection dropped"
	case f.Drop:
		return "the connection is dropped"
	case f.Status == 0:
		return "a delay of " + f.Delay
	case f.Apply:
		return fmt.Sprintf("carried out, and answered with status %d", f.Status)
	}
	return fmt.Sprintf("status %d", f.Status)
}

// WithFaults adds faults. The first fault that matches a request applies.
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

// WithFaultsFile adds the faults of a file, a YAML or JSON list. Its keys are the names
// of Fault's fields in snake_case.
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

// maxFaults is the number of faults that the control API may set.
const maxFaults = 1000

var errTooManyFaults = fmt.Errorf("there are %d faults: remove some", maxFaults)

// methods are the HTTP methods that a fault may name.
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
	for name, value := range f.Headers {
		if name == "" || strings.ContainsFunc(name, noToken) || strings.ContainsFunc(value, unicode.IsControl) {
			return errors.New("headers: a name or value is not valid")
		}
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

// noToken reports whether a rune may not be in the name of a header.
func noToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// inject applies the fault that matches a request. It reports whether the request is done
// with.
func (e *Emulator) inject(w http.ResponseWriter, r *http.Request, rt *route, x *httpapi.Exchange) bool {
	f := e.match(r, rt)
	if f == nil {
		return false
	}
	x.Refuse("fault: " + f.describe())
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
	for i, f := range e.faults {
		if f.Provider != "" && f.Provider != rt.provider || f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
			continue
		}
		if ok, _ := path.Match(trimSlash(f.Path), trimSlash(r.URL.Path)); f.Path != "" && !ok {
			continue
		}
		f.matched++
		n := f.matched - f.After
		if f.once && n == f.Times {
			e.faults = slices.Delete(slices.Clone(e.faults), i, i+1)
		}
		if n > 0 && (f.Times == 0 || n <= f.Times) {
			return f
		}
	}
	return nil
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
