package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const redacted = "[redacted]"

func TestRedact(t *testing.T) {
	for _, tt := range []struct {
		name    string
		text    string
		secrets []string
		want    string
	}{
		{"nothing to hide", "no such user", []string{"secret-token"}, "no such user"},
		{"no secret", "no such user", []string{""}, "no such user"},
		{"as it is", "you sent Bearer secret-token.", []string{"secret-token"}, "you sent Bearer [redacted]."},
		{"inside of a word", "xsecret-tokenx", []string{"secret-token"}, "x[redacted]x"},
		{"again and again", "secret-token, secret-token", []string{"secret-token"}, "[redacted], [redacted]"},
		{"side by side", "secret-tokensecret-token", []string{"secret-token"}, "[redacted]"},
		{"a beginning of another", "secret-token-2 secret-token", []string{"secret-token", "secret-token-2"}, "[redacted] [redacted]"},
		{"an end of another", "my-secret-token", []string{"secret-token", "my-secret-token"}, "[redacted]"},
		{"overlapping another", "first-half-second", []string{"first-half", "half-second"}, "[redacted]"},
		{"overlapping itself", "abababababa", []string{"abababab"}, "[redacted]a"},
		{"overlapping itself, to the end", "ababababab", []string{"abababab"}, "[redacted]"},
		{"a word of the mark", "redacted-1 redacted", []string{"redacted", "redacted-1"}, "[redacted] [redacted]"},
		{"in a query", "?auth=a%2Fb%2Bc+d-e&x", []string{"a/b+c d-e"}, "?auth=[redacted]&x"},
		{"in a query, small digits", "?auth=a%2fb%2bc+d-e&x", []string{"a/b+c d-e"}, "?auth=[redacted]&x"},
		{"in a query, blanks as %20", "?auth=a%2Fb%2Bc%20d-e&x", []string{"a/b+c d-e"}, "?auth=[redacted]&x"},
		{"in a query of PubNub", "?auth=abcdefg%7Eh%20i&x", []string{"abcdefg~h i"}, "?auth=[redacted]&x"},
		{"in a path", "/a%2Fb+c%20d-e/x", []string{"a/b+c d-e"}, "/[redacted]/x"},
		{"in JSON", `{"x":"12345\"6\\7"}`, []string{`12345"6\7`}, `{"x":"[redacted]"}`},
		{"in JSON for HTML", `{"x":"1234567\u003c8"}`, []string{"1234567<8"}, `{"x":"[redacted]"}`},
		{"in JSON with slashes", `{"x":"abcdef\/gh"}`, []string{"abcdef/gh"}, `{"x":"[redacted]"}`},
		{"beside an escape that is none", "?a=ab%zz%2Fcdef&x", []string{"ab%zz/cdef"}, "?a=[redacted]&x"},
		{"in JSON with a pair of surrogates", `{"x":"pass\ud83d\ude00word"}`, []string{"pass😀word"}, `{"x":"[redacted]"}`},
		{"in JSON with half a pair", `{"x":"secret-token\ud83dx"}`, []string{"secret-token"}, `{"x":"[redacted]\ud83dx"}`},
		{"no UTF-8", "\xff\xfe123456 \ufffd", []string{"\xff\xfe123456"}, "[redacted] \ufffd"},

		{"one letter", "no redaction", []string{"d"}, "no redaction"},
		{"one letter, repeated", "you sent Bearer d", []string{"d"}, "you sent Bearer [redacted]"},
		{"one letter and its mark", "d e", []string{"d", "e"}, "[redacted] [redacted]"},
		{"a short word", "token: the token tokens", []string{"token"}, "[redacted]: the [redacted] tokens"},
		{"a short word with marks", "éx xé x\u0301 x", []string{"x"}, "éx xé x\u0301 [redacted]"},
		{"a short word in a query", "?auth=abc&x=%20abc&y=abcd", []string{"abc"}, "?auth=[redacted]&x=%20[redacted]&y=abcd"},
		{"a short word in JSON", `"\nabc \u000aabc nabc"`, []string{"abc"}, `"\n[redacted] \u000a[redacted] nabc"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, New(redacted, slices.Clone(tt.secrets)...).Text(tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			slices.Reverse(tt.secrets) // in any order
			if diff := cmp.Diff(tt.want, New(redacted, slices.Clone(tt.secrets)...).Text(tt.text)); diff != "" {
				t.Errorf("backwards (-want +got):\n%s", diff)
			}
		})
	}
}

// octal writes every byte as a backslash and three digits.
func octal(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, `\%03o`, s[i])
	}
	return b.String()
}

// encodings are the encodings in which a server may quote a credential.
var encodings = map[string]func(string) string{
	"plain":  func(s string) string { return s },
	"upper":  upper,
	"lower":  fold,
	"query":  url.QueryEscape,
	"octal":  octal,
	"path":   url.PathEscape,
	"go":     func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
	"json":   func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"slash":  func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"html":   html.EscapeString,
	"hex":    func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":    func(s string) string { return fmt.Sprintf("%X", s) },
	"std":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"rawurl": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"basic":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + s)) },
	"inside": func(s string) string { return base64.URLEncoding.EncodeToString([]byte("id:" + s + ", and more")) },
	"fourth": func(s string) string { return base64.URLEncoding.EncodeToString([]byte("user" + s + "!")) },
	"host":   func(s string) string { return fold(base64.StdEncoding.EncodeToString([]byte("user:" + s))) },
	"lines": func(s string) string {
		b := base64.StdEncoding.EncodeToString([]byte("user:" + s))
		return b[:9] + "\r\n" + b[9:]
	},
	"pointer": func(s string) string {
		return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
	},
	"every byte": func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02x", s[i])
		}
		return b.String()
	},
	"every rune": func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, `\u%04X`, r)
		}
		return b.String()
	},
	"mixed case": func(s string) string {
		s = url.QueryEscape(s)
		for i, c := range []byte(s) {
			if c == '%' && i%2 == 0 {
				s = s[:i] + fold(s[i:i+3]) + s[i+3:]
			}
		}
		return s
	},
	"entities": func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, "&#x%x;", r)
		}
		return b.String()
	},
}

// upper returns s with capital ASCII letters, the only ones that hosts fold.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// credentials have the forms of the providers, and characters that encodings change.
var credentials = []string{
	"canary-7f3a9c41d2", "sk_test_Ab1Cd2Ef3", "qEF2AkF0Gl+/kGhDdHRsGDw=", "ya29.a0Af~x-y_z/1//+=",
	`12345"6\7<8>&'`, "a/b+c d-e~", "with%2Fescape%20s", `v2.sig\u0041nature`,
}

// A mark replaces a credential in any encoding, and the text around it stays.
func TestEveryEncoding(t *testing.T) {
	for _, c := range credentials {
		r := New(redacted, c)
		for name, encode := range encodings {
			got := r.Text("before " + encode(c) + " after")
			if shows(got, c) || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
				t.Errorf("%s of %s: %s", name, c, got)
			}
			clear := got[len("before ") : len(got)-len(" after")]
			if strings.HasPrefix(strings.Trim(clear, "="), redacted) && strings.Trim(clear, "=") == redacted {
				continue
			}
			if !slices.Contains([]string{"basic", "inside", "fourth", "host", "lines"}, name) {
				t.Errorf("%s of %s: %s", name, c, got)
			}
		}
	}
}

// shows reports whether a text shows a credential in a form that a test detects without the
// code under test.
func shows(text, credential string) bool {
	for _, encode := range encodings {
		if strings.Contains(fold(text), fold(encode(credential))) {
			return true
		}
	}
	return false
}

// A mark replaces a credential in nested encodings, such as base64 of a query inside of JSON.
func TestEncodingsInEncodings(t *testing.T) {
	folds := []string{"upper", "lower", "host"} // encodings that cannot be decoded
	for _, c := range credentials {
		r := New(redacted, c)
		for inner, first := range encodings {
			for outer, second := range encodings {
				if slices.Contains(folds, inner) || slices.Contains(folds, outer) || outer == "hex" || outer == "HEX" {
					continue
				}
				text := second(first(c))
				if got := r.Text(text); got == text || strings.Contains(got, text) {
					t.Errorf("%s in %s of %s: %s", inner, outer, c, got)
				}
			}
		}
		for _, form := range []func(string) string{url.QueryEscape, encodings["every byte"]} {
			if got := r.Text(form(form(form(c)))); got != redacted {
				t.Errorf("three times, %s: %s", c, got)
			}
		}
	}
}

// A text without a credential stays unchanged.
func TestOtherTextsStay(t *testing.T) {
	r := New(redacted, append(slices.Clone(credentials), "d", "abc", "token1")...)
	for _, text := range []string{
		"", "no redaction", "canary", "sk_test_", "%zz%", `\`, `\u12`, "&amp;&#x;", "~", "a+b", "....", "canary-7f3a9c41d",
		base64.StdEncoding.EncodeToString([]byte("user:another-credential")),
		"Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0",
		"/v2/objects/demo/uuids/admin/channels", "the field /data/0/id is a number where a string is expected",
	} {
		if got := r.Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// No random text keeps a credential, encoded or plain.
func TestRandomTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := make([]string, 0, len(encodings))
	for name := range encodings {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 3000 {
		letters := []rune([]string{"ab", "ab c", "redact[]", "a%2F/", `a"\u0`, "x\u00e9", "AQ+/=", "&#x;am"}[r.IntN(8)])
		random := func(n int) string {
			b := make([]rune, n)
			for i := range b {
				b[i] = letters[r.IntN(len(letters))]
			}
			return string(b)
		}
		a, b := random(8+r.IntN(8)), random(8+r.IntN(8))
		name := names[r.IntN(len(names))]
		text := random(r.IntN(20)) + "|" + encodings[name](a) + "|" + b + random(r.IntN(20))
		got := New("#", a, b).Text(text)
		for _, c := range []string{a, b} {
			for part := range strings.SplitSeq(got, "#") {
				if strings.Contains(fold(part), fold(c)) {
					t.Fatalf("%q without %q and %q: got %q", text, a, b, got)
				}
			}
		}
		if strings.ContainsRune(name, 'e') && strings.Contains(got, "|"+encodings[name](a)+"|") {
			t.Fatalf("%q without %q and %q: got %q", text, a, b, got)
		}
	}
}

// The beginning of a credential at the end of a cut text is redacted.
func TestCut(t *testing.T) {
	const c = "canary-7f3a/41d2"
	r := New(redacted, c)
	for text, want := range map[string]string{
		"the field /canary-7f..., which": "the field /[redacted]..., which",
		"the field /canary...":           "the field /[redacted]...",
		"the field /can...":              "the field /can...",
		"the end is canary-7f":           "the end is canary-7f",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`{"x":"canary-7f`:        `{"x":"[redacted]`,
		`{"x":"canary-7f3a%2`:    `{"x":"[redacted]%2`,
		`{"x":"%63anary-7f`:      `{"x":"[redacted]`,
		`{"x":"can`:              `{"x":"can`,
		`{"x":"canary-7f3a/41d2`: `{"x":"[redacted]`,
	} {
		if got := r.Beginning(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	whole := base64.StdEncoding.EncodeToString([]byte("user:" + c))
	if got := r.Beginning("x: " + whole[:17]); strings.Contains(got, whole[7:15]) {
		t.Errorf("got %q", got)
	}
}

// Own keeps words of this module that a short credential equals.
func TestOwn(t *testing.T) {
	r := New(redacted, "token", "token-7f3a9c41d2").Own()
	if got := r.Text("no token: token-7f3a9c41d2"); got != "no token: [redacted]" {
		t.Errorf("got %q", got)
	}
	var none *Redactor
	if none.Own() != nil {
		t.Error("something of nothing")
	}
}

func TestNone(t *testing.T) {
	var none *Redactor
	for _, r := range []*Redactor{none, New(redacted), New(redacted, "", "")} {
		if got := r.Text("canary"); got != "canary" {
			t.Errorf("got %q", got)
		}
		if err := fmt.Errorf("canary"); r.Error(err) != err || r.Error(nil) != nil {
			t.Error("an error changed")
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("no redaction", "d", "e")
	f.Add("first-half-second", "first-half", "half-second")
	f.Add("[redacted]", "redacted", "[redacted]")
	f.Add("?auth=a%2fb+c", "a/b c d e", "%2f")
	f.Add("\xff\xfe \ufffd", "\xff", "\xfe \xef\xbf")
	f.Add("dXNlcjpjYW5hcnktN2YzYTljNDFkMg==", "canary-7f3a9c41d2", `\u0041`)
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if len(text) > 1<<12 {
			return
		}
		got := New("\x00", a, b).Text(text + "|" + url.QueryEscape(a) + "|" + b)
		for part := range strings.SplitSeq(got, "\x00") {
			for _, c := range []string{a, b} {
				if len(c) >= short && strings.Contains(part, c) {
					t.Errorf("%q without %q and %q: got %q", text, a, b, got)
				}
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	r := New(redacted, "canary-7f3a9c41d2", "another-7f3a9c41d2")
	row := `{"id":"Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4","name":"A \"B\" \u00e9 100%","url":"https:\/\/example.com\/a?b=c%2Fd&e"},`
	hostile := `%5Cu0025\u0025&#37;~1YWJjZGVmZ2hpams%252525canary...`
	for name, text := range map[string]string{
		"line": row, "64 KiB": strings.Repeat(row, 64<<10/len(row)), "64 KiB, hostile": strings.Repeat(hostile, 64<<10/len(hostile)),
		"a path": "/v2/objects/demo/uuids/admin/channels",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Text(text)
			}
		})
	}
}
