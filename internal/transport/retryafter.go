package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a server can ask for, and what option.WithMaxRetryAfter takes.
const maxRetryAfter = 24 * time.Hour

// TooLong stands for every wait above maxRetryAfter. No call waits so long.
const TooLong = maxRetryAfter + time.Second

// RetryAfter reads Retry-After headers: seconds, whose fractions are rounded up, or a date
// measured against the answer's own Date so that clock skew does not matter. Of several,
// in one header or more, the longest counts: to come too early is the worse mistake. A
// value that cannot be read or is in the past counts as not sent, one above a day is
// TooLong.
func RetryAfter(h http.Header) time.Duration {
	values := h.Values("Retry-After")
	if len(values) == 0 {
		return 0
	}
	longest := time.Duration(0)
	for _, v := range values {
		parts := strings.Split(v, ",")
		for i, part := range parts {
			wait, ok := seconds(strings.TrimSpace(part))
			if !ok && i+1 < len(parts) { // a date has a comma behind its weekday
				wait, ok = until(h, part+","+parts[i+1])
			}
			if !ok { // of the form that has none
				wait, _ = until(h, part)
			}
			longest = max(longest, wait)
		}
	}
	if longest > maxRetryAfter {
		return TooLong
	}
	return longest
}

// seconds reads a decimal number and rounds it up.
func seconds(s string) (time.Duration, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > int64(maxRetryAfter/time.Second) { // an error is more digits than a number has
		return TooLong, true
	}
	if strings.Trim(fraction, "0") != "" {
		n++
	}
	return time.Duration(n) * time.Second, true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// until reads a date.
func until(h http.Header, s string) (time.Duration, bool) {
	at, err := http.ParseTime(strings.TrimSpace(s))
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(at.Sub(now), 0), true
}
