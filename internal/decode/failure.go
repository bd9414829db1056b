package decode

import "bytes"

// Failure returns the T in the body of a failed call, for the texts and codes of an error. It
// is less strict than JSON and converts nothing: a value of another type leaves its field
// empty, invalid UTF-8 and lone surrogates become U+FFFD, and the first of repeated members
// applies. A body that is not a JSON object gives the zero T.
func Failure[T any, V interface {
	*T
	Value
}](body []byte) T {
	var v T
	body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	r := open(body, false, 0)
	defer r.release()
	r.failure = true
	if r.end(V(&v).DecodeJSON(r, space(body, 0))) != nil {
		return *new(T)
	}
	return v
}
