package portabletest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/providertest"
)

// RoundTrip is a function with the signature of http.RoundTripper.
type RoundTrip func(*http.Request) (*http.Response, error)

// statuses maps faults to HTTP statuses.
var statuses = map[providertest.FaultKind]int{
	providertest.Unauthenticated:  http.StatusUnauthorized,
	providertest.PermissionDenied: http.StatusForbidden,
	providertest.NotFound:         http.StatusNotFound,
	providertest.Conflict:         http.StatusConflict,
	providertest.RateLimited:      http.StatusTooManyRequests,
	providertest.Unavailable:      http.StatusServiceUnavailable,
}

// fail returns the response of a fault.
func fail(req *http.Request, f *providertest.Fault) (*http.Response, error) {
	switch f.Kind {
	case providertest.Hang:
		<-req.Context().Done()
		return nil, req.Context().Err()
	case providertest.HTML:
		resp := Answer(req, http.StatusOK, "<!doctype html><title>Sign in</title>")
		resp.Header.Set("Content-Type", "text/html")
		return resp, nil
	case providertest.Cut:
		resp := Answer(req, http.StatusOK, "")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"items":[{"id":"a`), broken{}))
		return resp, nil
	}
	status, ok := statuses[f.Kind]
	if !ok {
		return nil, fmt.Errorf("there is no fault %q", f.Kind)
	}
	resp := Answer(req, status, "")
	if f.Kind == providertest.RateLimited {
		resp.Header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	return resp, nil
}

// broken is a body whose connection breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Answer returns a JSON response.
func Answer(req *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// Edit changes the JSON objects in successful responses, nested ones first.
func Edit(change func(object map[string]any)) func(RoundTrip) RoundTrip {
	return func(next RoundTrip) RoundTrip {
		return func(req *http.Request) (*http.Response, error) {
			resp, err := next(req)
			if err != nil || resp.StatusCode >= http.StatusMultipleChoices || resp.StatusCode == http.StatusNoContent {
				return resp, err
			}
			return resp, rewrite(resp, change)
		}
	}
}

// rewrite changes the objects in a response.
func rewrite(resp *http.Response, change func(map[string]any)) error {
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	dec := json.NewDecoder(resp.Body)
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return err
	}
	walk(v, change)
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), -1
	resp.Header.Del("Content-Length")
	return nil
}

func walk(v any, change func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, below := range v {
			walk(below, change)
		}
		change(v)
	case []any:
		for _, below := range v {
			walk(below, change)
		}
	}
}

// At returns the string at a path of names within an object, "" if it is missing.
func At(object map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	s, _ := object[path[len(path)-1]].(string)
	return s
}

// Without removes the items that hidden matches from every list with the name.
func Without(name string, hidden func(item map[string]any) bool) func(map[string]any) {
	return func(object map[string]any) {
		items, ok := object[name].([]any)
		if !ok {
			return
		}
		object[name] = slices.DeleteFunc(items, func(v any) bool {
			item, ok := v.(map[string]any)
			return ok && hidden(item)
		})
	}
}

// Missing returns a status and a body to the requests that fits matches.
func Missing(fits func(*http.Request) bool, status int, body string) func(RoundTrip) RoundTrip {
	return func(next RoundTrip) RoundTrip {
		return func(req *http.Request) (*http.Response, error) {
			if fits(req) {
				return Answer(req, status, body), nil
			}
			return next(req)
		}
	}
}

// After sends one request before the first other request.
func After(method, url, body string) func(RoundTrip) RoundTrip {
	return func(next RoundTrip) RoundTrip {
		send := sync.OnceValue(func() error {
			req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
			if err != nil {
				return err
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer token")
			resp, err := next(req)
			if err != nil {
				return err
			}
			if resp.StatusCode >= http.StatusMultipleChoices {
				err = fmt.Errorf("%s %s: %s", method, url, resp.Status)
			}
			return errors.Join(err, resp.Body.Close())
		})
		return func(req *http.Request) (*http.Response, error) {
			if err := send(); err != nil {
				return nil, err
			}
			return next(req)
		}
	}
}

// Both applies two tamperings.
func Both(a, b func(RoundTrip) RoundTrip) func(RoundTrip) RoundTrip {
	return func(next RoundTrip) RoundTrip { return b(a(next)) }
}

// BodyCursors returns Cursors for pages with the next cursor in a field of the body.
func BodyCursors(fits func(*http.Request) bool, param, field string, empty func(cursor string) string) Cursors {
	return Cursors{
		Fits: fits, Param: param, Empty: empty,
		Rename: func(resp *http.Response, rename func(string) string) error {
			return rewrite(resp, func(object map[string]any) {
				if cursor := At(object, field); cursor != "" {
					object[field] = rename(cursor)
				}
			})
		},
	}
}

// Cursors locates the cursors in the pages of a listing.
type Cursors struct {
	// Fits matches the requests for pages of Large.
	Fits func(*http.Request) bool
	// Param is the query parameter of the cursor.
	Param string
	// Rename changes the next cursor in a page.
	Rename func(resp *http.Response, rename func(cursor string) string) error
	// Empty returns the body of an empty page with a cursor.
	Empty func(cursor string) string
	// Link returns the header of a page with a cursor. It may be nil.
	Link func(req *http.Request, cursor string) http.Header
}

const emptyMark = "EMPTY-"

// EmptyPage inserts an empty page after the first one.
func (c Cursors) EmptyPage(next RoundTrip) RoundTrip {
	return func(req *http.Request) (*http.Response, error) {
		if !c.Fits(req) {
			return next(req)
		}
		cursor := req.URL.Query().Get(c.Param)
		if behind, ok := strings.CutPrefix(cursor, emptyMark); ok {
			resp := Answer(req, http.StatusOK, c.Empty(behind))
			if c.Link != nil {
				for k, v := range c.Link(req, behind) {
					resp.Header[k] = v
				}
			}
			return resp, nil
		}
		resp, err := next(req)
		if err == nil && cursor == "" {
			err = c.Rename(resp, func(cursor string) string { return emptyMark + cursor })
		}
		return resp, err
	}
}

// RepeatedToken makes the second page return its own cursor as the next one.
func (c Cursors) RepeatedToken(next RoundTrip) RoundTrip {
	return func(req *http.Request) (*http.Response, error) {
		resp, err := next(req)
		if cursor := req.URL.Query().Get(c.Param); err == nil && cursor != "" && c.Fits(req) {
			err = c.Rename(resp, func(string) string { return cursor })
		}
		return resp, err
	}
}
