package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Method runs an operation: it takes the operation's RequestObject and returns its
// ResponseObject.
type Method = func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error)

// response is what the answers of all generated servers have.
type response interface {
	Response() (status int, header map[string]*string, body any)
}

// Operation serves an operation of a generated server, whose method takes a context and
// a RequestObject.
func (rt *Router) Operation(id, pattern string, method any) {
	httpMethod, template, _ := strings.Cut(pattern, " ")
	op := rt.spec.Paths[template][httpMethod]
	if op == nil || op.ID != id {
		panic("httpapi: " + pattern + " is not in the document of " + rt.cfg.Provider)
	}
	call := reflect.ValueOf(method)
	run := func(ctx context.Context, _ http.ResponseWriter, _ *http.Request, request any) (any, error) {
		out := call.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)})
		err, _ := out[1].Interface().(error)
		return out[0].Interface(), err
	}
	if rt.cfg.Enter != nil {
		run = rt.cfg.Enter(run, id)
	}
	rt.handle(op, func(w http.ResponseWriter, r *http.Request) {
		request := reflect.New(call.Type().In(1)).Elem()
		if err := op.bind(r, request); err != nil {
			rt.cfg.Render(w, r, &Problem{Status: http.StatusBadRequest, Detail: err.Error()})
			return
		}
		if err := op.bindBody(r, request); err != nil {
			rt.cfg.BadBody(w, r, err)
			return
		}
		answer, err := run(r.Context(), w, r, request.Interface())
		if err == nil && answer != nil {
			err = respond(w, answer.(response))
		}
		if err != nil {
			rt.cfg.Fail(w, r, err)
		}
	})
}

// respond writes an answer.
func respond(w http.ResponseWriter, answer response) error {
	status, header, body := answer.Response()
	var buf bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&buf).Encode(body); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
	}
	for name, v := range header {
		if v != nil {
			w.Header().Set(name, *v)
		}
	}
	w.WriteHeader(status)
	_, err := buf.WriteTo(w)
	return err
}

// bind sets the fields of a RequestObject and of its Params, whose tags have the names of
// the parameters.
func (op *Operation) bind(r *http.Request, request reflect.Value) error {
	fields := map[string]reflect.Value{}
	named(fields, request)
	if params := request.FieldByName("Params"); params.IsValid() {
		named(fields, params)
	}
	query := r.URL.Query()
	for i := range op.Parameters {
		p := &op.Parameters[i]
		if err := p.bind(fields[p.Name], p.values(r, query)); err != nil {
			return err
		}
	}
	return nil
}

// named adds the fields of a struct by the names in their tags.
func named(fields map[string]reflect.Value, v reflect.Value) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		fields[name] = v.Field(i)
	}
}

// bind sets a field to the values of a parameter. The check of the request has accepted
// each of them, but not their number.
func (p *Parameter) bind(field reflect.Value, values []string) error {
	if len(values) == 0 {
		return nil
	}
	if p.Schema.Type == "array" {
		if !p.explodes() {
			if len(values) > 1 {
				return p.malformed(fmt.Errorf("parameter '%s' is not exploded, but is specified multiple times", p.Name))
			}
			values = strings.Split(values[0], ",")
		}
		items := reflect.MakeSlice(target(field.Type()), len(values), len(values))
		for i, v := range values {
			items.Index(i).SetString(v)
		}
		settle(field, items)
		return nil
	}
	if len(values) > 1 {
		if p.In == "header" {
			return fmt.Errorf("Expected one value for %s, got %d", p.Name, len(values))
		}
		return p.malformed(fmt.Errorf("multiple values for single value parameter '%s'", p.Name))
	}
	v := reflect.New(target(field.Type())).Elem()
	if err := setText(v, values[0]); err != nil {
		return p.malformed(err)
	}
	settle(field, v)
	return nil
}

func (p *Parameter) malformed(err error) error {
	return fmt.Errorf("Invalid format for parameter %s: %w", p.Name, err)
}

// target returns the type that a field holds or points to.
func target(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// settle sets a field, which may be a pointer, to v.
func settle(field, v reflect.Value) {
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	field.Set(v)
}

// setText sets a scalar to the value of a text.
func setText(v reflect.Value, text string) (err error) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	default:
		var n int64
		n, err = strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
	}
	return err
}

// bindBody sets the Body of a RequestObject. An optional body that is absent stays nil.
func (op *Operation) bindBody(r *http.Request, request reflect.Value) error {
	if op.RequestBody == nil {
		return nil
	}
	field := request.FieldByName("Body")
	body := reflect.New(field.Type().Elem())
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == formType {
		if err := r.ParseForm(); err != nil {
			return fmt.Errorf("can't decode formdata: %w", err)
		}
		bindForm(body.Elem(), r.Form)
	} else if err := json.NewDecoder(r.Body).Decode(body.Interface()); errors.Is(err, io.EOF) && !op.RequestBody.Required {
		return nil
	} else if err != nil {
		return fmt.Errorf("can't decode JSON body: %w", err)
	}
	field.Set(body)
	return nil
}

// bindForm sets the fields of a body, all of them texts.
func bindForm(body reflect.Value, form url.Values) {
	fields := map[string]reflect.Value{}
	named(fields, body)
	for name, field := range fields {
		if form.Has(name) {
			settle(field, reflect.ValueOf(form.Get(name)).Convert(target(field.Type())))
		}
	}
}
