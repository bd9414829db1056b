package core

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

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
			if diff := cmp.Diff(tt.want, redact(tt.text, redacted, tt.secrets)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			slices.Reverse(tt.secrets) // in any order
			if diff := cmp.Diff(tt.want, redact(tt.text, redacted, tt.secrets)); diff != "" {
				t.Errorf("backwards (-want +got):\n%s", diff)
			}
		})
	}
}

// checkRedacted holds an output against its input. Every byte of the input is covered by
// a credential or not, which is found out here byte by byte; the output has to be the
// bytes that are not, with one mark for each run of those that are.
func checkRedacted(t *testing.T, text string, secrets []string) {
	t.Helper()
	covered := make([]bool, len(text))
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, form := range forms(secret) {
			for i := range len(text) {
				if strings.HasPrefix(text[i:], form) && (len(secret) >= shortSecret || alone(text, i, i+len(form))) {
					for j := range len(form) {
						covered[i+j] = true
					}
				}
			}
		}
	}
	var want strings.Builder
	for i := range len(text) {
		switch {
		case !covered[i]:
			want.WriteByte(text[i])
		case i == 0 || !covered[i-1]:
			want.WriteString(redacted)
		}
	}
	got := redact(text, redacted, secrets)
	if diff := cmp.Diff(want.String(), got); diff != "" {
		t.Errorf("%q without %q (-want +got):\n%s", text, secrets, diff)
	}
	for _, secret := range secrets { // between the marks, nothing of it is left
		for part := range strings.SplitSeq(got, redacted) {
			if len(secret) >= shortSecret && strings.Contains(part, secret) {
				t.Errorf("%q without %q: got %q", text, secrets, got)
			}
		}
	}
}

// Texts and credentials of few letters overlap in all ways that there are.
func TestRedactProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(letters string, most int) string {
		b := make([]byte, 1+r.IntN(most))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}
	for range 20_000 {
		letters := []string{"ab", "ab c", "redact[]", "a%2F/", `a"\`, "x\u00e9"}[r.IntN(6)]
		secrets := make([]string, 1+r.IntN(3))
		text := random(letters, 40)
		for i := range secrets {
			secrets[i] = random(letters, 12)
			if at := r.IntN(len(text)); r.IntN(2) == 0 {
				text = text[:at] + secrets[i] + text[at:]
			}
		}
		checkRedacted(t, text, secrets)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("no redaction", "d", "e")
	f.Add("first-half-second", "first-half", "half-second")
	f.Add("[redacted]", "redacted", "[redacted]")
	f.Add("?auth=a%2fb+c", "a/b c", "%2f")
	f.Add("\xff\xfe \ufffd", "\xff", "\xfe \xef\xbf")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if len(text) < 1<<12 {
			checkRedacted(t, text, []string{a, b})
		}
	})
}

// A one-letter token leaves the words of an error as they are.
func TestShortTokenInErrors(t *testing.T) {
	c, err := New(echoing, []option.Option{option.WithToken("d"), option.WithAttempts(1), option.WithHTTPClient(&http.Client{
		Transport: rt(func(r *http.Request) (*http.Response, error) {
			return answers(400, "no redaction of "+r.Header.Get("Authorization")), nil
		}),
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = getThing(t.Context(), c)
	var e *memberships.Error
	if !errors.As(err, &e) || e.Message != "no redaction of Bearer [redacted]" {
		t.Errorf("got %v", err)
	}
}

// A server that answers with the request itself, which is no HTTP, does not bring the
// credential into the error, the log or a hook.
func TestUnreadableAnswersDoNotRepeatTheToken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			_, _ = io.WriteString(conn, line)
			_ = conn.Close()
		}
	}()
	inQuery := *echoing
	inQuery.Authorize = func(ctx context.Context, cfg *config.Config, req *http.Request) (string, error) {
		token, err := Token(ctx, cfg)
		req.URL.RawQuery = url.Values{"auth": {token}}.Encode()
		return token, err
	}
	var log bytes.Buffer
	var hooked string
	c, err := New(&inQuery, []option.Option{
		option.WithBaseURL("http://" + l.Addr().String()), option.WithToken("canary/token"), option.WithAttempts(1),
		option.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		option.WithHook(nil, func(_ context.Context, a option.Attempt) { hooked = a.Err.Error() }),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = getThing(t.Context(), c)
	for what, text := range map[string]string{"error": err.Error(), "log": log.String(), "hook": hooked} {
		if strings.Contains(text, "canary") || !strings.Contains(text, redacted) {
			t.Errorf("the %s is %s", what, text)
		}
	}
	if !errors.Is(err, memberships.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
