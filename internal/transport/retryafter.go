package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a server can ask for; a longer wait is a mistake.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads a Retry-After header: seconds, or a date measured against the
// answer's own Date so that clock skew does not matter. What cannot be read,
// what is in the past and a header sent twice count as not sent.
func RetryAfter(h http.Header) time.Duration {
	values := h.Values("Retry-After")
	if len(values) != 1 {
		return 0
	}
	v := strings.TrimSpace(values[0])
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		switch {
		case n <= 0:
			return 0
		case n > int64(maxRetryAfter/time.Second):
			return maxRetryAfter
		}
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
