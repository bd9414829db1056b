// Package endpoint holds the type that the functions of generated/<provider> return: one
// operation of a provider's document with its arguments.
package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// ID is one path parameter: the argument's name and its value.
type ID struct {
	Name, Value string
	// List has the items of a list. Its Value is the items joined by commas, which no item
	// has.
	List []string
}

// Endpoint is one operation with its arguments. Request returns the first error of the
// methods that add arguments.
type Endpoint struct {
	// Op is the method and the path template, such as "GET /v1/memberships/{membershipId}".
	Op string
	// IDs are the path parameters in the order of the template.
	IDs []ID

	query       []string
	header      http.Header
	contentType string
	body        any
	err         error
}

// New returns the endpoint of an operation such as "GET /v1/memberships/{membershipId}".
func New(op string) Endpoint { return Endpoint{Op: op} }

// Method returns the HTTP method.
func (e *Endpoint) Method() string {
	method, _, _ := strings.Cut(e.Op, " ")
	return method
}

// Path returns the path template.
func (e *Endpoint) Path() string {
	_, path, _ := strings.Cut(e.Op, " ")
	return path
}

// ID adds the next path parameter.
func (e *Endpoint) ID(name, value string) { e.IDs = append(e.IDs, ID{Name: name, Value: value}) }

// IDList adds the next path parameter, which is a list.
func (e *Endpoint) IDList(name string, values []string) {
	e.IDs = append(e.IDs, ID{Name: name, Value: strings.Join(values, ","), List: values})
}

// Style is the serialization of a parameter in the document.
type Style struct {
	Name    string // of the style: "form", "simple"
	Explode bool
	Type    string // of the schema
	Format  string
}

// write returns the text of a parameter: name=value in a query, and the value alone in the
// style "simple".
func (s Style) write(name string, value any, escape func(string) string) (string, error) {
	texts, err := texts(reflect.ValueOf(value))
	if err != nil {
		return "", err
	}
	for i := range texts {
		texts[i] = escape(texts[i])
	}
	switch {
	case s.Name == "simple":
		return strings.Join(texts, ","), nil
	case s.Explode:
		return name + "=" + strings.Join(texts, "&"+name+"="), nil
	}
	return name + "=" + strings.Join(texts, ","), nil
}

// texts returns the text of a scalar, or of each item of a list.
func texts(v reflect.Value) ([]string, error) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}, nil
	case reflect.Bool:
		return []string{strconv.FormatBool(v.Bool())}, nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}, nil
	case reflect.Slice:
		var out []string
		for i := range v.Len() {
			item, err := texts(v.Index(i))
			if err != nil {
				return nil, err
			}
			out = append(out, item...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("a %s is no value of a parameter", v.Kind())
}

func unescaped(text string) string { return text }

// Query adds a query parameter.
func (e *Endpoint) Query(name string, value any, s Style) {
	text, err := s.write(name, value, url.QueryEscape)
	if err != nil {
		e.fail(name, err)
		return
	}
	e.query = append(e.query, text)
}

// OptionalQuery is Query for a parameter that is left out if it is zero. A pointer's target
// is sent even if it is zero.
func (e *Endpoint) OptionalQuery(name string, value any, s Style) {
	if v, ok := given(value); ok {
		e.Query(name, v, s)
	}
}

// OptionalHeader is Header for a header that is left out if it is zero.
func (e *Endpoint) OptionalHeader(name string, value any, s Style) {
	if v, ok := given(value); ok {
		e.Header(name, v, s)
	}
}

// given returns the value to send, and reports whether there is one.
func given(value any) (any, bool) {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid() || v.IsZero():
		return nil, false
	case v.Kind() == reflect.Pointer:
		return v.Elem().Interface(), true
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return nil, false
	}
	return value, true
}

// Header adds a header.
func (e *Endpoint) Header(name string, value any, s Style) {
	text, err := s.write(name, value, unescaped)
	if err != nil {
		e.fail(name, err)
		return
	}
	if e.header == nil {
		e.header = http.Header{}
	}
	e.header.Set(name, text)
}

// Body sets the body. contentType selects JSON or a form.
func (e *Endpoint) Body(contentType string, body any) { e.contentType, e.body = contentType, body }

func (e *Endpoint) fail(name string, err error) {
	if e.err == nil {
		e.err = fmt.Errorf("%s: %w", name, err)
	}
}

// Request returns a new request. The URL of the server ends with a slash.
func (e *Endpoint) Request(server string) (*http.Request, error) {
	if e.err != nil {
		return nil, e.err
	}
	base, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	path, err := e.path()
	if err != nil {
		return nil, err
	}
	target, err := base.Parse("." + path)
	if err != nil {
		return nil, err
	}
	target.RawQuery = strings.Join(e.query, "&")
	body, err := e.encode()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(e.Method(), target.String(), body)
	if err != nil {
		return nil, err
	}
	if e.contentType != "" {
		req.Header.Set("Content-Type", e.contentType)
	}
	for name, values := range e.header {
		req.Header[name] = values
	}
	return req, nil
}

// path returns the path with its parameters.
func (e *Endpoint) path() (string, error) {
	segments, ids := strings.Split(e.Path(), "/"), e.IDs
	for i, s := range segments {
		if !strings.HasPrefix(s, "{") {
			continue
		}
		if len(ids) == 0 {
			return "", fmt.Errorf("no value for %s", s)
		}
		_, verb, _ := strings.Cut(s, "}") // such as :reactivate
		segments[i], ids = ids[0].escape()+verb, ids[1:]
	}
	return strings.Join(segments, "/"), nil
}

// escape returns the path segment of a parameter. Each item of a list is escaped by itself.
func (id ID) escape() string {
	if id.List == nil {
		return url.PathEscape(id.Value)
	}
	items := make([]string, len(id.List))
	for i, item := range id.List {
		items[i] = url.PathEscape(item)
	}
	return strings.Join(items, ",")
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
