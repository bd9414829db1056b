package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// check validates a request against the document and returns the first problem.
func (rt *Router) check(r *http.Request, op *Operation) *Problem {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, In: "query", Detail: "the query cannot be read"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 8<<20))
	if err != nil {
		return &Problem{Status: http.StatusRequestEntityTooLarge, In: "body", Detail: "the body is too large"}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if op.RequestBody != nil && len(body) > 0 && op.RequestBody.schema(r) == nil {
		return &Problem{Status: http.StatusUnsupportedMediaType, In: "body", Detail: "the body's content type is not supported"}
	}
	for i := range op.Parameters {
		if problem := op.Parameters[i].check(r, query); problem != nil {
			return problem
		}
	}
	if op.RequestBody != nil {
		return op.RequestBody.check(r, body)
	}
	return nil
}

// schema returns the schema for the content type of a request, nil if the document has
// none.
func (b *Body) schema(r *http.Request) *Schema {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil
	}
	return b.Content[media]
}

// invalid is the detail of a problem whose value no rule describes.
const invalid = "the value is not valid"

// values returns the values of a parameter in a request.
func (p *Parameter) values(r *http.Request, query url.Values) []string {
	switch p.In {
	case "query":
		return query[p.Name]
	case "header":
		return r.Header.Values(p.Name)
	}
	if v := r.PathValue(p.Name); v != "" {
		return []string{v}
	}
	return nil
}

func (p *Parameter) check(r *http.Request, query url.Values) *Problem {
	values := p.values(r, query)
	if len(values) == 0 {
		if p.Required {
			return &Problem{Status: http.StatusBadRequest, In: p.In, Param: p.Name, Missing: true, Detail: "value is required but missing"}
		}
		return nil
	}
	v, err := p.Schema.parse(values, p.explodes())
	problem := &Problem{Status: http.StatusBadRequest, In: p.In, Param: p.Name}
	switch {
	case err != nil:
		problem.Detail = err.Error()
	case v == nil:
		problem.Detail = "empty value is not allowed"
	default:
		e := p.Schema.check(v)
		if e == nil {
			return nil
		}
		problem.violate(e)
	}
	return problem
}

// violate sets the rule that a value breaks.
func (p *Problem) violate(e *violation) {
	p.Detail, p.Rule = e.detail, e.rule
	if p.Detail == "" {
		p.Detail = invalid
	}
}

// parse returns the value of the texts that a request has for a parameter or a form field,
// nil if they are empty. It returns an error if they do not have the schema's type.
func (s *Schema) parse(texts []string, explode bool) (any, error) {
	if s.Type != "array" {
		return s.scalar(first(texts))
	}
	if !explode {
		texts = strings.Split(texts[0], ",")
	}
	if len(texts) == 1 && texts[0] == "" {
		return nil, nil
	}
	items := make([]any, len(texts)) // of strings, in all documents
	for i, text := range texts {
		items[i] = text
	}
	return items, nil
}

// first returns the first text that is not empty, "" if there is none.
func first(texts []string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// scalar parses a text, which is nil if it is empty and no string.
func (s *Schema) scalar(text string) (v any, err error) {
	switch {
	case s.Type == "string":
		return text, nil
	case text == "":
		return nil, nil
	case s.Type == "boolean":
		v, err = strconv.ParseBool(text)
	case s.Format == "int32":
		v, err = strconv.ParseInt(text, 10, 32)
	default:
		v, err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil {
		return nil, fmt.Errorf("value %s: an invalid %s: %w", text, s.Type, errors.Unwrap(err))
	}
	return v, nil
}

func (b *Body) check(r *http.Request, body []byte) *Problem {
	problem := &Problem{Status: http.StatusBadRequest, In: "body"}
	if len(body) == 0 {
		if !b.Required {
			return nil
		}
		problem.Missing, problem.Detail = true, invalid
		return problem
	}
	schema := b.schema(r)
	value, ok := schema.decode(r, body)
	if !ok {
		problem.Detail = "failed to decode request body"
		return problem
	}
	e := schema.check(value)
	if e == nil {
		return nil
	}
	problem.violate(e)
	problem.Param = strings.Join(e.path, ".")
	problem.Missing, problem.Unknown = e.rule == "required", e.rule == "properties"
	return problem
}

// decode returns the value of a body of JSON or of a form, and whether it has one.
func (s *Schema) decode(r *http.Request, body []byte) (any, bool) {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != formType {
		var v any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		err := dec.Decode(&v)
		return v, err == nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, false
	}
	out := map[string]any{}
	for name, texts := range form {
		if property := s.Properties[name]; property != nil {
			v, err := property.parse(texts, true)
			if err != nil {
				return nil, false
			}
			out[name] = v
		}
	}
	return out, true
}

const formType = "application/x-www-form-urlencoded"
