package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/memberships-go/memberships/internal/nesting"
)

// DecodeJSON reads one JSON value without unknown fields or repeated keys into v.
func DecodeJSON(data []byte, v any) error {
	if err := nesting.Check(data); err != nil {
		return errors.New("the body is nested too deep")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the value")
		}
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return checkKeys(json.NewDecoder(bytes.NewReader(data)))
	case errors.As(err, &wrong):
		return mismatch(wrong)
	case errors.Is(err, io.EOF):
		err = errors.New("the body is empty")
	}
	return errors.New("expected JSON: " + strings.TrimPrefix(err.Error(), "json: "))
}

// mismatch returns the error of a value of another type, without names of Go.
func mismatch(e *json.UnmarshalTypeError) error {
	expected := "an object"
	switch e.Type.Kind() {
	case reflect.String:
		expected = "a string"
	case reflect.Int, reflect.Int64:
		expected = "a whole number"
	case reflect.Bool:
		expected = "true or false"
	case reflect.Slice:
		expected = "a list"
	}
	found, _, _ := strings.Cut(e.Value, " ")
	text := fmt.Sprintf("expected %s, found %s", expected, found)
	if field := e.Field[strings.LastIndex(e.Field, ".")+1:]; field != "" {
		text = field + ": " + text
	}
	return errors.New(text)
}

// checkKeys returns an error for an object that has a key twice. The keys of structs may
// differ in case.
func checkKeys(dec *json.Decoder) error {
	var objects []map[string]bool // the keys of the open objects, nil for a list
	key := false
	for {
		t, err := dec.Token()
		if err != nil {
			return nil //nolint:nilerr // the end of a valid value
		}
		switch text, isText := t.(string); {
		case t == json.Delim('{'), t == json.Delim('['):
			var keys map[string]bool
			if t == json.Delim('{') {
				keys = map[string]bool{}
			}
			objects = append(objects, keys)
		case t == json.Delim('}'), t == json.Delim(']'):
			objects = objects[:len(objects)-1]
		case key && isText:
			name := strings.ToLower(text)
			if objects[len(objects)-1][name] {
				return fmt.Errorf("the key %.100s comes twice", text)
			}
			objects[len(objects)-1][name] = true
			key = false
			continue
		}
		key = len(objects) > 0 && objects[len(objects)-1] != nil
	}
}
