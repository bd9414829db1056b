package decodetest

import (
	"encoding/json"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// oracle rewrites a document for encoding/json. It converts lenient fields of another type
// and leaves out a field that it cannot convert. It reads the strict
// fields from the OpenAPI document, and shares no code with the decoders and their generator.
type oracle struct {
	schemas map[string]schema
	answers map[string]bool
	held    map[reflect.Type]bool // the results of holds
}

type schema struct {
	Ref        string `json:"$ref"`
	Strict     string `json:"x-strict"`
	Properties map[string]schema
}

func newOracle(t testing.TB, spec string, answers []reflect.Type) *oracle {
	t.Helper()
	text, err := os.ReadFile(spec)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct{ Schemas map[string]schema }
	}
	if err := yamldoc.Read(spec, text, &doc); err != nil {
		t.Fatal(err)
	}
	o := &oracle{doc.Components.Schemas, map[string]bool{}, map[reflect.Type]bool{}}
	for _, of := range answers {
		o.answers[of.Name()] = true
	}
	return o
}

// field reports whether a field of a struct is strict, as the document marks it.
func (o *oracle) field(of reflect.Type, f reflect.StructField) bool {
	property := o.schemas[of.Name()].Properties[jsonName(f)]
	_, to, _ := strings.Cut(property.Ref, "#/components/schemas/")
	return property.Strict != "" || o.schemas[to].Strict != "" || o.holds(f.Type)
}

// holds reports whether a type has a strict field somewhere in it.
func (o *oracle) holds(of reflect.Type) bool {
	switch {
	case of == timeType || of == rawType:
		return false
	case of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map:
		return o.holds(of.Elem())
	case of.Kind() != reflect.Struct:
		return false
	}
	held, known := o.held[of]
	for i := 0; !known && !held && i < of.NumField(); i++ {
		held = o.field(of, of.Field(i))
	}
	o.held[of] = held
	return held
}

// hasLenient reports whether a type has a lenient field somewhere in it.
func (o *oracle) hasLenient(of reflect.Type) bool {
	for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of == timeType {
		return false
	}
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type != rawType && !o.field(of, f) || o.hasLenient(f.Type) {
			return true
		}
	}
	return false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// rewritten returns a document for encoding/json, and the number of values left out.
func (o *oracle) rewritten(of reflect.Type, body []byte) (_ []byte, lost int) {
	if !json.Valid(body) {
		return body, 0
	}
	body = []byte(strings.TrimSpace(string(body)))
	return o.value(of, true, body, &lost), lost
}

// value returns a value in the form of its type, nil if it is left out.
func (o *oracle) value(of reflect.Type, strict bool, raw json.RawMessage, lost *int) json.RawMessage {
	begins := raw[0]
	switch {
	case begins == 'n' || of == rawType:
		return raw
	case of.Kind() == reflect.Pointer, isNullable(of):
		return o.value(of.Elem(), strict, raw, lost)
	case of.Kind() == reflect.Struct && of != timeType:
		return o.fields(of, raw, lost)
	case of.Kind() == reflect.Slice && begins == '[':
		var elems []json.RawMessage
		must(json.Unmarshal(raw, &elems))
		parts := make([]string, len(elems))
		for i, elem := range elems {
			parts[i] = orNull(o.value(of.Elem(), strict, elem, lost))
		}
		return json.RawMessage("[" + strings.Join(parts, ",") + "]")
	case of.Kind() == reflect.Map && begins == '{':
		var members map[string]json.RawMessage
		must(json.Unmarshal(raw, &members))
		var parts []string
		for name, member := range members {
			parts = append(parts, quote(name)+":"+orNull(o.value(of.Elem(), strict, member, lost)))
		}
		return json.RawMessage("{" + strings.Join(parts, ",") + "}")
	case strict:
		return raw
	}
	if out := converted(of, raw); out != "" {
		return json.RawMessage(out)
	}
	*lost++
	return nil
}

// fields returns an object in the form of its struct, nil if it is left out.
func (o *oracle) fields(of reflect.Type, raw json.RawMessage, lost *int) json.RawMessage {
	switch {
	case raw[0] == '{':
	case o.holds(of) || o.answers[of.Name()]:
		return raw
	default:
		*lost++
		return nil
	}
	var members map[string]json.RawMessage
	must(json.Unmarshal(raw, &members))
	var parts []string
	for i := range of.NumField() {
		f := of.Field(i)
		member, ok := members[jsonName(f)]
		if !ok {
			continue
		}
		if out := o.value(f.Type, o.field(of, f), member, lost); out != nil {
			parts = append(parts, quote(jsonName(f))+":"+string(out))
		}
	}
	return json.RawMessage("{" + strings.Join(parts, ",") + "}")
}

// converted returns a scalar in the form of its type, "" if it cannot be converted.
func converted(of reflect.Type, raw json.RawMessage) string {
	text, isText := "", raw[0] == '"'
	if isText {
		must(json.Unmarshal(raw, &text))
	}
	isScalar := raw[0] != '{' && raw[0] != '['
	switch {
	case of == timeType:
		if isText && json.Unmarshal(raw, new(time.Time)) == nil {
			return string(raw)
		}
	case of.Kind() == reflect.String && isText:
		return string(raw)
	case of.Kind() == reflect.String && isScalar:
		return quote(string(raw))
	case of.Kind() == reflect.Bool && isText && (text == "true" || text == "false"):
		return text
	case of.Kind() == reflect.Bool && (raw[0] == 't' || raw[0] == 'f'):
		return string(raw)
	case of.Kind() == reflect.Int64 && isText:
		return integer(text)
	case of.Kind() == reflect.Int64 && isScalar:
		return integer(string(raw))
	}
	return ""
}

// integer returns a JSON number as an integer, "" if it is not one.
func integer(text string) string {
	if text == "" || !json.Valid([]byte(text)) || strings.IndexByte("-0123456789", text[0]) < 0 || strings.TrimSpace(text) != text {
		return ""
	}
	if strings.Trim(strings.ToLower(text), "-0.") == "" || strings.HasPrefix(strings.TrimLeft(strings.ToLower(text), "-0."), "e") {
		return "0"
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok || !n.IsInt() || !n.Num().IsInt64() {
		return ""
	}
	return n.Num().String()
}

func orNull(raw json.RawMessage) string {
	if raw == nil {
		return "null"
	}
	return string(raw)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	must(err)
	return string(b)
}

func must(err error) {
	if err != nil {
		panic(err) // the document is known to be JSON
	}
}
