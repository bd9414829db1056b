package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The bounds of nested encodings and of decoded text: a server may send many levels.
const (
	maxDepth = 4
	maxViews = 64
	maxBytes = 1 << 20 // of all views
)

// view is a text after some decoding.
type view struct {
	text string
	// at is the span of each byte of text in the original; nil for the original itself.
	at []span
	// depth counts the decodings.
	depth int
}

// span returns the span in the original of a part of v.
func (v view) span(from, to int) span {
	if v.at == nil || from >= to {
		return span{from, to}
	}
	s := v.at[from]
	for _, other := range v.at[from+1 : to] {
		s.from, s.to = min(s.from, other.from), max(s.to, other.to)
	}
	return s
}

// views returns the decodings of s, s first.
func (r *Redactor) views(s string) []view {
	all := []view{{text: s}}
	seen := map[string]bool{s: true}
	size := 0
	for i := 0; i < len(all); i++ {
		v := all[i]
		if v.depth == maxDepth {
			continue
		}
		for _, d := range decoders {
			if !strings.ContainsAny(v.text, d.begins) || d.blanks && !r.blanks {
				continue
			}
			next := d.read(r, v)
			if seen[next.text] || next.text == "" {
				continue
			}
			if size += len(next.text); len(all) == maxViews || size > maxBytes {
				return all
			}
			seen[next.text] = true
			next.depth = v.depth + 1
			all = append(all, next)
		}
	}
	return all
}

