package decodetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writer writes random documents. Most are valid, and they cover every kind of value.
type writer struct {
	rng    *rand.Rand
	wrong  float64 // the probability of a value of a wrong type or out of range
	odd    float64 // the probability of another type in a lenient field
	pretty bool
	oracle *oracle
	// last is the last text of a type. It is repeated, as rows of a listing repeat their
	// group.
	last map[reflect.Type]string
}

func newWriter(o *oracle, rng *rand.Rand) *writer {
	w := &writer{rng: rng, oracle: o, pretty: rng.IntN(4) == 0, last: map[reflect.Type]string{}}
	if rng.IntN(3) == 0 {
		w.wrong = 0.02
	}
	if rng.IntN(2) == 0 {
		w.odd = 0.1
	}
	return w
}

// chance returns true with probability p.
func (w *writer) chance(p float64) bool { return w.rng.Float64() < p }

func pick[T any](w *writer, of ...T) T { return of[w.rng.IntN(len(of))] }

// document returns a whole answer.
func (w *writer) document(of reflect.Type) []byte {
	return []byte(w.gap() + w.filled(of, 0) + w.gap())
}

// broken returns a document with one or two random edits.
func (w *writer) broken(body []byte) []byte {
	body = bytes.Clone(body)
	for range 1 + w.rng.IntN(2) {
		at := w.rng.IntN(len(body) + 1)
		c := pick(w, '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', 'n', 'u', ' ', '\n', 0, 0x1f, 0x80, 0xff, byte(w.rng.IntN(256)))
		switch n := min(w.rng.IntN(3), len(body)-at); w.rng.IntN(6) {
		case 0:
			body = slices.Delete(body, at, at+n)
		case 1:
			body = slices.Insert(body, at, c)
		case 2:
			body = slices.Insert(body, at, body[at:at+n]...)
		case 3:
			body = body[:at]
		default:
			if n > 0 {
				body[at] = c
			}
		}
	}
	return body
}

// gap returns white space, or "".
func (w *writer) gap() string {
	if !w.pretty {
		return ""
	}
	return pick(w, "", " ", "\n  ", "\t", "\r\n")
}

// value returns a value of a type, null, or a wrong value.
func (w *writer) value(of reflect.Type, depth int) string {
	switch {
	case w.chance(w.wrong):
		return w.any(3)
	case w.chance(0.08):
		return "null"
	case w.last[of] != "" && w.chance(0.4):
		return w.last[of]
	}
	s := w.filled(of, depth)
	w.last[of] = s
	return s
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

// isNullable reports whether a type is a nullable.Nullable.
func isNullable(of reflect.Type) bool {
	return of.Kind() == reflect.Map && of.Key().Kind() == reflect.Bool
}

// filled returns a value of a type.
func (w *writer) filled(of reflect.Type, depth int) string {
	switch {
	case of == timeType:
		return w.time()
	case of == rawType:
		return w.any(3)
	case isNullable(of):
		return w.value(of.Elem(), depth)
	}
	switch of.Kind() {
	case reflect.Pointer:
		return w.value(of.Elem(), depth)
	case reflect.String:
		return w.string()
	case reflect.Bool:
		return pick(w, "true", "false")
	case reflect.Int64:
		return w.integer()
	case reflect.Slice:
		n := w.rng.IntN(4)
		if depth < 2 && w.chance(0.3) {
			n = w.rng.IntN(60)
		}
		return w.list(n, func() string { return w.value(of.Elem(), depth+1) })
	case reflect.Map:
		return w.object(w.rng.IntN(4), func(i int) string {
			return w.member(fmt.Sprintf("%s %d", w.word(), i), w.value(of.Elem(), depth+1))
		})
	case reflect.Struct:
		return w.fields(of, depth)
	}
	panic("there is no document for a " + of.String())
}

// fields returns an object with some of a struct's fields and some unknown names.
func (w *writer) fields(of reflect.Type, depth int) string {
	there := []float64{0.5, 0.9, 1}[w.rng.IntN(3)]
	var members []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		if name != "-" && w.chance(there) {
			value := w.value(of.Field(i).Type, depth+1)
			if w.chance(w.odd) && !w.oracle.field(of, of.Field(i)) {
				value = w.other()
			}
			members = append(members, w.member(name, value))
		}
	}
	for i := range w.rng.IntN(3) {
		members = append(members, w.member(fmt.Sprintf("x-%s %d", w.word(), i), w.any(4)))
	}
	if w.chance(0.3) {
		w.rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	}
	return w.object(len(members), func(i int) string { return members[i] })
}

