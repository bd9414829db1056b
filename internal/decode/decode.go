// Package decode turns the bytes of an answer into a value, or says why they are
// not one.
package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// JSON decodes a whole document. Content types are not asked: some services send
// JSON under text/javascript or text/html.
func JSON(body []byte, v any) error {
	first, ok := firstByte(body)
	switch {
	case !ok:
		return errors.New("the body is empty")
	case first == '<':
		return errors.New("the body is HTML or XML, not JSON")
	case first != '{' && first != '[':
		return errors.New("the body is not a JSON object or array")
	case !utf8.Valid(body):
		// encoding/json would replace the bytes, and an id with them.
		return errors.New("the body is not valid UTF-8")
	}
	if err := json.Unmarshal(body, v); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			return fmt.Errorf("the field %s is a %s, which does not fit", te.Field, te.Value)
		}
		var se *json.SyntaxError
		if errors.As(err, &se) {
			return fmt.Errorf("the body is not JSON: %s at byte %d", se.Error(), se.Offset)
		}
		return errors.New("the body does not have the shape it should have")
	}
	return nil
}

// Empty reports whether a body that should be empty is.
func Empty(body []byte) bool {
	_, ok := firstByte(body)
	return !ok
}

func firstByte(body []byte) (byte, bool) {
	for _, c := range body {
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, true
		}
	}
	return 0, false
}
