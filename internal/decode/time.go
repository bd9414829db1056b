package decode

import "time"

// Time reads a time of RFC 3339. It accepts the texts that [time.Time.UnmarshalText] accepts.
func (r *Reader) Time(p int) (t time.Time, next int) {
	b := r.buf
	if p >= len(b) || b[p] != '"' {
		return t, r.unfit(p, aTime)
	}
	e := plain(b, p+1)
	if e >= len(b) || b[e] != '"' {
		return t, r.unfit(p, aTime)
	}
	t, ok := parseTime(b[p+1 : e])
	if !ok && t.UnmarshalText(b[p+1:e]) != nil {
		return time.Time{}, r.unfit(p, aTime)
	}
	return t, e + 1
}

// parseTime parses the usual form of a time, 2006-01-02T15:04:05.999999Z. ok is false for
// any other form.
func parseTime(s []byte) (t time.Time, ok bool) {
	const form = len("2006-01-02T15:04:05Z")
	if len(s) < form || s[len(s)-1] != 'Z' || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return t, false
	}
	century, bad1 := two(s[0], s[1])
	year, bad2 := two(s[2], s[3])
	month, bad3 := two(s[5], s[6])
	day, bad4 := two(s[8], s[9])
	hour, bad5 := two(s[11], s[12])
	minute, bad6 := two(s[14], s[15])
	second, bad7 := two(s[17], s[18])
	year += century * 100
	if bad1 || bad2 || bad3 || bad4 || bad5 || bad6 || bad7 ||
		year == 0 || month < 1 || month > 12 || day < 1 || day > shortest[month] || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	nanos := int64(0)
	if fraction := s[form-1 : len(s)-1]; len(fraction) > 0 {
		if fraction[0] != '.' || len(fraction) == 1 || len(fraction) > 10 {
			return t, false
		}
		for _, c := range fraction[1:] {
			if c -= '0'; c > 9 {
				return t, false
			}
			nanos = nanos*10 + int64(c)
		}
		for range 10 - len(fraction) {
			nanos *= 10
		}
	}
	days := daysSince1970(year, month, day)
	return time.Unix(((days*24+hour)*60+minute)*60+second, nanos).UTC(), true
}

// shortest is the number of days that a month has in every year.
var shortest = [13]int64{1: 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func two(a, b byte) (n int64, bad bool) {
	a, b = a-'0', b-'0'
	return int64(a)*10 + int64(b), a > 9 || b > 9
}

// daysSince1970 counts days in the Gregorian calendar. Its years begin in March: the leap
// day comes last.
func daysSince1970(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return year*365 + year/4 - year/100 + year/400 + (month*153-457)/5 + day - 719_469
}
