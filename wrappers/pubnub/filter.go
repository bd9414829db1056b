package pubnub

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/pattern"
)

// Filter is a condition on the rows of a listing, made by functions such as [Eq] and
// [And] so that no value can change its meaning. A listing takes its [Filter.Param],
// or an expression of the caller's own.
//
// The zero Filter is no condition. A condition that it is part of is zero too, and a
// request with it is refused: a missing filter must not widen a listing.
type Filter struct{ expression string }

// String returns the condition in PubNub's filter language.
func (f Filter) String() string { return f.expression }

// Param returns the condition for the Filter field of a listing's parameters.
func (f Filter) Param() *string { return &f.expression }

// Value is a type that properties compare with. Times are for FieldUpdated and the like.
type Value interface {
	~string | ~bool | ~int | ~int32 | ~int64 | ~float64 | time.Time
}

// Eq holds where a property equals v.
func Eq[V Value](f Field, v V) Filter { return compare(f, "==", literal(v)) }

// Ne holds where a property does not equal v.
func Ne[V Value](f Field, v V) Filter { return compare(f, "!=", literal(v)) }

// Lt holds where a property is below v.
func Lt[V Value](f Field, v V) Filter { return compare(f, "<", literal(v)) }

// Le holds where a property is v or below.
func Le[V Value](f Field, v V) Filter { return compare(f, "<=", literal(v)) }

// Gt holds where a property is above v.
func Gt[V Value](f Field, v V) Filter { return compare(f, ">", literal(v)) }

// Ge holds where a property is v or above.
func Ge[V Value](f Field, v V) Filter { return compare(f, ">=", literal(v)) }

// IsNull holds where a property is not set.
func IsNull(f Field) Filter { return compare(f, "==", "null") }

// In holds where a property equals one of the values.
func In[V Value](f Field, values ...V) Filter {
	conditions := make([]Filter, len(values))
	for i, v := range values {
		conditions[i] = Eq(f, v)
	}
	return Or(conditions...)
}

// HasPrefix holds where a text begins with s, character for character.
func HasPrefix(f Field, s string) Filter { return compare(f, "LIKE", like(escapeLike(s)+"*")) }

// HasSuffix holds where a text ends with s.
func HasSuffix(f Field, s string) Filter { return compare(f, "LIKE", like("*"+escapeLike(s))) }

// Contains holds where s is somewhere in a text.
func Contains(f Field, s string) Filter { return compare(f, "LIKE", like("*"+escapeLike(s)+"*")) }

// Like holds where a text matches a pattern, in which * stands for any number of
// characters. A text that may hold an asterisk of its own belongs in [HasPrefix],
// [HasSuffix] or [Contains].
func Like(f Field, pattern string) Filter {
	return compare(f, "LIKE", like(strings.ReplaceAll(pattern, `\`, `\\`)))
}

// And holds where all conditions hold.
func And(conditions ...Filter) Filter { return join(" && ", conditions) }

// Or holds where at least one condition holds.
func Or(conditions ...Filter) Filter { return join(" || ", conditions) }

// Not holds where a condition does not.
func Not(condition Filter) Filter {
	if condition == (Filter{}) {
		return Filter{}
	}
	return Filter{"!(" + condition.expression + ")"}
}

func join(operator string, conditions []Filter) Filter {
	if len(conditions) == 1 {
		return conditions[0]
	}
	parts := make([]string, len(conditions))
	for i, c := range conditions {
		if c == (Filter{}) {
			return Filter{}
		}
		parts[i] = c.expression
		if strings.Contains(c.expression, "&&") || strings.Contains(c.expression, "||") {
			parts[i] = "(" + c.expression + ")" // their precedence is not documented
		}
	}
	return Filter{strings.Join(parts, operator)}
}

var (
	identifier = pattern.New(`^[A-Za-z$_][A-Za-z0-9$_]*$`)
	reserved   = pattern.New(`(?i)^(like|null|true|false)$`)
	property   = pattern.New(`^[A-Za-z$_][A-Za-z0-9$_]*(\.[A-Za-z$_][A-Za-z0-9$_]*|\["([^"\\]|\\.)*"\])*$`)
)

func compare(f Field, operator, literal string) Filter {
	if literal == "" || !property.MatchString(string(f)) {
		return Filter{}
	}
	return Filter{fmt.Sprintf("%s %s %s", f, operator, literal)}
}

// literal returns a value in the filter language, "" for a NaN or an infinity.
func literal[V Value](v V) string {
	if t, ok := any(v).(time.Time); ok {
		return quote(t.UTC().Format(time.RFC3339Nano))
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return quote(r.String())
	case reflect.Bool:
		return strconv.FormatBool(r.Bool())
	case reflect.Float64:
		if f := r.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return ""
	default:
		return strconv.FormatInt(r.Int(), 10)
	}
}

// quote returns a string literal that matches s alone.
func quote(s string) string { return like(strings.ReplaceAll(s, `\`, `\\`)) }

// like returns a string literal of a pattern: its backslashes and asterisks keep their
// meaning.
func like(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '"':
			b.WriteString(`\"`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[:n]) // invalid UTF-8 too, which the request is refused for
		}
		s = s[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// escapeLike returns the pattern that matches s alone.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`).Replace(s)
}
