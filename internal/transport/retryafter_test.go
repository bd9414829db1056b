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
		{"fraction", []string{"1.5"}, 2 * time.Second},
		{"a little above", []string{"3.0000000001"}, 4 * time.Second},
		{"a fraction of nothing", []string{"2.000"}, 2 * time.Second},
		{"below one", []string{"0.1"}, time.Second},
		{"no whole part", []string{".5"}, 0},
		{"no fraction behind the dot", []string{"5."}, 0},
		{"below zero with a fraction", []string{"-0.5"}, 0},
		{"an exponent", []string{"1e9"}, 0},
		{"a sign", []string{"+5"}, 0},
		{"leading zeros", []string{"007"}, 7 * time.Second},
		{"not a number", []string{"NaN"}, 0},
		{"infinite", []string{"Infinity"}, 0},
		{"what Webex once sent", []string{"rand(30),add(30)"}, 0},
		{"a day", []string{"86400"}, 24 * time.Hour},
		{"above a day", []string{"86401"}, TooLong},
		{"a day and a fraction", []string{"86400.5"}, TooLong},
		{"twenty digits", []string{"99999999999999999999"}, TooLong},
		{"twenty digits and a fraction", []string{"99999999999999999999.5"}, TooLong},
		{"would overflow a duration", []string{"9223372036854775807"}, TooLong},
		{"a date in years", []string{"Sun, 22 Nov 2099 10:00:00 GMT"}, TooLong},
		{"two headers", []string{"1", "2"}, 2 * time.Second},
		{"two headers, the longer one first", []string{"9", "2"}, 9 * time.Second},
		{"two in one header", []string{"1, 1"}, time.Second},
		{"two that differ in one header", []string{"3,1.5"}, 3 * time.Second},
		{"two, one of them nonsense", []string{"soon", "4"}, 4 * time.Second},
		{"a number and a date", []string{"5", "Sun, 22 Nov 2026 10:00:30 GMT"}, 30 * time.Second},
		{"a number and a date in one header", []string{"5, Sun, 22 Nov 2026 10:00:30 GMT, 7"}, 30 * time.Second},
		{"a date in the past and a number", []string{"Sun, 22 Nov 2026 09:00:00 GMT, 3"}, 3 * time.Second},
		{"a date without a comma", []string{"Sun Nov 22 10:00:08 2026"}, 8 * time.Second},
		{"two, one too long", []string{"1", "99999999999999999999"}, TooLong},
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
	for _, value := range []string{"7", "1.5", "1, 1", "99999999999999999999", "Sun, 22 Nov 2026 10:00:30 GMT", "rand(30),add(30)", "5, Sun, 22 Nov 2026 10:00:30 GMT", "-1", ".", ",", "0.0"} {
		for _, date := range []string{"", "Sun, 22 Nov 2026 10:00:00 GMT", "x"} {
			f.Add(value, date)
		}
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		one := http.Header{"Retry-After": {value}, "Date": {date}}
		got := RetryAfter(one)
		if got < 0 || got > maxRetryAfter && got != TooLong {
			t.Fatalf("got %v", got)
		}
		if _, err := http.ParseTime(date); err != nil {
			return // relative to the clock, which goes on
		}
		// A second header or a second value never makes the wait shorter.
		for _, values := range [][]string{{value, "3"}, {"3", value}, {"3," + value}} {
			if two := RetryAfter(http.Header{"Retry-After": values, "Date": {date}}); two < got || two < 3*time.Second {
				t.Errorf("%q: got %v, and %v alone", values, two, got)
			}
		}
	})
}
