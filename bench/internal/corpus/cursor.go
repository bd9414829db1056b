package corpus

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Cursor returns a provider's cursor of the page that begins at a position; "" is the
// first page.
func Cursor(provider string, position int) string {
	n := strconv.Itoa(position)
	switch {
	case position == 0:
		return ""
	case provider == "pubnub":
		return base64.RawURLEncoding.EncodeToString([]byte(n))
	case provider == "googlechat":
		return opaque + n
	}
	return n
}

// opaque is the prefix of Google's cursors, which are long.
const opaque = "CkYKRAoUCgkIABABGAEgASgBEgcIxPjU"

// Position returns the position of a cursor.
func Position(provider, cursor string) (int, error) {
	n, ok := cursor, true
	switch {
	case cursor == "":
		return 0, nil
	case provider == "pubnub":
		b, err := base64.RawURLEncoding.DecodeString(cursor)
		n, ok = string(b), err == nil
	case provider == "googlechat":
		n, ok = strings.CutPrefix(cursor, opaque)
	}
	position, err := strconv.Atoi(n)
	if !ok || err != nil || position < 0 {
		return 0, fmt.Errorf("no page of %s is called %q", provider, cursor)
	}
	return position, nil
}
