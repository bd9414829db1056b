// Package decode turns the bytes of an answer into a value, or says why they are
// not one. The types that generated/ makes of the documents read themselves, without
// reflection, by what scripts/decodegen writes for them; this package is what that
// code calls.
package decode

import (
	"errors"
	"fmt"
)

// Value is a type that reads itself. DecodeJSON is called with a zero value and the
// position where it begins, and returns the one behind it; what goes wrong stands in the
// Reader.
type Value interface{ DecodeJSON(r *Reader, p int) int }

// JSON decodes a whole document into v, a *T that is a Value and zero. keepRaw fills
// the RawJSON fields that are in it.
//
// It is strict about JSON: invalid UTF-8 and lone surrogates, which would change an id
// without a word, are errors, and so are known names that come twice and nesting without
// end. A value of another type than its field's is one where the field is strict, by the
// rule in scripts/decodegen. Elsewhere it is converted if that loses nothing, or left
// out: the field is empty, and the RawJSON around it is filled without being asked for.
// Names match in their own case only. Unknown names are left out and may come twice.
// Null leaves a field as it is, empty. Content types are not asked: some services send
// JSON under text/javascript or text/html.
//
// Nothing in v shares memory with body, and no two parts of v with each other. An error
// names the field and never its content; v is then incomplete.
func JSON(body []byte, v any, keepRaw bool) error { return Page(body, v, keepRaw, 0) }

// Page is JSON for a document with a list that was asked for with so many items, 0 if
// nobody knows: there will be room for no more than that unless more come.
func Page(body []byte, v any, keepRaw bool, items int) error {
	first, ok := firstByte(body)
	switch {
	case !ok:
		return errors.New("the body is empty")
	case first == '<':
		return errors.New("the body is HTML or XML, not JSON")
	case first != '{' && first != '[':
		return errors.New("the body is not a JSON object or array")
	}
	value, ok := v.(Value)
	if !ok {
		return fmt.Errorf("a %T cannot be read: it has no method DecodeJSON", v)
	}
	r := open(body, keepRaw, items)
	defer r.release()
	return r.end(value.DecodeJSON(r, space(body, 0)))
}

// Empty reports whether a body that should be empty is.
func Empty(body []byte) bool {
	_, ok := firstByte(body)
	return !ok
}

func firstByte(body []byte) (byte, bool) {
	if i := space(body, 0); i < len(body) {
		return body[i], true
	}
	return 0, false
}
