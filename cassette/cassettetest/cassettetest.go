// Package cassettetest holds recordings against an OpenAPI document. It is a package of its
// own, so that a test that only replays does not compile the validator.
package cassettetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"

	"github.com/memberships-go/memberships/cassette/internal/tape"
)

// Document is an OpenAPI document. It may be used concurrently.
type Document struct{ doc *openapi3.T }

// Load reads an OpenAPI document of version 3.0, such as those of package specs.
func Load(document []byte) (*Document, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("cassettetest: %w", err)
	}
	return &Document{doc}, nil
}

// Check validates every request and answer of a cassette: paths, parameters, bodies and
// statuses. It returns one error for each recording that does not fit, joined and in the
// order of the file. Hosts and credentials are not looked at.
func (d *Document) Check(ctx context.Context, file string) error {
	c, err := tape.Read(file)
	if err != nil {
		return fmt.Errorf("cassettetest: %w", err)
	}
	var failed []error
	for _, i := range c.Interactions {
		if err := d.check(ctx, i); err != nil {
			failed = append(failed, fmt.Errorf("cassettetest: %s: recording %d, %s %s: %w", file, i.ID, i.Request.Method, i.Request.URL, err))
		}
	}
	return errors.Join(failed...)
}

func (d *Document) check(ctx context.Context, i *vcr.Interaction) error {
	u, err := url.Parse(i.Request.URL)
	if err != nil {
		return err
	}
	route, params := d.find(i.Request.Method, u)
	if route == nil {
		return errors.New("no operation of the document fits")
	}
	req, err := http.NewRequestWithContext(ctx, i.Request.Method, u.String(), strings.NewReader(i.Request.Body))
	if err != nil {
		return err
	}
	req.Header = i.Request.Headers
	opts := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, QueryParams: u.Query(), Route: route, Options: opts}
	if err := openapi3filter.ValidateRequest(ctx, in); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	err = openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: i.Response.Code, Header: i.Response.Headers,
		Body: io.NopCloser(strings.NewReader(i.Response.Body)), Options: opts,
	})
	if err != nil {
		return fmt.Errorf("response: %w", err)
	}
	return nil
}

// find returns the operation of a URL; a literal segment wins over a placeholder.
func (d *Document) find(method string, u *url.URL) (*routers.Route, map[string]string) {
	got := strings.Split(u.EscapedPath(), "/")
	var best *routers.Route
	var params map[string]string
	for template, item := range d.doc.Paths.Map() {
		want := strings.Split(template, "/")
		if len(want) != len(got) || item.GetOperation(method) == nil {
			continue
		}
		p, ok := map[string]string{}, true
		for i := range want {
			if name, isParam := strings.CutPrefix(want[i], "{"); isParam {
				name, verb, _ := strings.Cut(name, "}") // such as {id}:reactivate
				id, has := strings.CutSuffix(got[i], verb)
				ok = ok && has
				p[name], _ = url.PathUnescape(id)
			} else if want[i] != got[i] {
				ok = false
			}
		}
		if ok && (best == nil || len(p) < len(params)) {
			best = &routers.Route{Spec: d.doc, Path: template, PathItem: item, Method: method, Operation: item.GetOperation(method)}
			params = p
		}
	}
	return best, params
}
