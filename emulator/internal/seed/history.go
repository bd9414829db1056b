package seed

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// stateWrite is one entry of the section history: a request that is made again at its time.
type stateWrite struct {
	At       string            `json:"at"`
	Provider string            `json:"provider"`
	Method   string            `json:"method"`
	URI      string            `json:"uri"`
	Status   int               `json:"status"`
	Type     string            `json:"type,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Body     string            `json:"body,omitempty"`
	Bytes    []int             `json:"bytes,omitempty"` // a body that is not UTF-8
	Caller   *stateCaller      `json:"caller,omitempty"`
}

type stateCaller struct {
	Email   string   `json:"email,omitempty"`
	Scopes  []string `json:"scopes,omitempty"`
	App     bool     `json:"app,omitempty"`
	ChatOff bool     `json:"chat_off,omitempty"`
	NoApp   bool     `json:"no_app,omitempty"`

	Unapproved []string `json:"unapproved,omitempty"`
}

var writing = []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// history reads the sections began, advanced and history.
func (p *stateParser) history(s *stateFile, d *Data) error {
	var err error
	if s.Began != "" {
		if d.Began, err = time.Parse(time.RFC3339Nano, s.Began); err != nil {
			return p.fail("$.began", "expected a time such as 2026-01-05T09:00:00Z, found %q", s.Began)
		}
	}
	if s.Advanced != "" {
		if d.Advanced, err = time.ParseDuration(s.Advanced); err != nil || d.Advanced < 0 {
			return p.fail("$.advanced", "expected a duration such as 48h, found %q", s.Advanced)
		}
	}
	for i := range s.History {
		e, err := p.write(itemOf("$.history", i), &s.History[i])
		if err != nil {
			return err
		}
		d.History = append(d.History, *e)
	}
	return nil
}

func (p *stateParser) write(at string, w *stateWrite) (*Entry, error) {
	e := &Entry{Status: w.Status, Write: httpapi.Write{
		Provider: w.Provider, Method: w.Method, URI: w.URI, ContentType: w.Type, Headers: w.Headers, Body: []byte(w.Body),
	}}
	for i, b := range w.Bytes {
		if b < 0 || b > 255 || w.Body != "" {
			return nil, p.fail(itemOf(at+".bytes", i), "expected 0 to 255, and no body")
		}
		e.Body = append(e.Body, byte(b))
	}
	if c := w.Caller; c != nil {
		e.Caller = httpapi.Caller{Email: c.Email, Scopes: c.Scopes, App: c.App, ChatOff: c.ChatOff, NoApp: c.NoApp, Unapproved: c.Unapproved}
	}
	var err error
	switch e.At, err = time.Parse(time.RFC3339Nano, w.At); {
	case err != nil:
		return nil, p.fail(at+".at", "expected a time such as 2026-01-05T09:00:00Z, found %q", w.At)
	case !slices.Contains(Providers, w.Provider):
		return nil, p.fail(at+".provider", "expected one of %s, found %q", strings.Join(Providers, ", "), w.Provider)
	case !slices.Contains(writing, w.Method):
		return nil, p.fail(at+".method", "expected one of %s, found %q", strings.Join(writing, ", "), w.Method)
	case !strings.HasPrefix(w.URI, "/") || strings.ContainsFunc(w.URI, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return nil, p.fail(at+".uri", "expected a path with an optional query")
	case w.Status < 100 || w.Status > 599:
		return nil, p.fail(at+".status", "expected 100 to 599, found %d", w.Status)
	}
	return e, nil
}

// stateWriteOf is the reverse of write.
func stateWriteOf(e *Entry) stateWrite {
	w := stateWrite{
		At: e.At.Format(time.RFC3339Nano), Provider: e.Provider, Method: e.Method, URI: e.URI, Status: e.Status, Type: e.ContentType,
		Headers: e.Headers, Body: string(e.Body),
	}
	if !utf8.Valid(e.Body) {
		w.Body = ""
		for _, b := range e.Body {
			w.Bytes = append(w.Bytes, int(b))
		}
	}
	if c := e.Caller; c.Email != "" || len(c.Scopes) > 0 || c.App || c.ChatOff || c.NoApp {
		w.Caller = &stateCaller{Email: c.Email, Scopes: c.Scopes, App: c.App, ChatOff: c.ChatOff, NoApp: c.NoApp, Unapproved: c.Unapproved}
	}
	return w
}
