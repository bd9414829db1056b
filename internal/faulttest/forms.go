package faulttest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// forms are the encodings in which a response may repeat a credential.
var forms = map[string]func(string) string{
	"plain":         func(s string) string { return s },
	"host":          lower,
	"upper":         upper,
	"percent":       func(s string) string { return everyByte(s, "%%%02X") },
	"percent-lower": func(s string) string { return everyByte(s, "%%%02x") },
	"percent-mixed": func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, []string{"%%%02x", "%c", "%%%02X"}[i%3], s[i])
		}
		return b.String()
	},
	"percent-twice": func(s string) string { return url.QueryEscape(everyByte(s, "%%%02x")) },
	"query":         url.QueryEscape,
	"json":          func(s string) string { return everyByte(s, "\\u%04x") },
	"json-slashes":  func(s string) string { return strings.ReplaceAll(quoted(s), "/", `\/`) },
	"go":            func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
	"html":          func(s string) string { return everyByte(html.EscapeString(s), "&#x%x;") },
	"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64-raw":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":     func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"basic":         func(s string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + s)) },
	"basic-2":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte("userx:" + s + "!")) },
	"basic-3":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte("useryz:" + s + "?!")) },
	"base64-host": func(s string) string {
		return lower(base64.RawURLEncoding.EncodeToString([]byte("user:" + s)))
	},
	"hex": func(s string) string { return hex.EncodeToString([]byte(s)) },
}

// half is the form without the second half of the last credential.
const half = "half"

// everyByte formats every byte of s.
func everyByte(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b[1 : len(b)-1])
}

func lower(s string) string { return strings.ToLower(s) }
func upper(s string) string { return strings.ToUpper(s) }

// formOf matches {credentials} and {credentials|form}.
var formOf = regexp.MustCompile(`\{credentials(?:\|([a-z0-9-]+))?\}`)

// expandForms replaces the placeholders of a text with the credentials in their form.
func expandForms(text string, credentials []string) string {
	return formOf.ReplaceAllStringFunc(text, func(name string) string {
		f := forms["plain"]
		m := formOf.FindStringSubmatch(name)
		if forms[m[1]] != nil {
			f = forms[m[1]]
		}
		var out []string
		for _, c := range credentials {
			if c != "" {
				out = append(out, f(c))
			}
		}
		all := strings.Join(out, ".")
		if m[1] == half {
			all = all[:len(all)-5]
		}
		return all
	})
}

// unknownForm returns the first unknown form that a fault names, "" if there is none.
func unknownForm(a *Action) string {
	texts := []string{a.Body}
	for _, h := range a.Headers {
		texts = append(texts, h[1])
	}
	for _, m := range formOf.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if m[1] != "" && m[1] != half && forms[m[1]] == nil {
			return m[1]
		}
	}
	return ""
}

// credentialsOf returns the credentials of a request, the token first.
func credentialsOf(req *http.Request) []string {
	q := req.URL.Query()
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = q.Get("auth")
	}
	return []string{token, q.Get("signature")}
}
