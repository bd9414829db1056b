package googlechat

import (
	"slices"
	"strings"
)

// filter is an expression: a term, or operands joined by AND or OR.
type filter struct {
	field, op, value string // of a term; op is AND or OR in a join
	sides            []*filter
}

// match reports whether the expression holds for the fields of an object. A missing
// field, such as the type of a group, is "" and matches no term.
func (f *filter) match(field func(string) string) bool {
	fits := func(s *filter) bool { return s.match(field) }
	switch f.op {
	case "AND":
		return !slices.ContainsFunc(f.sides, func(s *filter) bool { return !fits(s) })
	case "OR":
		return slices.ContainsFunc(f.sides, fits)
	}
	v := field(f.field)
	return v != "" && (v == f.value) == (f.op == "=")
}

// terms returns the terms of the expression in order.
func (f *filter) terms() []*filter {
	if f.sides == nil {
		return []*filter{f}
	}
	var all []*filter
	for _, s := range f.sides {
		all = append(all, s.terms()...)
	}
	return all
}

// humansOnly reports whether useAdminAccess accepts the expression: it selects people, or
// excludes apps, and uses member.type in no other way.
func (f *filter) humansOnly() bool {
	demands := func(t *filter) bool {
		return t.field == "member.type" && (t.op == "=" && t.value == "HUMAN" || t.op == "!=" && t.value == "BOT")
	}
	for _, t := range f.terms() {
		if t.field == "member.type" && !demands(t) {
			return false
		}
	}
	return demands(f) || f.op == "AND" && slices.ContainsFunc(f.sides, demands)
}

// grammar describes a list's filter: its fields and their values.
type grammar struct {
	values map[string][]string
	// names are alternative spellings of fields.
	names map[string]string
	// unequal are the fields that support !=; and reports whether AND may join terms.
	unequal []string
	and     bool
}

var membershipGrammar = &grammar{
	values:  map[string][]string{"role": {"ROLE_MEMBER", "ROLE_MANAGER"}, "member.type": {"HUMAN", "BOT"}},
	unequal: []string{"member.type"},
	and:     true,
}

var spaceGrammar = &grammar{
	values: map[string][]string{"spaceType": {"SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"}},
	names:  map[string]string{"space_type": "spaceType"},
}

// parse parses an expression. OR binds tighter than AND, as in all Google APIs.
func (g *grammar) parse(s string) (*filter, error) {
	p := &filterParser{g: g, rest: s}
	f, err := p.all()
	if err == nil && p.next() != "" {
		err = p.unexpected()
	}
	return f, err
}

type filterParser struct {
	g    *grammar
	rest string
}

// next returns the next token without consuming it, "" at the end.
func (p *filterParser) next() string {
	p.rest = strings.TrimLeft(p.rest, " \t\n")
	switch {
	case p.rest == "":
		return ""
	case p.rest[0] == '"':
		for i := 1; i < len(p.rest); i++ {
			switch p.rest[i] {
			case '\\':
				i++
			case '"':
				return p.rest[:i+1]
			}
		}
		return p.rest
	case strings.HasPrefix(p.rest, "!="):
		return "!="
	case strings.ContainsRune("()=", rune(p.rest[0])):
		return p.rest[:1]
	}
	if i := strings.IndexAny(p.rest, " \t\n()=!\""); i > 0 {
		return p.rest[:i]
	}
	return p.rest
}

// take consumes the next token and returns it.
func (p *filterParser) take() string {
	t := p.next()
	p.rest = p.rest[len(t):]
	return t
}

func (p *filterParser) unexpected() error {
	if t := p.next(); t != "" {
		return failed(invalidArgument, "The filter is not valid at %s", t)
	}
	return failed(invalidArgument, "The filter ends too early.")
}

// all parses operands of AND, any operands of OR.
func (p *filterParser) all() (*filter, error) { return p.join("AND", p.any) }
func (p *filterParser) any() (*filter, error) { return p.join("OR", p.unit) }

// join parses operands that op joins.
func (p *filterParser) join(op string, side func() (*filter, error)) (*filter, error) {
	f, err := side()
	if err != nil || p.next() != op {
		return f, err
	}
	if op == "AND" && !p.g.and {
		return nil, failed(invalidArgument, "The filter takes OR and not AND.")
	}
	j := &filter{op: op, sides: []*filter{f}}
	for p.next() == op {
		p.take()
		s, err := side()
		if err != nil {
			return nil, err
		}
		if op == "AND" {
			for _, other := range j.sides {
				if err := compatible(other, s); err != nil {
					return nil, err
				}
			}
		}
		j.sides = append(j.sides, s)
	}
	return j, nil
}

// compatible returns an error if both sides of an AND require different values of one
// field.
func compatible(a, b *filter) error {
	for _, s := range a.terms() {
		for _, t := range b.terms() {
			if s.field == t.field && s.value != t.value {
				return failed(invalidArgument, "The filter joins two values of %s by AND.", s.field)
			}
		}
	}
	return nil
}

// unit parses a term, or an expression in parentheses.
func (p *filterParser) unit() (*filter, error) {
	if p.next() == "(" {
		p.take()
		f, err := p.all()
		if err != nil {
			return nil, err
		}
		if p.next() != ")" {
			return nil, p.unexpected()
		}
		p.take()
		return f, nil
	}
	field := p.next()
	if name := p.g.names[field]; name != "" {
		field = name
	}
	values := p.g.values[field]
	if values == nil {
		return nil, p.unexpected()
	}
	p.take()
	op := p.next()
	if op != "=" && (op != "!=" || !slices.Contains(p.g.unequal, field)) {
		return nil, p.unexpected()
	}
	p.take()
	quoted := p.next()
	value, ok := unquote(quoted)
	if !ok || !slices.Contains(values, value) {
		return nil, p.unexpected()
	}
	p.take()
	return &filter{field: field, op: op, value: value}, nil
}

func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(s[1 : len(s)-1]), true
}
