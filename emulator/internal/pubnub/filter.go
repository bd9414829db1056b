package pubnub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// kind is the type of a field's values.
type kind int

const (
	text kind = iota
	date
	custom // an object with values of any type
)

// schema maps the fields of a list that can be filtered and sorted to their kinds.
type schema map[string]kind

var (
	userFields = schema{
		"id": text, "name": text, "externalId": text, "profileUrl": text, "email": text,
		"status": text, "type": text, "updated": date, "custom": custom,
	}
	channelFields = schema{
		"id": text, "name": text, "description": text, "status": text, "type": text, "updated": date, "custom": custom,
	}
	membershipFields = rowFields("channel.", channelFields)
	memberFields     = rowFields("uuid.", userFields)
)

// rowFields returns the fields of a membership and those of its other side.
func rowFields(prefix string, other schema) schema {
	s := schema{"status": text, "type": text, "updated": date, "custom": custom}
	for name, k := range other {
		s[prefix+name] = k
	}
	return s
}

// lookup returns a field's value in one row: a string, a time, a map, or nil for null.
type lookup func(field string) any

// condition is a parsed filter.
type condition interface {
	holds(lookup) (bool, error)
	// ids returns the ids of the only rows that can match, if the filter names them.
	ids(field string) (ids []string, named bool)
}

type (
	and  []condition
	or   []condition
	not  struct{ condition }
	test struct {
		field, name string // name is the key of a custom value
		kind        kind
		operator    string
		value       any       // string, float64, bool, nil
		time        time.Time // the value of a date field
		pattern     []char    // the pattern of LIKE
	}
)