func (w *writer) list(n int, elem func() string) string {
	elems := make([]string, n)
	for i := range elems {
		elems[i] = w.gap() + elem() + w.gap()
	}
	return "[" + strings.Join(elems, ",") + w.gap() + "]"
}

func (w *writer) object(n int, member func(i int) string) string {
	members := make([]string, n)
	for i := range members {
		members[i] = w.gap() + member(i)
	}
	return "{" + strings.Join(members, ",") + w.gap() + "}"
}

func (w *writer) member(name, value string) string {
	return w.quoted(name, 0.02) + w.gap() + ":" + w.gap() + value + w.gap()
}

// any returns a value of any kind.
func (w *writer) any(depth int) string {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch w.rng.IntN(kinds) {
	case 0:
		return "null"
	case 1:
		return pick(w, "true", "false")
	case 2:
		return w.integer()
	case 3:
		return pick(w, "0.5", "-1e-7", "1E+400", "123456789012345678901234567890", "3.0", "1e2", "-0.0", "0e0")
	case 4:
		return w.string()
	case 5:
		return w.list(w.rng.IntN(4), func() string { return w.any(depth - 1) })
	}
	return w.object(w.rng.IntN(4), func(i int) string {
		return w.member(fmt.Sprintf("%s %d", w.word(), i), w.any(depth-1))
	})
}

// other returns a value of any kind, mostly a scalar that may convert to another one.
func (w *writer) other() string {
	if w.chance(0.3) {
		return w.any(2)
	}
	number := pick(w, w.integer(), "10737418240.0", "1e15", "1E+3", "120e-1", "1.5", "0e400", "-0.0", "9223372036854775807.0", "9223372036854775808", "92233720368547758.07e2", "1e19", "1e400", "-1e-400", "1e2000000", "0e2000000")
	switch w.rng.IntN(3) {
	case 0:
		return number
	case 1:
		return `"` + number + `"`
	}
	return pick(w, "true", "false", `"true"`, `"false"`, `"t\u0072ue"`, `"True"`, `"1"`, `"+1"`, `" 1"`, `"01"`, `"1."`, `".1"`, `"1e"`, `"-"`, `"0x1"`, `""`)
}

func (w *writer) integer() string {
	if w.chance(w.wrong) {
		return pick(w, "1.5", "1e3", "9223372036854775808", "-9223372036854775809", "100000000000000000000")
	}
	return pick(w, "0", "-0", "1", "-1", "42", "1767603600000", "999999999999999999", "1000000000000000000", "9223372036854775807", "-9223372036854775808",
		strconv.FormatInt(w.rng.Int64()>>w.rng.IntN(63), 10))
}

func (w *writer) time() string {
	if w.chance(w.wrong) {
		return w.quoted(pick(w, "", "yesterday", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05",
			"2026-01-02T03:04:60Z", "2026-01-02T3:04:05Z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.Z", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05z", "2026-01-02T03:04:05+25:00", "0000-01-01T00:00:00Z"), 0.1)
	}
	at := time.Unix(w.rng.Int64N(8e9)-2e9, 0).UTC()
	zone := pick(w, "Z", "Z", "Z", "-08:00", "+05:30", "+00:00")
	fraction := pick(w, "", "", ".1", ".123", ".123456", ".123456789", ".1234567891", ".000")
	return `"` + at.Format("2006-01-02T15:04:05") + fraction + zone + `"`
}

func (w *writer) word() string {
	return pick(w, "", "a", "id", "ada@example.com", "Zoë", "日本語", "https://img.example.com/a/b?c=d&e=f", "a \"quoted\" word", `back\slash`, "line\nbreak", "\x00\x1f", "😀", "\u2028",
		"\uFFFD", "null", "spaces/AAAA0000001/members/100000000000000000001", "Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMDAwMDAwMDEtNWMxMi00ZDNi")
}

func (w *writer) string() string {
	s := w.word()
	switch w.rng.IntN(40) {
	case 0:
		s = strings.Repeat(s, w.rng.IntN(200))
	case 1, 2, 3:
		s += w.word() + strconv.Itoa(w.rng.IntN(1000))
	}
	return w.quoted(s, 0.05)
}

// quoted returns a JSON string with the necessary escapes, and some unnecessary ones.
func (w *writer) quoted(s string, escape float64) string {
	var b bytes.Buffer
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n' && w.chance(0.5):
			b.WriteString(`\n`)
		case r == '/' && w.chance(escape):
			b.WriteString(`\/`)
		case r >= 0x10000 && w.chance(0.5):
			fmt.Fprintf(&b, `\u%04x\u%04X`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		case r < ' ' || r < 0x10000 && w.chance(escape):
			fmt.Fprintf(&b, pick(w, `\u%04x`, `\u%04X`), r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
