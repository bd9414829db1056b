package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that a server can ask for, and the largest value of
// option.WithMaxRetryAfter.
const maxRetryAfter = 24 * time.Hour

// TooLong stands for every wait above maxRetryAfter. No call waits that long.
const TooLong = maxRetryAfter + time.Second

// RetryAfter returns the wait that Retry-After headers ask for. Fractions of seconds are
// rounded up; a date is relative to the answer's own Date, which removes clock skew. The
// longest of several values counts, as an early retry is the worse mistake. A malformed or
// past value is 0, one above a day TooLong.
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
			if !ok { // asctime dates have no comma
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

// seconds parses a decimal number of seconds and rounds it up.
func seconds(s string) (time.Duration, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > int64(maxRetryAfter/time.Second) { // the only error left is an overflow
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

// until parses a date and returns the time until then.
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
