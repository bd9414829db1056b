package statefile

import (
	"fmt"
	"strings"
	"testing"
)

// large returns a file of 1,000 groups of 100 members, each of whom has an id.
func large() string {
	var people, groups strings.Builder
	for g := range 1000 {
		fmt.Fprintf(&groups, "  group%d:\n    mode: authoritative\n    in: {box: \"%d\"}\n    members:\n", g, g)
		for m := range 100 {
			fmt.Fprintf(&people, "  p%d-%d: {email: p%d-%d@example.com, ids: {box: \"%d%03d\"}}\n", g, m, g, m, g, m)
			fmt.Fprintf(&groups, "      p%d-%d: member\n", g, m)
		}
	}
	return "version: 1\npeople:\n" + people.String() + "groups:\n" + groups.String()
}

// BenchmarkLoad reads 100,000 members.
func BenchmarkLoad(b *testing.B) {
	text := large()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := loadText(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite writes 100,000 members.
func BenchmarkWrite(b *testing.B) {
	d, err := loadText(large())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		written(b, d)
	}
}
