// Package phrase formats names and numbers for sentences.
package phrase

import (
	"fmt"
	"strconv"
	"strings"
)

// And joins names: "a, b and c".
func And[S ~string](names []S) string { return join(names, " and ") }

// Or joins names: "a, b or c".
func Or[S ~string](names []S) string { return join(names, " or ") }

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

// Number formats n with commas: "1,000,000".
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Count formats a number with its noun: "1 member" or "25 members".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Number(int64(n)) + " " + noun
}

// MaxQuoted is the maximum number of characters of a quoted name.
const MaxQuoted = 40

// Quote quotes a name, shortened to MaxQuoted characters, because a file that is no table
// may have long ones.
func Quote(name string) string {
	if len(name) > MaxQuoted {
		return fmt.Sprintf("%.*q...", MaxQuoted, name)
	}
	return fmt.Sprintf("%q", name)
}
