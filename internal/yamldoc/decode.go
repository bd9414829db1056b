package yamldoc

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/phrase"
)

// Decode sets what v points to from a value: structs by the names of their json tags, maps,
// slices, pointers, texts, whole numbers and truth values. A text has every scalar as the
// file has it, a number is decimal, and null leaves a field as it is. Decode returns the
// first mistake, an *Error: a value of another kind, or a key that is no field.
func Decode(n *Node, v any) error {
	if err := decode(n, reflect.ValueOf(v).Elem()); err != nil {
		return err
	}
	return nil
}

// decimal matches a whole number without a sign, a point or a base that a reader could
// overlook.
var decimal = pattern.New(`^-?(0|[1-9][0-9]*)$`)

func decode(n *Node, v reflect.Value) *Error {
	if n.Kind == Null {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(n, v.Elem())
	case reflect.Struct:
		return decodeStruct(n, v)
	case reflect.Map:
		return decodeMap(n, v)
	case reflect.Slice:
		return decodeSlice(n, v)
	case reflect.String:
		if n.Kind != Scalar {
			return expected(n, "a text")
		}
		v.SetString(n.Text)
	case reflect.Bool:
		if n.Kind != Scalar || n.Tag != TagTruth {
			return expected(n, "true or false")
		}
		v.SetBool(strings.EqualFold(n.Text, "true"))
	case reflect.Int, reflect.Int64:
		number, err := strconv.ParseInt(n.Text, 10, v.Type().Bits())
		if n.Kind != Scalar || n.Tag != TagNumber || err != nil || !decimal.MatchString(n.Text) {
			return expected(n, "a whole number")
		}
		v.SetInt(number)
	default:
		panic(fmt.Sprintf("yamldoc: a %s is no value of a file", v.Type()))
	}
	return nil
}

func expected(n *Node, what string) *Error {
	return &Error{At: n.At, Text: fmt.Sprintf("expected %s, found %s", what, n), Bare: "expected " + what}
}

func decodeStruct(n *Node, v reflect.Value) *Error {
	if n.Kind != Mapping {
		return expected(n, "a mapping")
	}
	fields := map[string]int{}
	var names []string
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = i
			names = append(names, name)
		}
	}
	for _, p := range n.Pairs {
		i, ok := fields[p.Key.Text]
		if !ok {
			text := fmt.Sprintf("there is no key %s here%s", phrase.Quote(p.Key.Text), phrase.Meant(p.Key.Text, names, "keys"))
			return &Error{At: p.Key.At, Text: text, Bare: text}
		}
		if err := decode(p.Value, v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(n *Node, v reflect.Value) *Error {
	if n.Kind != Mapping {
		return expected(n, "a mapping")
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Pairs)))
	for _, p := range n.Pairs {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := decode(p.Value, item); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(p.Key.Text), item)
	}
	return nil
}

func decodeSlice(n *Node, v reflect.Value) *Error {
	if n.Kind != List {
		return expected(n, "a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		if err := decode(item, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}
