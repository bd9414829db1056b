package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/specs"
)

// TestCheckAgreesWithKinOpenAPI sends valid and invalid requests of every operation to
// Router.check and to kin-openapi, which reads the whole document. The sample is every
// seventh of them.
func TestCheckAgreesWithKinOpenAPI(t *testing.T) {
	for _, provider := range slices.Sorted(maps.Keys(documents)) {
		t.Run(provider, func(t *testing.T) {
			own, err := Spec(provider)
			if err != nil {
				t.Fatal(err)
			}
			text, err := specs.FS.ReadFile(provider + "/openapi.yaml")
			if err != nil {
				t.Fatal(err)
			}
			full, err := openapi3.NewLoader().LoadFromData(text)
			if err != nil {
				t.Fatal(err)
			}
			if want, got := slices.Sorted(maps.Keys(full.Paths.Map())), slices.Sorted(maps.Keys(own.Paths)); !slices.Equal(want, got) {
				t.Fatalf("the paths are %q, want %q", got, want)
			}
			sent, verdicts := 0, map[bool]int{}
			for template, item := range full.Paths.Map() {
				if want, got := len(item.Operations()), len(own.Paths[template]); want != got {
					t.Errorf("%s has %d operations, want %d", template, got, want)
				}
				for method, op := range item.Operations() {
					route := &routers.Route{Spec: full, Path: template, PathItem: item, Method: method, Operation: op}
					ours := own.Paths[template][method]
					if public := op.Security != nil && len(*op.Security) == 0; ours.Public != public || ours.ID != op.OperationID {
						t.Errorf("%s %s: %s, public %v; want %s, %v", method, template, ours.ID, ours.Public, op.OperationID, public)
					}
					for request := range requests(ours) {
						if sent++; sent%deeptest.Count(7, 1) != 0 {
							continue
						}
						want := kinCheck(request.build(method), route)
						got := (&Router{}).check(request.build(method), ours)
						if want != nil {
							want.Detail, _, _ = strings.Cut(want.Detail, " (string doesn't match pattern")
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%s %s %+v (-kin-openapi +own):\n%s", method, template, request, diff)
						}
						verdicts[got == nil]++
					}
				}
			}
			if verdicts[true] < 20 || verdicts[false] < 100 {
				t.Errorf("%d valid and %d invalid requests are too few", verdicts[true], verdicts[false])
			}
		})
	}
}

// sample is one request.
type sample struct {
	path    map[string]string
	query   string
	headers http.Header
	body    string
}

func (s sample) build(method string) *http.Request {
	r := httptest.NewRequest(method, "/?"+s.query, strings.NewReader(s.body))
	for name, v := range s.path {
		r.SetPathValue(name, v)
	}
	maps.Copy(r.Header, s.headers)
	return r
}

// texts are the values of a parameter.
var texts = []string{
	"", "x", "0", "1", "-1", "100", "101", "1000", "5000000000", "99999999999999999999", "1.5", "1e2", "true", "T", "false",
	"a,b", "a,,b", ",", "group", "direct", "created", "a/b", "a:b", "a*", "é", "\x00", strings.Repeat("y", 92), strings.Repeat("y", 93), strings.Repeat("z,", 101),
}

// requests yields requests of an operation: one that is valid but for the parameters that
// need a certain text, and ones that differ in a parameter or in the body.
func requests(op *Operation) iter.Seq[sample] {
	return func(yield func(sample) bool) {
		base := sample{path: map[string]string{}, headers: http.Header{}}
		required := url.Values{}
		for _, p := range op.Parameters {
			switch {
			case p.In == "path":
				base.path[p.Name] = "x"
			case p.Required:
				required.Set(p.Name, "x")
			}
		}
		base.query = required.Encode()
		valid := any(nil)
		if op.RequestBody != nil {
			for media, schema := range op.RequestBody.Content {
				base.headers.Set("Content-Type", media)
				valid = schema.example()
			}
			base.body = encode(base.headers.Get("Content-Type"), valid)
		}
		if !yield(base) {
			return
		}
		for _, p := range op.Parameters {
			for _, s := range base.parameter(p, required) {
				if !yield(s) {
					return
				}
			}
		}
		s := base
		s.query = "a=%zz"
		if !yield(s) || op.RequestBody == nil {
			return
		}
		for s := range base.bodies(op, valid) {
			if !yield(s) {
				return
			}
		}
	}
}

// parameter returns requests with other values of a parameter.
func (s sample) parameter(p Parameter, required url.Values) (out []sample) {
	for _, text := range texts {
		other := s
		switch p.In {
		case "path":
			other.path = maps.Clone(s.path)
			other.path[p.Name] = text
		case "header":
			other.headers = s.headers.Clone()
			other.headers.Set(p.Name, text)
		default:
			for _, values := range [][]string{{text}, {"", text}, {text, "1"}, {text, text}} {
				query := maps.Clone(required)
				query[p.Name] = values
				other.query = query.Encode()
				out = append(out, other)
			}
		}
		out = append(out, other)
	}
	other := s
	query := maps.Clone(required)
	query.Del(p.Name)
	other.query = query.Encode()
	return append(out, other)
}

