package transport

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	const date = "Sun, 22 Nov 2026 10:00:00 GMT"
	tests := []struct {
		name   string
		values []string
		want   time.Duration
	}{
		{"none", nil, 0},
		{"seconds", []string{"7"}, 7 * time.Second},
		{"white space", []string{" 7 "}, 7 * time.Second},
		{"date after the answer's own", []string{"Sun, 22 Nov 2026 10:00:30 GMT"}, 30 * time.Second},
		{"date in the past", []string{"Sun, 22 Nov 2026 09:00:00 GMT"}, 0},
		{"zero", []string{"0"}, 0},
		{"negative", []string{"-5"}, 0},
		{"fraction", []string{"1.5"}, 0},
		{"not a number", []string{"NaN"}, 0},
		{"what Webex once sent", []string{"rand(30),add(30)"}, 0},
		{"beyond int64", []string{"99999999999999999999"}, 0},
		{"would overflow a duration", []string{"9223372036854775807"}, 24 * time.Hour},
		{"years", []string{"277403000"}, 24 * time.Hour},
		{"two headers", []string{"1", "2"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := RetryAfter(http.Header{"Retry-After": tt.values, "Date": {date}}); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7", "")
	f.Add("Sun, 22 Nov 2026 10:00:30 GMT", "Sun, 22 Nov 2026 10:00:00 GMT")
	f.Add("rand(30),add(30)", "x")
	f.Fuzz(func(t *testing.T, value, date string) {
		if got := RetryAfter(http.Header{"Retry-After": {value}, "Date": {date}}); got < 0 || got > 24*time.Hour {
			t.Errorf("got %v", got)
		}
	})
}
