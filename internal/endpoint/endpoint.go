// Package endpoint holds the type that the functions of generated/<provider> return: one
// operation of a provider's document with its arguments.
package endpoint

import (
	"fmt"
	"net/http"
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

// Param is one query parameter. An exploded list has one Param for each item.
type Param struct {
	Name, Value string
	// List has the items of a list in one parameter. Its Value is the items joined by commas,
	// which an item may have too.
	List []string
}

// Endpoint is one operation with its arguments. Request returns the first error of the
// methods that add arguments.
type Endpoint struct {
	// Op is the method and the path template, such as "GET /v1/memberships/{membershipId}".
	Op string
	// IDs are the path parameters in the order of the template.
	IDs []ID
	// Params has the query parameters in the order of the document.
	Params []Param

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

// Query adds a query parameter. A list makes a parameter of each item.
func (e *Endpoint) Query(name string, value any) {
	switch v := value.(type) {
	case string:
		e.add(Param{Name: name, Value: v})
	case bool:
		e.add(Param{Name: name, Value: strconv.FormatBool(v)})
	default:
		for _, text := range e.texts(name, value) {
			e.add(Param{Name: name, Value: text})
		}
	}
}

func (e *Endpoint) add(p Param) {
	if e.Params == nil {
		e.Params = make([]Param, 0, 4)
	}
	e.Params = append(e.Params, p)
}

// QueryList adds a list as one query parameter, whose items are joined by commas.
func (e *Endpoint) QueryList(name string, value any) {
	if list := e.texts(name, value); list != nil {
		e.add(Param{Name: name, Value: strings.Join(list, ","), List: list})
	}
}

// Header adds a header.
func (e *Endpoint) Header(name string, value any) {
	list := e.texts(name, value)
	if list == nil {
		return
	}
	if e.header == nil {
		e.header = http.Header{}
	}
	e.header.Set(name, strings.Join(list, ","))
}

// OptionalQuery is Query for a parameter that is left out if it is zero. A pointer's target
// is sent even if it is zero.
func (e *Endpoint) OptionalQuery(name string, value any) {
	if v, ok := given(value); ok {
		e.Query(name, v)
	}
}

// OptionalQueryList is QueryList for a list that is left out if it is empty.
func (e *Endpoint) OptionalQueryList(name string, value any) {
	if v, ok := given(value); ok {
		e.QueryList(name, v)
	}
}

// OptionalHeader is Header for a header that is left out if it is zero.
func (e *Endpoint) OptionalHeader(name string, value any) {
	if v, ok := given(value); ok {
		e.Header(name, v)
	}
}

// Body sets the body. contentType selects JSON or a form.
func (e *Endpoint) Body(contentType string, body any) { e.contentType, e.body = contentType, body }

// given returns the value to send, and reports whether there is one.
func given(value any) (any, bool) {
	if text, ok := value.(string); ok {
		return value, text != ""
	}
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

// texts returns the text of a scalar, or of each item of a list. It returns nil for another
// value, whose error Request returns.
func (e *Endpoint) texts(name string, value any) []string {
	list, err := texts(reflect.ValueOf(value))
	if err != nil && e.err == nil {
		e.err = fmt.Errorf("%s: %w", name, err)
	}
	return list
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
