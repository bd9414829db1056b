package box

import (
	"encoding/base64"
	"iter"
	"strconv"
	"strings"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
)

// window is the part of a listing by offset that a request asks for. A limit above the
// cap is lowered, and the answer says to what.
type window struct{ offset, limit int64 }

func windowOf(limit, offset *int64) (window, error) {
	w := window{limit: defaultLimit}
	if limit != nil {
		w.limit = min(*limit, maxLimit)
	}
	if offset != nil {
		w.offset = *offset // the document bounds it from above
	}
	switch {
	case w.limit <= 0:
		return w, badParam("limit", "limit must be above zero")
	case w.offset < 0:
		return w, badParam("offset", "offset must not be below zero")
	}
	return w, nil
}

// cut returns the window's part of a listing, and how long the whole is.
func cut[T any](w window, all iter.Seq[T]) ([]T, int64) {
	out, n := []T{}, int64(0)
	for v := range all {
		if n >= w.offset && n-w.offset < w.limit {
			out = append(out, v)
		}
		n++
	}
	return out, n
}

// A marker holds the number of the user whom the page before ended with.
func encodeMarker(last int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after:" + strconv.FormatInt(last, 10)))
}

func decodeMarker(marker string) (int64, bool) {
	if marker == "" || marker == "0" { // the first page may say so
		return 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(marker)
	rest, ok := strings.CutPrefix(string(b), "after:")
	n, err2 := strconv.ParseInt(rest, 10, 64)
	return n, ok && err == nil && err2 == nil && n > 0
}
