// Package phrase writes names and numbers as sentences have them.
package phrase

import (
	"fmt"
	"strconv"
	"strings"
)

// And joins names as a sentence does: "a, b and c".
func And[S ~string](names []S) string { return join(names, " and ") }

// Or joins names as a sentence does: "a, b or c".
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

// Number writes n with commas: "1,000,000".
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Count is "1 member" or "25 members".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Number(int64(n)) + " " + noun
}

// MaxQuoted is how many characters of a name a message shows.
const MaxQuoted = 40

// Quote is a name as a message shows it: a file that is no table has long ones.
func Quote(name string) string {
	if len(name) > MaxQuoted {
		return fmt.Sprintf("%.*q...", MaxQuoted, name)
	}
	return fmt.Sprintf("%q", name)
}