func (c and) holds(row lookup) (bool, error) {
	for _, part := range c {
		if ok, err := part.holds(row); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c and) ids(field string) ([]string, bool) {
	for _, part := range c {
		if ids, named := part.ids(field); named {
			return ids, true
		}
	}
	return nil, false
}

func (c or) holds(row lookup) (bool, error) {
	for _, part := range c {
		if ok, err := part.holds(row); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (c or) ids(field string) ([]string, bool) {
	var all []string
	for _, part := range c {
		ids, named := part.ids(field)
		if !named {
			return nil, false
		}
		all = append(all, ids...)
	}
	return all, true
}

func (c not) holds(row lookup) (bool, error) {
	ok, err := c.condition.holds(row)
	return !ok, err
}

func (c not) ids(string) ([]string, bool) { return nil, false }

func (c test) ids(field string) ([]string, bool) {
	id, ok := c.value.(string)
	return []string{id}, ok && c.field == field && c.operator == "=="
}

func (c test) holds(row lookup) (bool, error) {
	v := row(c.field)
	if c.kind == custom {
		object, _ := v.(map[string]any)
		v = object[c.name]
	}
	switch {
	case c.value == nil:
		return (v == nil) == (c.operator == "=="), nil
	case v == nil: // null is unequal to every value, and neither above nor below one
		return c.operator == "!=", nil
	case c.kind == date:
		return ordered(c.operator, v.(time.Time).Compare(c.time)), nil
	}
	switch want := c.value.(type) {
	case string:
		if have, ok := v.(string); ok {
			switch c.operator {
			case "LIKE":
				return fits([]rune(have), c.pattern), nil
			case "==", "!=":
				return (have == want) == (c.operator == "=="), nil
			}
			return ordered(c.operator, collate(have, want)), nil
		}
	case float64:
		if have, ok := v.(float64); ok {
			switch {
			case have < want:
				return ordered(c.operator, -1), nil
			case have > want:
				return ordered(c.operator, 1), nil
			}
			return ordered(c.operator, 0), nil
		}
	case bool:
		if have, ok := v.(bool); ok {
			return (have == want) == (c.operator == "=="), nil
		}
	}
	return false, fmt.Errorf("%s.%s cannot be compared with a value of another type", c.field, c.name)
}

func ordered(operator string, sign int) bool {
	switch operator {
	case "==":
		return sign == 0
	case "!=":
		return sign != 0
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	}
	return sign >= 0
}

// char is a character of a filter's string. An unescaped asterisk is a wildcard in LIKE.
type char struct {
	r    rune
	wild bool
}

// fits reports whether a string matches a pattern. The time is at most the product of
// their lengths.
func fits(s []rune, pattern []char) bool {
	star, mark, i, j := -1, 0, 0, 0
	for i < len(s) {
		switch {
		case j < len(pattern) && pattern[j].wild:
			star, mark = j, i
			j++
		case j < len(pattern) && pattern[j].r == s[i]:
			i++
			j++
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	for j < len(pattern) && pattern[j].wild {
		j++
	}
	return j == len(pattern)
}

// parseFilter parses a filter over the fields of s.
func parseFilter(source string, s schema) (condition, error) {
	tokens, err := scan(source)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, schema: s}
	c, err := p.or(0)
	if err == nil && p.peek().kind != end {
		err = fmt.Errorf("did not expect %s", p.peek())
	}
	return c, err
}

type tokenKind int

const (
	end tokenKind = iota
	name
	number
	str
	symbol
)

type token struct {
	kind  tokenKind
	text  string
	chars []char // of a string
	value float64
}

func (t token) String() string {
	if t.kind == end {
		return "the end of the filter"
	}
	return strconv.Quote(t.text)
}

func scan(s string) ([]token, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("the filter is not UTF-8")
	}
	var tokens []token
	for s = strings.TrimLeft(s, " \t\r\n"); s != ""; s = strings.TrimLeft(s, " \t\r\n") {
		t, n, err := next(s)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		s = s[n:]
	}
	return tokens, nil
}

func next(s string) (token, int, error) {
	c := s[0]
	switch {
	case c == '"' || c == '\'':
		return quoted(s)
	case isLetter(c):
		n := 1
		for n < len(s) && (isLetter(s[n]) || isDigit(s[n])) {
			n++
		}
		return token{kind: name, text: s[:n]}, n, nil
	case isDigit(c) || c == '-' && len(s) > 1 && isDigit(s[1]):
		n := 1
		for n < len(s) && (isDigit(s[n]) || strings.IndexByte(".eE", s[n]) >= 0 || strings.IndexByte("+-", s[n]) >= 0 && strings.IndexByte("eE", s[n-1]) >= 0) {
			n++
		}
		v, err := strconv.ParseFloat(s[:n], 64)
		if err != nil {
			return token{}, 0, fmt.Errorf("%q is not a number", s[:n])
		}
		return token{kind: number, text: s[:n], value: v}, n, nil
	}
	for _, op := range []string{"==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", "."} {
		if strings.HasPrefix(s, op) {
			return token{kind: symbol, text: op}, len(op), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(s)
	return token{}, 0, fmt.Errorf("did not expect %q", r)
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '$' || c == '_'
}
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// quoted parses a string with JSON's escapes and those of quotes and asterisks.
func quoted(s string) (token, int, error) {
	quote := rune(s[0])
	t := token{kind: str}
	escaped := false
	runes := []rune(s)
	for i := 1; i < len(runes); i++ {
		r := runes[i]
		switch {
		case escaped:
			escaped = false
			switch r {
			case '"', '\'', '\\', '/', '*':
			case 'n':
				r = '\n'
			case 't':
				r = '\t'
			case 'r':
				r = '\r'
			case 'b':
				r = '\b'
			case 'f':
				r = '\f'
			case 'u':
				if i+4 >= len(runes) {
					return t, 0, fmt.Errorf("the escape \\u needs four digits")
				}
				v, err := strconv.ParseUint(string(runes[i+1:i+5]), 16, 16)
				if err != nil {
					return t, 0, fmt.Errorf("the escape \\u needs four digits")
				}
				r = rune(v)
				i += 4
			default:
				return t, 0, fmt.Errorf("\\%c is not an escape", r)
			}
			t.chars = append(t.chars, char{r: r})
		case r == '\\':
			escaped = true
		case r == quote:
			t.text = plain(t.chars)
			return t, len(string(runes[:i+1])), nil
		default:
			t.chars = append(t.chars, char{r: r, wild: r == '*'})
		}
	}
	return t, 0, fmt.Errorf("a string has no end")
}

func plain(chars []char) string {
	var b strings.Builder
	for _, c := range chars {
		b.WriteRune(c.r)
	}
	return b.String()
}

type parser struct {
	tokens []token
	schema schema
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) take() token {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// accept consumes the next token if it is the symbol, and reports whether it did.
func (p *parser) accept(s string) bool {
	if t := p.peek(); t.kind != symbol || t.text != s {
		return false
	}
	p.take()
	return true
}

const maxDepth = 100

// or parses a filter. That && binds tighter than || is an assumption.
func (p *parser) or(depth int) (condition, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the filter is nested too deeply")
	}
	var parts or
	for {
		c, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
		if !p.accept("||") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) and(depth int) (condition, error) {
	var parts and
	for {
		c, err := p.factor(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
		if !p.accept("&&") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) factor(depth int) (condition, error) {
	negated := p.accept("!")
	if !p.accept("(") {
		if negated {
			return nil, fmt.Errorf("! needs parentheses")
		}
		return p.test()
	}
	c, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, fmt.Errorf("expected \")\", found %s", p.peek())
	}
	if negated {
		c = not{c}
	}
	return c, nil
}

func (p *parser) test() (condition, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	c, err := p.schema.test(path)
	if err != nil {
		return nil, err
	}
	op := p.take()
	c.operator = op.text
	if op.kind == name && strings.EqualFold(op.text, "LIKE") {
		c.operator = "LIKE"
	} else if op.kind != symbol || !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, op.text) {
		return nil, fmt.Errorf("expected an operator, found %s", op)
	}
	v := p.take()
	switch {
	case v.kind == str:
		c.value, c.pattern = v.text, v.chars
	case v.kind == number:
		c.value = v.value
	case v.kind == name && (v.text == "true" || v.text == "false"):
		c.value = v.text == "true"
	case v.kind == name && v.text == "null":
	default:
		return nil, fmt.Errorf("expected a value, found %s", v)
	}
	return c, c.check(v)
}

// check returns an error for a comparison that is invalid for every row.
func (c *test) check(v token) error {
	equality := c.operator == "==" || c.operator == "!="
	_, isBool := c.value.(bool)
	switch {
	case c.operator == "LIKE" && v.kind != str, c.operator == "LIKE" && c.kind == date:
		return fmt.Errorf("LIKE is for strings")
	case !equality && (isBool || c.value == nil):
		return fmt.Errorf("%s can only be compared with == and !=", v)
	case c.value == nil || c.kind == custom:
		return nil
	case v.kind != str:
		return fmt.Errorf("%s cannot be compared with %s", c.field, v)
	case c.kind == date:
		t, err := time.Parse(time.RFC3339, v.text)
		if err != nil {
			t, err = time.Parse(time.DateOnly, v.text)
		}
		if c.time = t; err != nil {
			return fmt.Errorf("%s is not a date", v)
		}
	}
	return nil
}

// path parses a property such as channel.name or custom["employment-status"].
func (p *parser) path() ([]string, error) {
	var path []string
	for {
		switch t := p.take(); {
		case t.kind == name && (len(path) > 0 || t.text != "null" && t.text != "true" && t.text != "false"):
			path = append(path, t.text)
		case t.kind == symbol && t.text == "[" && len(path) == 0:
			if err := p.bracket(&path); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("expected a property, found %s", t)
		}
		for p.accept("[") {
			if err := p.bracket(&path); err != nil {
				return nil, err
			}
		}
		if !p.accept(".") {
			return path, nil
		}
	}
}

func (p *parser) bracket(path *[]string) error {
	t := p.take()
	if t.kind != str || !p.accept("]") {
		return fmt.Errorf("expected a string in brackets, found %s", t)
	}
	*path = append(*path, t.text)
	return nil
}

// test returns the test of a field, without operator and value.
func (s schema) test(path []string) (*test, error) {
	last := len(path) - 1
	if k, ok := s[strings.Join(path, ".")]; ok && k != custom {
		return &test{field: strings.Join(path, "."), kind: k}, nil
	}
	if root := strings.Join(path[:last], "."); last > 0 && s[root] == custom {
		return &test{field: root, name: path[last], kind: custom}, nil
	}
	return nil, fmt.Errorf("there is no property %s", strings.Join(path, "."))
}
