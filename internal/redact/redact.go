// Package redact takes credentials out of what leaves this module: texts, and errors with
// all that is below them.
package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// short is the length from which a credential is found inside of words too. Credentials
// that providers give out are longer.
const short = 8

// Redactor takes out some credentials. A nil one takes out none.
type Redactor struct {
	mark    string
	secrets []secret
	blanks  bool // a credential holds one, which a form writes as "+"
	// leastRun is the length from which a run of base64 can hold one of them.
	leastRun int
	wide     bool // a credential holds other bytes than those of ASCII
}

// secret is a credential with its encodings that are looked for as they are.
type secret struct {
	plain  string
	folded []form // nil if the credential is short
}

// New returns a Redactor that puts mark in the place of credentials. Empty ones do not
// count.
func New(mark string, credentials ...string) *Redactor {
	r := &Redactor{mark: mark, leastRun: (8*short + 5) / 6}
	slices.Sort(credentials)
	for _, c := range slices.Compact(credentials) {
		if c == "" {
			continue
		}
		s := secret{plain: c}
		if len(c) >= short {
			s.folded = forms(c)
		} else {
			r.leastRun = 4 // less is chance
		}
		r.secrets = append(r.secrets, s)
		r.blanks = r.blanks || strings.Contains(c, " ")
		r.wide = r.wide || strings.ContainsFunc(c, func(c rune) bool { return c >= utf8.RuneSelf })
	}
	return r
}

// Own returns a Redactor for words of this module, which a short credential may have in
// common with them: it takes out the others.
func (r *Redactor) Own() *Redactor {
	if r == nil {
		return nil
	}
	own := *r
	own.secrets = slices.DeleteFunc(slices.Clone(r.secrets), func(s secret) bool { return s.folded == nil })
	return &own
}

// Text returns s with a mark in place of every credential: as it is, in other case, and
// as percent-encoding, JSON, Go, HTML, JSON pointers, base64 and hexadecimal digits write
// it, one inside of another too. What overlaps or touches becomes one mark: no credential
// is found in a mark, or hides a part of another. A beginning of a credential in front of
// "..." is taken for one that was cut.
//
// A credential of less than short bytes counts only in its own case, and where neither a
// letter nor a digit is next to it: as the value that somebody repeats, and not as the
// letters that other words have in common with it.
func (r *Redactor) Text(s string) string { return r.replace(s, false) }

// Beginning is Text for the beginning of a text, whose end may cut a credential in two.
func (r *Redactor) Beginning(s string) string { return r.replace(s, true) }

func (r *Redactor) replace(s string, cut bool) string {
	found := r.find(s, cut)
	if len(found) == 0 {
		return s
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0 // of what is written, or has a mark
	for i, m := range found {
		if i == 0 || m.from > end {
			b.WriteString(s[end:m.from])
			b.WriteString(r.mark)
		}
		end = max(end, m.to)
	}
	b.WriteString(s[end:])
	return b.String()
}

// shows reports whether a text holds a credential.
func (r *Redactor) shows(s string) bool { return len(r.find(s, false)) > 0 }

// span is a part of a text.
type span struct{ from, to int }

// find returns every place of s where a credential stands, overlapping ones included.
func (r *Redactor) find(s string, cut bool) (found []span) {
	if r == nil || len(r.secrets) == 0 || s == "" {
		return nil
	}
	for _, v := range r.views(s) {
		folded := fold(v.text)
		for _, secret := range r.secrets {
			if secret.folded == nil {
				each(v.text, secret.plain, func(from, to int) {
					if alone(v.text, from, to) {
						found = append(found, v.span(from, to))
					}
				})
				continue
			}
			for _, f := range secret.folded {
				each(folded, f.text, func(from, to int) {
					found = append(found, v.span(f.whole(folded, from, to)))
				})
			}
			found = appendCut(found, v, folded, fold(secret.plain), cut)
		}
	}
	return found
}

// each calls f for every place where part stands in s, overlapping ones included.
func each(s, part string, f func(from, to int)) {
	for from := 0; ; from++ {
		i := strings.Index(s[from:], part)
		if i < 0 {
			return
		}
		from += i
		f(from, from+len(part))
	}
}

// leastCut is how much of a credential that was cut counts.
const leastCut = 6

// appendCut adds the beginnings of a credential in front of "...", and at the end of a
// text that was cut itself, perhaps in the middle of an escape.
func appendCut(found []span, v view, s, secret string, cut bool) []span {
	each(s, secret[:leastCut], func(from, _ int) {
		end := from
		for end < len(s) && end-from < len(secret) && s[end] == secret[end-from] {
			end++
		}
		rest := s[end:]
		if strings.HasPrefix(rest, "...") || cut && (rest == "" || len(rest) < 10 && strings.IndexByte(`%\&`, rest[0]) >= 0) {
			found = append(found, v.span(from, end))
		}
	})
	return found
}

// alone reports whether s[from:to] is a word of its own.
func alone(s string, from, to int) bool {
	next, _ := utf8.DecodeRuneInString(s[to:])
	last, _ := utf8.DecodeLastRuneInString(s[:from])
	return !inWord(next) && !inWord(last)
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// fold is s with the ASCII letters small, as hosts have them.
func fold(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
