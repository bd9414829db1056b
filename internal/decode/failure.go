package decode

import "bytes"

// Failure returns the T in the body of a failed call, as far as the body can be read. It
// is for texts and codes that go into an error, so it refuses less than JSON and converts
// nothing: a value of another type than its field's leaves the field empty, a broken
// character becomes U+FFFD, and the first of two members with one name counts. A body that
// is no JSON object gives the zero T.
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
