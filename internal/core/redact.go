package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/config"
)

// redacted stands where a credential of the client was.
const redacted = "[redacted]"

// shortSecret is the length from which a credential is found inside of words too.
// Credentials that providers give out are longer.
const shortSecret = 8

// redact returns s with a mark in place of every credential, as it is or as URLs and JSON
// write it. All of them are looked for in s itself, and what overlaps or touches becomes
// one mark: no credential is found in a mark, or hides a part of another.
//
// A credential of less than shortSecret bytes counts only where neither a letter nor a
// digit is next to it: as the value that somebody repeats, and not as the letters that
// other words have in common with it.
func redact(s, mark string, secrets []string) string {
	var found []span
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, form := range forms(secret) {
			found = appendMatches(found, s, form, len(secret) < shortSecret)
		}
	}
	if len(found) == 0 {
		return s
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0 // of what is written, or has a mark
	for i, m := range found {
		if i == 0 || m.from > end {
			b.WriteString(s[end:m.from])
			b.WriteString(mark)
		}
		end = max(end, m.to)
	}
	b.WriteString(s[end:])
	return b.String()
}

// span is a part of a text.
type span struct{ from, to int }

// appendMatches adds every place where form stands in s, overlapping ones included.
func appendMatches(found []span, s, form string, short bool) []span {
	for from := 0; ; {
		i := strings.Index(s[from:], form)
		if i < 0 {
			return found
		}
		i += from
		if !short || alone(s, i, i+len(form)) {
			found = append(found, span{i, i + len(form)})
		}
		from = i + 1
	}
}

// alone reports whether s[from:to] is a word of its own. An escape of a URL or of JSON
// before it belongs to no word.
func alone(s string, from, to int) bool {
	next, _ := utf8.DecodeRuneInString(s[to:])
	if inWord(next) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(s[:from])
	return !inWord(last) || afterEscape(s[:from])
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// afterEscape reports whether s ends with %XX, \uXXXX or \n and the like.
func afterEscape(s string) bool {
	hex := func(digits string) bool {
		return strings.Trim(digits, "0123456789abcdefABCDEF") == ""
	}
	n := len(s)
	return n >= 3 && s[n-3] == '%' && hex(s[n-2:]) ||
		n >= 6 && s[n-6:n-4] == `\u` && hex(s[n-4:]) ||
		n >= 2 && s[n-2] == '\\'
}

// forms are the ways in which a server may write a credential that it repeats.
func forms(secret string) []string {
	query := url.QueryEscape(secret)
	forms := []string{
		query, url.PathEscape(secret),
		strings.ReplaceAll(query, "+", "%20"),
		strings.NewReplacer("+", "%20", "~", "%7E").Replace(query), // as PubNub has it
	}
	for _, form := range forms {
		forms = append(forms, lowerEscapes(form))
	}
	if utf8.ValidString(secret) {
		html, plain := quoted(secret, true), quoted(secret, false)
		forms = append(forms, html, plain, strings.ReplaceAll(html, "/", `\/`), strings.ReplaceAll(plain, "/", `\/`))
	}
	forms = append(forms, secret)
	slices.Sort(forms)
	return slices.Compact(forms)
}

// quoted is secret as JSON writes it, without the quotes around it.
func quoted(secret string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if e.Encode(secret) != nil {
		return secret
	}
	return b.String()[1 : b.Len()-2] // without the quotes and the line break
}

// lowerEscapes is an escaped text with its hexadecimal digits in small letters.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '%' && i+2 < len(b) {
			copy(b[i+1:], bytes.ToLower(b[i+1:i+3]))
		}
	}
	return string(b)
}

// redact takes out of a text the credentials of servers that answer with the request.
func (p *prepared) redact(s string) string {
	if p.call.Secrets != nil {
		return redact(s, config.Secret("").String(), p.call.Secrets)
	}
	return redact(s, redacted, p.sent)
}

// redactError returns err, or, if its text shows a credential, an error with another text
// that is the same to errors.Is and errors.As.
func (p *prepared) redactError(err error) error {
	text := err.Error()
	if safe := p.redact(text); safe != text {
		return &redactedError{safe, err}
	}
	return err
}

type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }
func (e *redactedError) As(target any) bool   { return errors.As(e.cause, target) }
