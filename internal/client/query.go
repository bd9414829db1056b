package client

import (
	"net/url"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/endpoint"
)

// queryTemplate is an encoded query with room for two parameters, in the order of
// url.Values.Encode.
type queryTemplate struct {
	parts [3]string // before, between and after the two parameters
	names [2]string
	first int // the index in names of newQueryTemplate's a
}

// newQueryTemplate returns a template of params with room for the parameters a and b, which
// params does not have.
func newQueryTemplate(params []endpoint.Param, a, b string) queryTemplate {
	o := queryTemplate{names: [2]string{a, b}}
	if b < a {
		o.names, o.first = [2]string{b, a}, 1
	}
	if len(params) > 1 {
		params = slices.Clone(params)
		slices.SortStableFunc(params, func(a, b endpoint.Param) int { return strings.Compare(a.Name, b.Name) })
	}
	var part strings.Builder
	for i := range o.parts {
		for len(params) > 0 && (i == len(o.names) || params[0].Name < o.names[i]) {
			addParam(&part, params[0].Name, params[0].Value)
			params = params[1:]
		}
		o.parts[i] = part.String()
		part.Reset()
	}
	return o
}

// fill returns the query with the values of the two parameters. It leaves out a parameter
// with an empty value.
func (o *queryTemplate) fill(a, b string) string {
	values := [2]string{a, b}
	var out strings.Builder
	out.Grow(len(o.parts[0]) + len(o.parts[1]) + len(o.parts[2]) + len(o.names[0]) + len(o.names[1]) + len(a) + len(b) + len("&&=&=&"))
	for i, part := range o.parts {
		if part != "" {
			separate(&out)
			out.WriteString(part)
		}
		if i < len(values) && values[i^o.first] != "" {
			addParam(&out, o.names[i], values[i^o.first])
		}
	}
	return out.String()
}

func addParam(out *strings.Builder, name, value string) {
	separate(out)
	out.WriteString(url.QueryEscape(name))
	out.WriteByte('=')
	out.WriteString(url.QueryEscape(value))
}

func separate(out *strings.Builder) {
	if out.Len() > 0 {
		out.WriteByte('&')
	}
}
