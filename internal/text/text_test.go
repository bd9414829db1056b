package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// unsafeRanges are the first and last characters of ranges that must not reach a terminal.
var unsafeRanges = [][2]rune{
	{0x00, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
}

func TestUnsafe(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := false
		for _, within := range unsafeRanges {
			want = want || within[0] <= r && r <= within[1]
		}
		if got := Unsafe(r); got != want {
			t.Errorf("%U: got %t, want %t", r, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	for _, tt := range []struct{ in, line, lines string }{
		{"", "", ""},
		{"Zoë 日本語 e\u0301 \u200d", "Zoë 日本語 e\u0301 \u200d", "Zoë 日本語 e\u0301 \u200d"},
		{"a\nb\tc\rd", "a b c d", "a\nb\tc\rd"},
		{"\x1b[31m\u009b31m\x7f", "\ufffd[31m\ufffd31m\ufffd", "\ufffd[31m\ufffd31m\ufffd"},
		{"\x9b31m \xff", "\ufffd31m \ufffd", "\ufffd31m \ufffd"}, // some terminals read these bytes as C1
		{"a\u202eb\u2066c\u200fd\u061ce", "a\ufffdb\ufffdc\ufffdd\ufffde", "a\ufffdb\ufffdc\ufffdd\ufffde"},
		{"a\u2028b\u2029c\u0085d", "a\ufffdb\ufffdc\ufffdd", "a\ufffdb\ufffdc\ufffdd"},
		{"\ufffd", "\ufffd", "\ufffd"},
	} {
		if diff := cmp.Diff([2]string{tt.line, tt.lines}, [2]string{Line(tt.in), Lines(tt.in)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.in, diff)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("\x1b[2J\u009b\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		line, lines := Line(s), Lines(s)
		if !Safe(line) || Line(line) != line {
			t.Errorf("%q becomes %q", s, line)
		}
		if !Safe(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(lines)) || strings.Count(lines, "\n") != strings.Count(s, "\n") {
			t.Errorf("%q becomes %q", s, lines)
		}
		if n := utf8.RuneCountInString(s); utf8.RuneCountInString(line) != n || utf8.RuneCountInString(lines) != n {
			t.Errorf("%q becomes %q", s, line)
		}
	})
}