// values are the values of a property.
var values = []any{
	nil, "", "x", "2020-01-02T03:04:05Z", "2020-13-02T03:04:05Z", "SPACE", "a/b", strings.Repeat("y", 255), strings.Repeat("é", 256), strings.Repeat("y", 3000),
	0, 1, -1, 1.5, 1e3, 3000000000, 1e19, true, []any{}, []any{"x"}, []any{1}, []any{nil}, []any{map[string]any{}}, slices.Repeat([]any{"x"}, 1001),
	map[string]any{}, map[string]any{"x": 1}, map[string]any{"x": nil}, map[string]any{"x": []any{}}, map[string]any{"x": map[string]any{}}, map[string]any{"id": "x"},
}

// bodies yields requests with other bodies.
func (s sample) bodies(op *Operation, valid any) iter.Seq[sample] {
	return func(yield func(sample) bool) {
		media := s.headers.Get("Content-Type")
		for _, body := range []string{"", "{", "null", "[]", `"x"`, "1", "{}", "{} {}", `{"a":1,"a":2}`, "a=%zz", "a=1"} {
			other := s
			if other.body = body; !yield(other) {
				return
			}
		}
		for _, other := range []string{"", "text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", "/", "application/*", formType} {
			changed := s
			changed.headers = http.Header{"Content-Type": {other}}
			if !yield(changed) {
				return
			}
		}
		for body := range variants(valid, op.RequestBody.Content[media], 4) {
			changed := s
			if changed.body = encode(media, body); !yield(changed) {
				return
			}
		}
	}
}

// variants yields values that differ from v in one place, down to a depth.
func variants(v any, s *Schema, depth int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, other := range values {
			if !yield(other) {
				return
			}
		}
		if depth == 0 || s == nil {
			return
		}
		if items, ok := v.([]any); ok && len(items) > 0 {
			for other := range variants(items[0], s.Items, depth-1) {
				if !yield([]any{items[0], other}) {
					return
				}
			}
		}
		fields, _ := v.(map[string]any)
		for _, name := range append(slices.Collect(maps.Keys(s.Properties)), "unknown") {
			less := maps.Clone(fields)
			delete(less, name)
			if !yield(less) {
				return
			}
			for other := range variants(fields[name], s.Properties[name], depth-1) {
				more := maps.Clone(less)
				if more == nil {
					more = map[string]any{}
				}
				if more[name] = other; !yield(more) {
					return
				}
			}
		}
	}
}

// example returns a value with every property.
func (s *Schema) example() any {
	switch {
	case s.Enum != nil:
		return s.Enum[0]
	case s.Type == "integer":
		return 1
	case s.Type == "boolean":
		return true
	case s.Format == "date-time":
		return "2020-01-02T03:04:05Z"
	case s.Type == "string":
		return "x"
	case s.Items != nil:
		return []any{s.Items.example()}
	}
	out := map[string]any{}
	for name, property := range s.Properties {
		out[name] = property.example()
	}
	return out
}

func encode(media string, v any) string {
	if fields, ok := v.(map[string]any); ok && media == formType {
		form := url.Values{}
		for name, v := range fields {
			form.Set(name, fmt.Sprint(v))
		}
		return form.Encode()
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// kinCheck does with kin-openapi what Router.check does.
func kinCheck(r *http.Request, route *routers.Route) *Problem {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, In: "query", Detail: "the query cannot be read"}
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if rb := route.Operation.RequestBody; rb != nil && len(body) > 0 {
		mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || rb.Value.Content.Get(mt) == nil {
			return &Problem{Status: http.StatusUnsupportedMediaType, In: "body", Detail: "the body's content type is not supported"}
		}
	}
	params := map[string]string{}
	for _, segment := range strings.Split(route.Path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			name, _, _ = strings.Cut(name, "}") // a verb may follow, as in {id}:reactivate
			params[name] = r.PathValue(name)
		}
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, QueryParams: query, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true},
	})
	if err != nil {
		return kinProblem(err)
	}
	return nil
}

func kinProblem(err error) *Problem {
	p := &Problem{Status: http.StatusBadRequest, Detail: "the request is not valid"}
	var re *openapi3filter.RequestError
	if errors.As(err, &re) {
		p.Detail = re.Reason
		p.Missing = errors.Is(re.Err, openapi3filter.ErrInvalidRequired)
		if p.In = "body"; re.Parameter != nil {
			p.Param, p.In = re.Parameter.Name, re.Parameter.In
		}
	}
	var se *openapi3.SchemaError
	if errors.As(err, &se) {
		p.Detail, p.Rule = se.Reason, se.SchemaField
		if p.In == "body" {
			p.Param = strings.Join(se.JSONPointer(), ".")
			p.Missing, p.Unknown = se.SchemaField == "required", se.SchemaField == "properties"
		}
	}
	var pe *openapi3filter.ParseError
	if errors.As(err, &pe) && p.Detail == "" {
		p.Detail = pe.Error()
	}
	if p.Detail == "" {
		p.Detail = "the value is not valid"
	}
	return p
}
