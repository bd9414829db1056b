package phrase

import "strings"

// Distance returns the number of edits between two words. An edit inserts, deletes or
// replaces a letter, or swaps two neighbours.
func Distance(a, b string) int {
	before, last, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row = append([]int{i}, row[1:]...)
		for j := 1; j <= len(b); j++ {
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}

// Meant returns the end of a sentence about an unknown name: the name that it probably
// misspells, or all names.
func Meant(text string, names []string, plural string) string {
	if near := Nearest(text, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; the " + plural + " are " + And(names)
}

// Nearest returns the name that text most likely misspells, "" if there is none. Names are
// in lower case.
func Nearest(text string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if len(text)-len(name) > least || len(name)-len(text) > least {
			continue
		}
		if d := Distance(strings.ToLower(text), name); d < least && d < len(name)-1 || d == least && name < best {
			best, least = name, d
		}
	}
	return best
}
