// Package decode turns the bytes of an answer into a value, or says why they are
// not one.
package decode

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// JSON decodes a whole document, strictly: invalid UTF-8 and lone surrogates, which
// would change an id without a word, are errors, and so are names that come twice.
// Names match in their own case only. Unknown names are left out. Content types are
// not asked: some services send JSON under text/javascript or text/html.
func JSON(body []byte, v any) error {
	first, ok := firstByte(body)
	switch {
	case !ok:
		return errors.New("the body is empty")
	case first == '<':
		return errors.New("the body is HTML or XML, not JSON")
	case first != '{' && first != '[':
		return errors.New("the body is not a JSON object or array")
	}
	err := json.Unmarshal(body, v)
	var wrong *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax): // its text may repeat the body
		return fmt.Errorf("the body is not good JSON at byte %d, %s", syntax.ByteOffset, syntax.JSONPointer)
	case errors.As(err, &wrong):
		return fmt.Errorf("the field %s is a %v, which does not fit", wrong.JSONPointer, wrong.JSONKind)
	}
	return errors.New("the body does not have the shape it should have")
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
