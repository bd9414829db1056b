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

// window is the part of an offset-based list that a request asks for. A limit above the
// maximum is lowered to it, and the response repeats the lowered limit.
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

// cut returns the items in the window, and the total number of items.
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

// A marker contains the number of the last user of the previous page.
func encodeMarker(last int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after:" + strconv.FormatInt(last, 10)))
}

func decodeMarker(marker string) (int64, bool) {
	if marker == "" || marker == "0" { // explicit forms of the first page
		return 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(marker)
	rest, ok := strings.CutPrefix(string(b), "after:")
	n, err2 := strconv.ParseInt(rest, 10, 64)
	return n, ok && err == nil && err2 == nil && n > 0
}
