package client

import (
	"net/url"
	"strings"
)

// openQuery is a query with two places left open, in the order that url.Values.Encode
// gives it.
type openQuery struct {
	parts [3]string // before, between and behind the open places
	names [2]string
	first int // the place of the name that was given first
}

// openQueryOf opens places for two names that q does not have.
func openQueryOf(q url.Values, a, b string) openQuery {
	o := openQuery{names: [2]string{a, b}}
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

// with fills the places, in the order in which openQueryOf had the names. A place
// without a value stays out.
func (o *openQuery) with(a, b string) string {
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
