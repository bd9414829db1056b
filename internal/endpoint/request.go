package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Request returns a new request below base, an origin with a path that does not end with a
// slash.
func (e *Endpoint) Request(base *url.URL) (*http.Request, error) {
	if e.err != nil {
		return nil, e.err
	}
	u, err := e.url(base)
	if err != nil {
		return nil, err
	}
	body, err := e.encode()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(context.Background(), e.Method(), "", body)
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = u, u.Host
	if e.contentType != "" {
		req.Header.Set("Content-Type", e.contentType)
	}
	for name, values := range e.header {
		req.Header[name] = values
	}
	return req, nil
}

// url returns base with the path and the query of the parameters.
func (e *Endpoint) url(base *url.URL) (*url.URL, error) {
	escaped, err := e.path(base.EscapedPath())
	if err != nil {
		return nil, err
	}
	u := *base
	u.Path, u.RawPath, u.RawQuery = escaped, "", e.query()
	if strings.Contains(escaped, "%") {
		if u.Path, err = url.PathUnescape(escaped); err != nil {
			return nil, err
		}
		u.RawPath = escaped
	}
	return &u, nil
}

// path returns the escaped path with its parameters, below an escaped base.
func (e *Endpoint) path(base string) (string, error) {
	rest, ids := e.Path(), e.IDs
	if len(ids) == 0 && base == "" && !strings.Contains(rest, "{") {
		return rest, nil
	}
	var out strings.Builder
	out.Grow(len(base) + len(rest) + 64)
	out.WriteString(base)
	for {
		text, placeholder, more := strings.Cut(rest, "{")
		out.WriteString(text)
		if !more {
			return out.String(), nil
		}
		name, after, _ := strings.Cut(placeholder, "}")
		if len(ids) == 0 {
			return "", fmt.Errorf("no value for {%s}", name)
		}
		escape(&out, ids[0].Value, ids[0].List, url.PathEscape)
		rest, ids = after, ids[1:]
	}
}

// query returns the query of the parameters.
func (e *Endpoint) query() string {
	var out strings.Builder
	for i, p := range e.Params {
		if i > 0 {
			out.WriteByte('&')
		}
		out.WriteString(p.Name)
		out.WriteByte('=')
		escape(&out, p.Value, p.List, url.QueryEscape)
	}
	return out.String()
}

// escape writes an escaped value. Each item of a list is escaped by itself.
func escape(out *strings.Builder, value string, list []string, escape func(string) string) {
	if list == nil {
		out.WriteString(escape(value))
		return
	}
	for i, item := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(escape(item))
	}
}

func (e *Endpoint) encode() (io.Reader, error) {
	switch e.contentType {
	case "":
		return nil, nil
	case "application/x-www-form-urlencoded":
		form, err := form(reflect.ValueOf(e.body))
		if err != nil {
			return nil, err
		}
		return strings.NewReader(form.Encode()), nil
	}
	b, err := json.Marshal(e.body)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(b), nil
}

// form returns the fields of a struct by the names in their tags.
func form(body reflect.Value) (url.Values, error) {
	out := url.Values{}
	for i := range body.NumField() {
		name, rule, _ := strings.Cut(body.Type().Field(i).Tag.Get("json"), ",")
		if rule != "" && body.Field(i).IsZero() {
			continue
		}
		values, err := texts(body.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = values
	}
	return out, nil
}
