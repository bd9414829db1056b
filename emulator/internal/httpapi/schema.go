package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// violation is a rule that a value breaks.
type violation struct {
	rule, detail string
	path         []string // the properties and indices that lead to the value
}

// at adds the property or index that holds the value.
func (v *violation) at(key string) *violation {
	if v != nil {
		v.path = slices.Insert(v.path, 0, key)
	}
	return v
}

func broken(rule, format string, args ...any) *violation {
	return &violation{rule: rule, detail: fmt.Sprintf(format, args...)}
}

// check returns the first rule that a value breaks, nil if there is none. Numbers are
// int64 or json.Number.
func (s *Schema) check(v any) *violation {
	if v == nil && s.Nullable || s.any() && v != nil {
		return nil
	}
	if s.Not != nil && s.Not.check(v) == nil {
		return &violation{rule: "not"}
	}
	if s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(o *Schema) bool { return o.check(v) == nil }) {
		return &violation{rule: "anyOf"}
	}
	if s.Enum != nil {
		if text, ok := v.(string); !ok || !slices.Contains(s.Enum, text) {
			allowed, _ := json.Marshal(s.Enum)
			return broken("enum", "value is not one of the allowed values %s", allowed)
		}
	}
	switch v := v.(type) {
	case nil:
		return broken("nullable", "Value is not nullable")
	case bool:
		return s.ofType("boolean")
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return broken("type", "cannot convert json.Number to float64")
		}
		return s.number(n)
	case int64:
		return s.number(float64(v))
	case string:
		return s.text(v)
	case []any:
		return s.array(v)
	case map[string]any:
		return s.object(v)
	}
	return nil
}

// any reports whether a schema has no rule for a value but null.
func (s *Schema) any() bool {
	return s.Type == "" && s.Not == nil && s.AnyOf == nil && s.Properties == nil
}

// ofType returns a violation if the schema is for another type of value.
func (s *Schema) ofType(have string) *violation {
	if s.Type == "" || s.Type == have {
		return nil
	}
	article := "a"
	if s.Type == "array" || s.Type == "object" || s.Type == "integer" {
		article = "an"
	}
	return broken("type", "value must be %s %s", article, s.Type)
}

func (s *Schema) number(v float64) *violation {
	if s.Type != "integer" {
		return s.ofType("number")
	}
	switch {
	case v != math.Trunc(v):
		return broken("type", "value must be an integer")
	case s.Format != "" && (v < math.MinInt64 || v > math.MaxInt64):
		return s.outside(math.MinInt64, math.MaxInt64)
	case s.Format == "int32" && (v < math.MinInt32 || v > math.MaxInt32):
		return s.outside(math.MinInt32, math.MaxInt32)
	case s.Minimum != nil && v < *s.Minimum:
		return broken("minimum", "number must be at least %g", *s.Minimum)
	case s.Maximum != nil && v > *s.Maximum:
		return broken("maximum", "number must be at most %g", *s.Maximum)
	}
	return nil
}

func (s *Schema) outside(low, high int64) *violation {
	return broken("format", "integer doesn't match the format %q (value should be between %d and %d)", s.Format, low, high)
}

// dateTime is the pattern of a time in RFC 3339.
const dateTime = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`

func (s *Schema) text(v string) *violation {
	if e := s.ofType("string"); e != nil {
		return e
	}
	length := utf8.RuneCountInString(v)
	switch {
	case length < s.MinLength:
		return broken("minLength", "minimum string length is %d", s.MinLength)
	case s.MaxLength != nil && length > *s.MaxLength:
		return broken("maxLength", "maximum string length is %d", *s.MaxLength)
	case s.Pattern != "" && !matches(s.Pattern, v):
		return broken("pattern", `string doesn't match the regular expression "%s"`, s.Pattern)
	case s.Format == "date-time" && !matches(dateTime, v):
		return broken("format", `string doesn't match the format "date-time"`)
	}
	return nil
}

func (s *Schema) array(v []any) *violation {
	if e := s.ofType("array"); e != nil {
		return e
	}
	if s.MaxItems != nil && len(v) > *s.MaxItems {
		return broken("maxItems", "maximum number of items is %d", *s.MaxItems)
	}
	if s.Items == nil {
		return nil
	}
	for i, item := range v {
		if e := s.Items.check(item); e != nil {
			return e.at(strconv.Itoa(i))
		}
	}
	return nil
}

func (s *Schema) object(v map[string]any) *violation {
	if e := s.ofType("object"); e != nil {
		return e
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		property := s.Properties[name]
		if property == nil {
			property = s.Additional.schema
		}
		switch {
		case property != nil:
			if e := property.check(v[name]); e != nil {
				return e.at(name)
			}
		case s.Additional.none:
			return broken("properties", "property %q is unsupported", name)
		}
	}
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return broken("required", "property %q is missing", name).at(name)
		}
	}
	return nil
}
