package client

import (
	"net/url"
	"strings"
)

// queryTemplate is an encoded query with room for two parameters, in the order of
// url.Values.Encode.
type queryTemplate struct {
	parts [3]string // before, between and after the two parameters
	names [2]string
	first int // the index in names of newQueryTemplate's a
}

// newQueryTemplate returns a template of q with room for the parameters a and b, which q
// does not have.
func newQueryTemplate(q url.Values, a, b string) queryTemplate {
	o := queryTemplate{names: [2]string{a, b}}
	if b < a {
		o.names, o.first = [2]string{b, a}, 1
	}
	var parts [3]url.Values
	for name, values := range q {
		i := 0
		for i < 2 && name > o.names[i] {
			i++
		}
		if parts[i] == nil {
			parts[i] = url.Values{}
		}
		parts[i][name] = values
	}
	for i := range parts {
		o.parts[i] = parts[i].Encode()
	}
	return o
}

// fill returns the query with the values of the two parameters. It leaves out a parameter
// with an empty value.
func (o *queryTemplate) fill(a, b string) string {
	values := [2]string{a, b}
	var out strings.Builder
	add := func(texts ...string) {
		if out.Len() > 0 {
			out.WriteByte('&')
		}
		for _, t := range texts {
			out.WriteString(t)
		}
	}
	for i, part := range o.parts {
		if part != "" {
			add(part)
		}
		if i == 2 {
			break
		}
		if v := values[i^o.first]; v != "" {
			add(url.QueryEscape(o.names[i]), "=", url.QueryEscape(v))
		}
	}
	return out.String()
}
