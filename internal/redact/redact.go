// Package redact removes credentials from texts and errors that leave this module.
package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// short is the least length of a credential that is found inside of words too. Providers
// issue longer ones.
const short = 8

// Redactor removes a set of credentials. A nil Redactor removes none. It is safe for
// concurrent use.
type Redactor struct {
	mark    string
	secrets []secret
	blanks  bool // a credential holds a space, which a form writes as "+"
	// leastRun is the least length of a run of base64 that can hold a credential.
	leastRun int
	wide     bool // a credential holds non-ASCII bytes
}

// secret is a credential with its forms.
type secret struct {
	plain  string
	folded []form // nil if the credential is short
}

// New returns a Redactor that replaces credentials by mark. It ignores empty ones.
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
			r.leastRun = 4 // shorter runs match by chance
		}
		r.secrets = append(r.secrets, s)
		r.blanks = r.blanks || strings.Contains(c, " ")
		r.wide = r.wide || strings.ContainsFunc(c, func(c rune) bool { return c >= utf8.RuneSelf })
	}
	return r
}

// Own returns a Redactor for texts of this module. It keeps short credentials, as they may
// be ordinary words.
func (r *Redactor) Own() *Redactor {
	if r == nil {
		return nil
	}
	own := *r
	own.secrets = slices.DeleteFunc(slices.Clone(r.secrets), func(s secret) bool { return s.folded == nil })
	return &own
}

// Text returns s with a mark in place of every credential: in plain text, in other case, in
// percent-encoding, JSON, Go, HTML, JSON pointers, base64 and hexadecimal digits, and in
// nested encodings. Overlapping and adjacent credentials become one mark. The beginning of a
// credential before "..." counts as a cut credential.
//
// A credential of less than short bytes counts only in its own case and between characters
// that are neither letters nor digits: other words may contain it.
func (r *Redactor) Text(s string) string { return r.replace(s, false) }

// Beginning is Text for a text that was cut, perhaps within a credential.
func (r *Redactor) Beginning(s string) string { return r.replace(s, true) }

func (r *Redactor) replace(s string, cut bool) string {
	found := r.find(s, cut)
	if len(found) == 0 {
		return s
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0 // of the part that is written or marked
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

// find returns every span of s that holds a credential, overlapping ones included.
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

// each calls f for every occurrence of part in s, overlapping ones included.
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

// leastCut is the least length of a cut credential that counts.
const leastCut = 6

// appendCut appends the beginnings of a credential before "...", and at the end of a cut
// text, perhaps within an escape.
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

// fold returns s with small ASCII letters, as in host names.
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
