package yamldoc

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// json reads a text that is valid JSON. YAML has no pairs of surrogates, which many writers
// of JSON write.
func (p *parser) json(text []byte) *Node {
	r := &jsonReader{parser: p, text: text, seen: p.at(1, 1)}
	return r.value()
}

// jsonReader reads valid JSON.
type jsonReader struct {
	*parser
	text []byte
	next int // the offset of the next byte
	// seen is the place of the byte at the offset to, which place moves up to next.
	seen Position
	to   int
}

// place returns the place of the next byte.
func (r *jsonReader) place() Position {
	for r.to < r.next {
		c, size := utf8.DecodeRune(r.text[r.to:])
		r.seen.Column++
		if c == '\n' {
			r.seen.Line, r.seen.Column = r.seen.Line+1, 1
		}
		r.to += size
	}
	return r.seen
}

// begin skips white space and the signs between values, and returns the byte after them.
func (r *jsonReader) begin() byte {
	for bytes.IndexByte([]byte(" \t\n,:"), r.text[r.next]) >= 0 {
		r.next++
	}
	return r.text[r.next]
}

func (r *jsonReader) value() *Node {
	if r.full {
		return &Node{At: r.seen}
	}
	c := r.begin()
	n := &Node{At: r.place()}
	if !r.count(1, n.At, false) {
		return n
	}
	switch c {
	case '{':
		n.Kind = Mapping
		keys := keys{}
		for r.next++; !r.full && r.begin() != '}'; {
			pair := Pair{r.value(), r.value()}
			if keys.add(r.parser, pair.Key) {
				n.Pairs = append(n.Pairs, pair)
			}
		}
		r.next++
	case '[':
		n.Kind = List
		for r.next++; !r.full && r.begin() != ']'; {
			n.Items = append(n.Items, r.value())
		}
		r.next++
	case '"':
		n.Kind, n.Tag, n.Text = Scalar, TagText, r.string()
	default:
		r.word(n)
	}
	return n
}

// string reads a string.
func (r *jsonReader) string() string {
	at, start, escaped := r.place(), r.next, false
	for r.next++; r.text[r.next] != '"'; r.next++ {
		if r.text[r.next] == '\\' {
			escaped = true
			r.next++
		}
	}
	r.next++
	raw := r.text[start:r.next]
	if !escaped {
		return string(raw[1 : len(raw)-1])
	}
	if half(raw) {
		r.fail(at, "an escape of this text is half of a character")
	}
	var s string
	_ = json.Unmarshal(raw, &s) // the text is valid
	return s
}

// half reports whether a string has a surrogate without its pair.
func half(raw []byte) bool {
	escape := func(at int) rune {
		if at+6 > len(raw) || raw[at] != '\\' || raw[at+1] != 'u' {
			return 0
		}
		c, _ := strconv.ParseUint(string(raw[at+2:at+6]), 16, 16)
		return rune(c)
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if c := escape(i); utf16.IsSurrogate(c) {
			if utf16.DecodeRune(c, escape(i+6)) == utf8.RuneError {
				return true
			}
			i += 6
		}
		i++
	}
	return false
}

// word reads a number, true, false or null.
func (r *jsonReader) word(n *Node) {
	start := r.next
	for r.next < len(r.text) && bytes.IndexByte([]byte(" \t\n,]}"), r.text[r.next]) < 0 {
		r.next++
	}
	word := r.text[start:r.next]
	n.Text = string(word)
	switch {
	case word[0] == 'n':
		n.Tag = tagNull
		return
	case word[0] == 't' || word[0] == 'f':
		n.Tag = TagTruth
	case bytes.ContainsAny(word, ".eE"):
		n.Tag = TagFloat
	default:
		n.Tag = TagNumber
	}
	n.Kind = Scalar
}
