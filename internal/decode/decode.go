// Package decode decodes the bytes of an answer into a value, strictly. The types in
// generated/ have DecodeJSON methods without reflection, which scripts/decodegen writes and
// which call this package.
package decode

import (
	"errors"
	"fmt"
)

// Value is a type with a generated decoder. DecodeJSON decodes the value at position p into
// a zero value, and returns the position after it. The Reader keeps the first error.
type Value interface{ DecodeJSON(r *Reader, p int) int }

// JSON decodes a whole document into v, a pointer to a zero Value. keepRaw fills the RawJSON
// fields.
//
// Invalid UTF-8 and lone surrogates are errors, as they would change an id silently. So are
// repeated known names and too deep nesting. A value of another type than its field's is an
// error if the field is strict, by the rule in scripts/decodegen. Otherwise JSON converts it
// without loss or leaves it out: the field is empty, and the RawJSON around it is filled even
// without keepRaw. Names match case-sensitively. Unknown names are ignored and may repeat.
// Null leaves a field empty. The content type is ignored: some providers send JSON as
// text/javascript or text/html.
//
// v shares no memory with body, and no two parts of v share memory that can be changed. An
// error names the field and never its content; v is then incomplete.
func JSON(body []byte, v any, keepRaw bool) error { return Page(body, v, keepRaw, 0) }

// Page is JSON for a document with a list. items is the number of items that were requested,
// 0 if unknown; it bounds the memory that is allocated in advance.
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

// Empty reports whether a body holds white space at most.
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
