package decode

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// decodeError is the first error of a document. Reading records its position only; err derives
// the field and the kind of the value from it.
type decodeError struct {
	found  bool
	wanted string // the expected kind of value; "" for invalid JSON
	at     int
}

// bad records invalid JSON at a position. It returns the end of the document.
func (r *Reader) bad(at int) int { return r.stop(decodeError{found: true, at: at}) }

// Misfit records that the value at a position is not of the wanted kind, such as "an
// object". It returns the end of the document.
func (r *Reader) Misfit(at int, wanted string) int {
	return r.stop(decodeError{found: true, wanted: wanted, at: at})
}

// stop records the first error, and returns the end of the document, where every read
// ends.
func (r *Reader) stop(f decodeError) int {
	if !r.firstErr.found {
		r.firstErr = f
	}
	return len(r.buf)
}

// err returns the error as a Go error, nil for none. It quotes names of the document,
// and no values.
func (f decodeError) err(body []byte) error {
	if !f.found {
		return nil
	}
	where := pointer(body, f.at)
	kind := ""
	if f.wanted != "" && f.at < len(body) {
		kind = kinds[body[f.at]]
	}
	switch {
	case kind != "" && where == "":
		return fmt.Errorf("the body is %s where %s is expected", kind, f.wanted)
	case kind != "":
		return fmt.Errorf("the field %s is %s where %s is expected", where, kind, f.wanted)
	}
	return fmt.Errorf("the body is not good JSON at byte %d, %s", f.at, where)
}

// The kinds of values of fields.
const (
	anObject  = "an object"
	anArray   = "an array"
	aString   = "a string"
	aBoolean  = "a boolean"
	anInteger = "an integer of 64 bits"
	aTime     = "a time of RFC 3339"
)

var kinds = [256]string{
	'"': aString, '{': anObject, '[': anArray, 't': aBoolean, 'f': aBoolean, 'n': "a null",
	'-': "a number", '0': "a number", '1': "a number", '2': "a number", '3': "a number", '4': "a number",
	'5': "a number", '6': "a number", '7': "a number", '8': "a number", '9': "a number",
}

// maxPointer is the largest length of a pointer.
const maxPointer = 512

// pointer returns the JSON pointer (RFC 6901) of a position, before which the document is
// valid. It keeps the escapes of names.
func pointer(body []byte, at int) string {
	type level struct {
		name  []byte // of a member; nil before the first
		index int    // of an element; -1 in an object
		named bool   // a string would be a value and not a name
	}
	var path []level
	for i := 0; i < at && i < len(body); i++ {
		top := len(path) - 1
		switch body[i] {
		case '{':
			path = append(path, level{index: -1})
		case '[':
			path = append(path, level{})
		case '}', ']':
			path = path[:max(top, 0)]
		case ',':
			if top >= 0 && path[top].index >= 0 {
				path[top].index++
			} else if top >= 0 {
				path[top].named = false
			}
		case '"':
			end := i + 1
			for end < at && end < len(body) && body[end] != '"' {
				if body[end] == '\\' {
					end++
				}
				end++
			}
			if top >= 0 && path[top].index < 0 && !path[top].named && end < at {
				path[top].name, path[top].named = body[i+1:end], true
			}
			i = end
		}
	}
	var b strings.Builder
	for _, l := range path {
		switch {
		case l.index >= 0:
			b.WriteString("/" + strconv.Itoa(l.index))
		case l.name != nil:
			b.WriteByte('/')
			b.Write(bytes.ReplaceAll(bytes.ReplaceAll(l.name, []byte("~"), []byte("~0")), []byte("/"), []byte("~1")))
		}
		if b.Len() > maxPointer {
			return b.String()[:maxPointer] + "..."
		}
	}
	return b.String()
}
