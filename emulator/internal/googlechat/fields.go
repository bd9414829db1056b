package googlechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// mask is the fields of an object in a partial response; nil has all of them.
type mask map[string]mask

// selection parses the fields parameter, which every method accepts, such as
// memberships(name,member/displayName),nextPageToken. A field that the response does not
// have is an error.
func selection(r *http.Request, answer *httpapi.Schema) (func([]byte) []byte, *httpapi.Problem) {
	q, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	if err != nil {
		return nil, nil //nolint:nilerr // the validation of the request reports it
	}
	text := q.Get("fields")
	if text == "" {
		text = q.Get("$fields")
	}
	if text == "" {
		return nil, nil
	}
	m, err := parseMask(text)
	if err == nil {
		err = m.check(answer, "")
	}
	if err != nil {
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "query", Param: "fields", Detail: err.Error()}
	}
	return func(body []byte) []byte {
		var v any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		if dec.Decode(&v) != nil {
			return body
		}
		out, err := json.Marshal(m.of(v))
		if err != nil {
			return body
		}
		return append(out, '\n')
	}, nil
}

// parseMask parses names separated by commas. Nested fields follow a slash or stand in
// parentheses.
func parseMask(text string) (mask, error) {
	p := &maskParser{rest: text}
	m := mask{}
	if err := p.names(m); err != nil {
		return nil, err
	}
	if p.rest != "" {
		return nil, p.unexpected()
	}
	return m, nil
}

type maskParser struct {
	rest  string
	depth int
}

func (p *maskParser) unexpected() error {
	if p.rest == "" {
		return fmt.Errorf("the selection ends too early")
	}
	return fmt.Errorf("the selection is not valid at %s", p.rest)
}

// skip consumes c if it comes next, and reports whether it did.
func (p *maskParser) skip(c byte) bool {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = strings.TrimLeft(p.rest[1:], " ")
	return true
}

// names parses a list of fields into m.
func (p *maskParser) names(m mask) error {
	for {
		if err := p.field(m); err != nil {
			return err
		}
		if !p.skip(',') {
			return nil
		}
	}
}

const deepest = 32

// field parses one field and its nested fields into m.
func (p *maskParser) field(m mask) error {
	if p.depth++; p.depth > deepest {
		return fmt.Errorf("the selection is too deep")
	}
	defer func() { p.depth-- }()
	p.rest = strings.TrimLeft(p.rest, " ")
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '*' && r != '_' && r != '@' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	if name == "" || strings.Contains(name, "*") && name != "*" {
		return p.unexpected()
	}
	p.rest = p.rest[end:]
	inner, seen := m[camel(name)]
	switch {
	case p.skip('/'), p.skip('.'):
		below := mask{}
		if err := p.field(below); err != nil {
			return err
		}
		m.add(name, below, inner, seen)
	case p.skip('('):
		below := mask{}
		if err := p.names(below); err != nil {
			return err
		}
		if !p.skip(')') {
			return p.unexpected()
		}
		m.add(name, below, inner, seen)
	default:
		m[camel(name)] = nil
	}
	return nil
}

// add merges a field's nested selection with an earlier one. A selection of the whole
// field stays whole.
func (m mask) add(name string, below, before mask, seen bool) {
	if seen && before == nil {
		return
	}
	m[camel(name)] = before.join(below)
}

// join returns the union of two masks.
func (m mask) join(o mask) mask {
	out := mask{}
	for name, below := range m {
		out[name] = below
	}
	for name, below := range o {
		if before, seen := out[name]; seen && (before == nil || below == nil) {
			out[name] = nil
		} else {
			out[name] = before.join(below)
			if below == nil {
				out[name] = nil
			}
		}
	}
	return out
}

// check returns an error for a field that the schema does not have.
func (m mask) check(s *httpapi.Schema, at string) error {
	for s != nil && s.Items != nil {
		s = s.Items
	}
	for name, below := range m {
		path := strings.TrimPrefix(at+"."+name, ".")
		if name == "*" {
			if err := m.checkEvery(s, below, path); err != nil {
				return err
			}
			continue
		}
		var field *httpapi.Schema
		if s != nil {
			field = s.Properties[name]
		}
		if field == nil {
			return fmt.Errorf("no answer of this method has the field %s", path)
		}
		if below != nil {
			if err := below.check(field, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkEvery returns an error for a field below * that no matched field has.
func (m mask) checkEvery(s *httpapi.Schema, below mask, path string) error {
	if below == nil || s == nil {
		return nil
	}
	for name, inner := range below {
		found := false
		for _, p := range s.Properties {
			found = found || mask{name: inner}.check(p, "") == nil
		}
		if !found {
			return fmt.Errorf("no answer of this method has the field %s.%s", path, name)
		}
	}
	return nil
}

// of returns the selected part of a value.
func (m mask) of(v any) any {
	if m == nil {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = m.of(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			below, named := m[name]
			every, all := m["*"]
			switch {
			case named && all && below != nil && every != nil:
				below = below.join(every)
			case all && (!named || every == nil):
				below = every
			}
			if named || all {
				if part, some := below.part(value); some {
					out[name] = part
				}
			}
		}
		return out
	}
	return v
}

// part returns the selected part of a field's value and whether there is one. A scalar
// has no nested fields.
func (m mask) part(v any) (any, bool) {
	switch v.(type) {
	case []any, map[string]any:
		return m.of(v), true
	}
	return v, m == nil
}
