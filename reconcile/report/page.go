package report

import (
	"bufio"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/text"
)

// page writes markup and text. The first error of a write stays in out until its Flush.
type page struct{ out *bufio.Writer }

// markup is a part of a page that this package wrote itself. Constants alone become markup,
// because a conversion of a foreign text would skip its escaping.
type markup string

// raw writes markup as it is.
func (p *page) raw(parts ...markup) {
	for _, m := range parts {
		_, _ = p.out.WriteString(string(m))
	}
}

// number writes a number, which is safe anywhere.
func (p *page) number(n int) { _, _ = p.out.WriteString(strconv.Itoa(n)) }

// text writes a foreign text, for an element or an attribute in quotes.
func (p *page) text(s string) { _, _ = p.out.WriteString(html.EscapeString(visible(s))) }

// The greatest lengths of texts in characters.
const (
	maxName    = 80
	maxAddress = 120
)

// short writes the beginning of a foreign text, in an element of its own if the text could
// turn its neighbors around.
func (p *page) short(s string, most int) {
	turns := strings.ContainsFunc(s, func(r rune) bool { return r >= firstRightToLeft })
	if turns {
		p.raw("<bdi>")
	}
	begin, cut := shorten(s, most)
	p.text(begin)
	if cut {
		p.raw("…")
	}
	if turns {
		p.raw("</bdi>")
	}
}

// firstRightToLeft is the first letter of the scripts from right to left. Characters above
// it may belong to any script.
const firstRightToLeft = 0x590

// title writes the attribute with the whole of a text that short cuts.
func (p *page) title(s string, most int) {
	if _, cut := shorten(s, most); cut {
		p.raw(` title="`)
		p.text(s)
		p.raw(`"`)
	}
}

// shorten returns the first characters of s, and whether s has more.
func shorten(s string, most int) (string, bool) {
	if len(s) <= most {
		return s, false
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// visible returns s with a name in place of every character that no reader would see, such
// as one that turns the direction of text.
func visible(s string) string {
	if !strings.ContainsFunc(s, unseen) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unseen(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unseen reports whether r has an effect without a shape. The joiners are parts of many
// names and emoji, and have neither.
func unseen(r rune) bool {
	const nonJoiner, joiner = 0x200c, 0x200d
	return text.Unsafe(r) || unicode.Is(unicode.Cf, r) && r != nonJoiner && r != joiner
}

// day returns the date of a time in UTC, empty for a zero time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// clock returns a time in UTC to the second.
func clock(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format(time.DateTime) + " UTC"
}
