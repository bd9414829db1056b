package decode

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// plain agrees with a loop over the bytes at every position.
func TestPlain(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				b := bytes.Repeat([]byte{'z'}, size)
				b[at] = byte(c)
				want := size
				if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
					want = at
				}
				for from := range at + 1 {
					if got := plain(b, from); got != want {
						t.Fatalf("byte %#x at %d of %d, from %d: got %d, want %d", c, at, size, from, got, want)
					}
				}
				b[size-1] = 0xff // a second one behind it
				if got := plain(b, 0); want != size && got != want {
					t.Fatalf("byte %#x at %d of %d before another: got %d, want %d", c, at, size, got, want)
				}
			}
		}
	}
}

// parseTime agrees with package time about every time it accepts, and accepts usual times.
func TestParseTime(t *testing.T) {
	check := func(s string) bool {
		t.Helper()
		got, ok := parseTime([]byte(s))
		var want time.Time
		if err := want.UnmarshalText([]byte(s)); ok && (err != nil || got != want) {
			t.Fatalf("%s: got %v, want %v, %v", s, got, want, err)
		}
		return ok
	}
	n, taken := 0, 0
	for at := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 3000; at = at.Add(119*time.Hour + 59*time.Minute + 3*time.Second + 1009*time.Microsecond) {
		for _, form := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.999999Z"} {
			n++
			if check(at.Format(form)) {
				taken++
			}
		}
	}
	if taken < n*99/100 {
		t.Errorf("%d of %d usual times were taken", taken, n)
	}
	// Every single wrong byte, and every number outside of the calendar.
	usual := "2026-02-28T23:59:59.123456789Z"
	for i := range usual {
		for c := range 256 {
			b := []byte(usual)
			b[i] = byte(c)
			check(string(b))
		}
	}
	for a := range 100 {
		for b := range 100 {
			check(fmt.Sprintf("2026-%02d-%02dT00:00:00Z", a, b))
			check(fmt.Sprintf("2026-01-01T%02d:%02d:00Z", a, b))
			check(fmt.Sprintf("%02d%02d-03-01T00:00:%02[1]dZ", a, b))
		}
	}
	for i := range usual {
		check(usual[:i] + "Z")
		check(usual[:i])
		check(usual[:i] + "0" + usual[i:])
	}
}

// A Reader in the pool keeps little memory, and nothing of a document.
func TestForget(t *testing.T) {
	r := open([]byte(`{"a\u0062":["x","y"],"c":"z"}`), true, 0)
	o, first, p := r.Object(0, &Type{ID: 3, Names: []string{"ab", "c"}})
	var list []string
	p = r.Strings(p, 2, &list)
	field, p := r.Next(p, &o)
	if first != 0 || field != 1 || len(list) != 2 || r.used == 0 || r.last[2].value == nil {
		t.Fatalf("got field %d, %q and memory of %b", field, list, r.used)
	}
	if _, p = r.String(p, ""); r.end(p+1) != nil {
		t.Fatal(r.end(p + 1))
	}
	small := append(r.words, "x")[:0]
	r.text, r.words = make([]byte, 0, maxKept+1), make([]string, 0, maxKept)
	r.forget()
	if r.words != nil {
		t.Errorf("a released Reader holds room for %d strings", cap(r.words))
	}
	r.words = small
	r.forget()
	if r.buf != nil || r.used != 0 || r.text != nil || r.escaped || r.memory != [MaxTypes]successors{} || r.last != [MaxSlots]repeat{} || r.arena.text.Len() != 0 || r.arena.free != nil {
		t.Errorf("a released Reader holds %+v", r)
	}
	for _, word := range r.words[:cap(r.words)] {
		if word != "" {
			t.Errorf("a released Reader holds %q", word)
		}
	}
}

// A strict field refuses an invalid time; no document has such a field yet.
func TestStrictTime(t *testing.T) {
	for _, body := range []string{`["yesterday"]`, `[1767603600]`, `["2026-02-30T00:00:00Z"]`, `["\u0032026-01-02T03:04:05Z"]`} {
		r := open([]byte(body), false, 0)
		if at, p := r.Time(1); !at.IsZero() || p != len(body) || r.firstErr.wanted != aTime || r.firstErr.at != 1 {
			t.Errorf("%s: got %v at %d, %+v", body, at, p, r.firstErr)
		}
		r.strict, r.firstErr = false, decodeError{}
		if at, p := r.Time(1); !at.IsZero() || p != len(body)-1 || r.firstErr.found || r.Fits(1) {
			t.Errorf("%s, lenient: got %v at %d, %+v", body, at, p, r.firstErr)
		}
		r.release()
	}
}

// whole accepts a number by its value, in any spelling.
func TestWhole(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0.0": 0, "-0.000": 0, "0e5": 0, "0e-5": 0, "0.00e99999999999999999999": 0, "0e-99999999999999999999": 0,
		"1": 1, "-1": -1, "10": 10, "1.0": 1, "1.000": 1, "1e0": 1, "1E+2": 100, "1e-0": 1, "100e-2": 1, "1.5e1": 15, "0.5e1": 5, "0.001e3": 1, "10737418240.0": 10737418240, "1e15": 1e15,
		"9223372036854775807": 9223372036854775807, "-9223372036854775808": -9223372036854775808, "9223372036854775807.0": 9223372036854775807, "92233720368547758.07e2": 9223372036854775807,
		"9007199254740993": 9007199254740993, "9007199254740993.0": 9007199254740993, "900719925474099300e-2": 9007199254740993, "1e18": 1e18, "1e018": 1e18,
		"1" + strings.Repeat("0", 100_000) + "e-100000": 1, "0." + strings.Repeat("0", 100_000) + "1e100001": 1,
	} {
		if got, ok := whole([]byte(text)); !ok || got != want {
			t.Errorf("%.40s: got %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "-", "+1", " 1", "1 ", "01", "-01", "1.", ".1", "1.e1", "1e", "1e+", "e1", "1x", "1e1x", "1.0x", "0x1", "1_0", "NaN", "Infinity", "true", "--1", "1e1.0", "٣",
		"0.1", "1.5", "1e-1", "15e-1", "9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "1e19", "1e400", "1e99999999999999999999", "1e-99999999999999999999", "123456789012345678901234567890",
	} {
		if got, ok := whole([]byte(text)); ok || got != 0 {
			t.Errorf("%q: got %d, %t", text, got, ok)
		}
	}
}