// decoders decode one encoding each. They copy other text unchanged.
var decoders = []struct {
	begins string // the decoder changes only texts with one of these characters
	blanks bool   // the decoder is for credentials with a space alone
	read   func(*Redactor, view) view
}{
	{begins: "%", read: units('%', percent)},
	{begins: `\`, read: units('\\', backslash)},
	{begins: "&", read: units('&', entity)},
	{begins: "~", read: units('~', pointer)},
	{begins: "+", blanks: true, read: units('+', func(string) (string, int) { return " ", 1 })},
	{begins: letters, read: func(r *Redactor, v view) view { return r.unbase64(v, 0) }},
	{begins: letters, read: func(r *Redactor, v view) view { return r.unbase64(v, 1) }},
	{begins: letters, read: func(r *Redactor, v view) view { return r.unbase64(v, 2) }},
	{begins: letters, read: func(r *Redactor, v view) view { return r.unbase64(v, 3) }},
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

// units returns a decoder of escapes that begin with a character. read decodes the escape at
// the beginning of a text, and returns its length, 0 for none.
func units(begin byte, read func(string) (string, int)) func(*Redactor, view) view {
	return func(_ *Redactor, v view) view {
		b := builder{at: make([]span, 0, len(v.text))}
		for i := 0; i < len(v.text); {
			next := strings.IndexByte(v.text[i:], begin)
			if next < 0 {
				next = len(v.text) - i
			}
			b.copy(v, i, i+next)
			if i += next; i == len(v.text) {
				break
			}
			text, n := read(v.text[i:])
			if n == 0 {
				b.copy(v, i, i+1)
				i++
				continue
			}
			b.add(text, v.span(i, i+n))
			i += n
		}
		return b.view()
	}
}

// builder makes a view.
type builder struct {
	text strings.Builder
	at   []span
}

func (b *builder) add(text string, at span) {
	b.text.WriteString(text)
	for range len(text) {
		b.at = append(b.at, at)
	}
}

// copy adds a part of a view unchanged.
func (b *builder) copy(v view, from, to int) {
	b.text.WriteString(v.text[from:to])
	if v.at != nil {
		b.at = append(b.at, v.at[from:to]...)
		return
	}
	for i := from; i < to; i++ {
		b.at = append(b.at, span{i, i + 1})
	}
}

func (b *builder) view() view { return view{text: b.text.String(), at: b.at} }

func hexAt(s string, from, digits int) (uint64, bool) {
	if len(s) < from+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(s[from:from+digits], 16, 32)
	return n, err == nil
}

func percent(s string) (string, int) {
	if n, ok := hexAt(s, 1, 2); ok {
		return string([]byte{byte(n)}), 3
	}
	return "", 0
}

// backslash decodes an escape of JSON or Go, octal ones included.
func backslash(s string) (string, int) {
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case 'u':
		n, ok := hexAt(s, 2, 4)
		if !ok {
			return "", 0
		}
		if low, ok := hexAt(s, 8, 4); ok && s[6:8] == `\u` {
			if c := utf16.DecodeRune(rune(n), rune(low)); c != utf8.RuneError {
				return string(c), 12
			}
		}
		return string(rune(n)), 6
	case 'U':
		if n, ok := hexAt(s, 2, 8); ok {
			return string(rune(n)), 10
		}
	case 'x':
		if n, ok := hexAt(s, 2, 2); ok {
			return string([]byte{byte(n)}), 4
		}
	}
	if len(s) >= 4 {
		if n, err := strconv.ParseUint(s[1:4], 8, 8); err == nil {
			return string([]byte{byte(n)}), 4
		}
	}
	if i := strings.IndexByte("abfnrtv", s[1]); i >= 0 {
		return "\a\b\f\n\r\t\v"[i : i+1], 2
	}
	return s[1:2], 2
}

// entity decodes an escape of HTML.
func entity(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 0 {
		return "", 0
	}
	text := html.UnescapeString(s[:end+1])
	if text == s[:end+1] {
		return "", 0
	}
	return text, end + 1
}

// pointer decodes an escape of a JSON pointer.
func pointer(s string) (string, int) {
	switch {
	case strings.HasPrefix(s, "~0"):
		return "~", 2
	case strings.HasPrefix(s, "~1"):
		return "/", 2
	}
	return "", 0
}

// leastText is the least length of a text in a part of a run; shorter ones occur by chance.
const leastText = short

// unbase64 decodes runs of base64 from their character shift on: the text may be encoded
// with another text before it, and other characters may touch the run. Line breaks do not
// end a run.
func (r *Redactor) unbase64(v view, shift int) view {
	var b builder
	run := make([]int, 0, 128) // the positions of the characters
	for i := 0; i <= len(v.text); i++ {
		if i < len(v.text) {
			switch c := v.text[i]; {
			case sextets[c] >= 0:
				run = append(run, i)
				continue
			case c == '\r' || c == '\n':
				continue
			}
		}
		if len(run) >= r.leastRun+shift {
			r.unrun(&b, v, run[shift:], shift == 0)
		}
		run = run[:0]
	}
	return b.view()
}

// unrun adds the texts of a run. A text shorter than leastText counts only if it is the
// whole run.
func (r *Redactor) unrun(b *builder, v view, run []int, whole bool) {
	text := make([]byte, 0, len(run))
	first := 0 // the index in run of the first character of text
	keep := func(end int) {
		if len(text) >= leastText || whole && len(text) == len(run)*6/8 {
			if len(b.at) > 0 {
				b.add("\x00", span{})
			}
			b.text.Write(text)
			for i := first; i < end; i++ {
				if i%4 != 3 {
					one, two := v.span(run[i], run[i]+1), v.span(run[i+1], run[i+1]+1)
					b.at = append(b.at, span{min(one.from, two.from), max(one.to, two.to)})
				}
			}
		}
		text, first = text[:0], end+1
	}
	for i := 0; i+1 < len(run); i++ {
		if i%4 == 3 {
			continue
		}
		high, low := sextets[v.text[run[i]]], sextets[v.text[run[i+1]]]
		c := byte(high)<<(2+2*(i%4)) | byte(low)>>(4-2*(i%4))
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f || c > 0x7f && !r.wide {
			keep(i)
			continue
		}
		text = append(text, c)
	}
	keep(len(run) - 1)
}
