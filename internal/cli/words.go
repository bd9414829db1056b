package cli

import (
	"strconv"
	"strings"
)

// and joins names as a sentence does: "a, b and c".
func and[S ~string](names []S) string { return join(names, " and ") }

// or joins names as a sentence does: "a, b or c".
func or[S ~string](names []S) string { return join(names, " or ") }

func join[S ~string](names []S, last string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(last)
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(n))
	}
	return b.String()
}

// number writes n with commas: "1,000,000".
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// plural is "1 member" or "25 members".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(int64(n)) + " " + noun
}
