package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/memberships-go/memberships/emulator"
)

// unsafe are the characters that no output sends to a terminal, and hostile are texts
// with each of them.
var unsafe = func() (unsafe []rune) {
	for _, within := range [][2]rune{{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}} {
		for r := within[0]; r <= within[1]; r++ {
			unsafe = append(unsafe, r)
		}
	}
	return unsafe
}()

func hostile() []string {
	all := []string{"\x1b]0;title\x07\x1b[31m", "\u009b31m", "moc.elpmaxe\u202e@ada", "\x9b31m", "a\xffb"}
	for _, r := range unsafe {
		all = append(all, "a"+string(r)+"b", string(r))
	}
	return all
}

// checkTerminal says what is in a text that a terminal must not get; lines are ended by
// the format, and with ends.
func checkTerminal(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: %q is no UTF-8", what, text)
	}
	for _, r := range text {
		if r != '\n' && slices.Contains(unsafe, r) {
			t.Errorf("%s: %U in %.200q", what, r, text)
			return
		}
	}
}

// printedOn prints one record a value to a stdout that is a terminal, or not.
func printedOn(t *testing.T, terminal bool, format string, cells []string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{Process: Process{Stdout: &out, Stderr: &errs, StdoutTerminal: terminal, Getenv: func(string) string { return "" }}}
	s := openStream(a, &output{format: format}, pairSchema, "pairs")
	for _, cell := range cells {
		if err := s.print([2]string{"x", cell}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.close(nil); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

// No format sends a character to a terminal that is not for terminals. JSON escapes it
// everywhere, and CSV keeps it where nobody watches.
func TestNoFormatMovesTheCursor(t *testing.T) {
	const notice = "memberships: some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are\n"
	for _, format := range formats {
		for _, terminal := range []bool{true, false} {
			t.Run(fmt.Sprint(format, terminal), func(t *testing.T) {
				for _, cell := range hostile() {
					out, said := printedOn(t, terminal, format, []string{cell, "plain"})
					keeps := format == "csv" && !terminal
					if !keeps {
						checkTerminal(t, format, out)
						if n := strings.Count(out, "\n"); (format == "table" || format == "csv") && n != 3 {
							t.Errorf("%q: %d lines of %q", cell, n, out)
						}
					}
					want := ""
					if format == "csv" && terminal {
						want = notice
					}
					if said != want {
						t.Errorf("%q: said %q, want %q", cell, said, want)
					}
					valid := strings.ToValidUTF8(cell, "\ufffd")
					switch {
					case format == "json":
						var got []map[string]string
						if err := json.Unmarshal([]byte(out), &got); err != nil || got[0]["value"] != valid {
							t.Errorf("%q comes back as %q, %v", cell, got, err)
						}
					case format == "ndjson":
						line, _, _ := strings.Cut(out, "\n")
						var got map[string]string
						if err := json.Unmarshal([]byte(line), &got); err != nil || got["value"] != valid {
							t.Errorf("%q comes back as %q, %v", cell, got, err)
						}
					case keeps && !strings.ContainsAny(cell, "\r\n"): // which encoding/csv reads as \n
						rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
						if err != nil || unescapeCell(rows[1][1]) != cell {
							t.Errorf("%q comes back as %q, %v", cell, rows, err)
						}
					case keeps && !strings.Contains(out, cell):
						t.Errorf("%q is not in %q", cell, out)
					}
				}
			})
		}
	}
	if out, said := printedOn(t, true, "csv", []string{"Zoë", "日本語", "e\u0301", "=1"}); said != "" || out != "key,value\nx,Zoë\nx,日本語\nx,e\u0301\nx,'=1\n" {
		t.Errorf("got %q, and said %q", out, said)
	}
}

// One record is printed as many are.
func TestOneRecordIsSafe(t *testing.T) {
	for _, format := range formats {
		var out, errs bytes.Buffer
		a := &app{Process: Process{Stdout: &out, Stderr: &errs, StdoutTerminal: true, Getenv: func(string) string { return "" }}}
		if err := one(a, &output{format: format}, pairSchema, [2]string{"x", "a\u009b\u202e\x1b\x9bb"}); err != nil {
			t.Fatal(err)
		}
		checkTerminal(t, format, out.String())
		if told := errs.Len() > 0; told != (format == "csv") {
			t.Errorf("%s: said %q", format, errs.String())
		}
	}
}

func FuzzNoFormatMovesTheCursor(f *testing.F) {
	for _, cell := range hostile() {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, format := range formats {
			out, _ := printedOn(t, true, format, []string{cell})
			checkTerminal(t, format, out)
		}
	})
}

// watched runs the command on a terminal.
func watched(ctx context.Context, env map[string]string, args ...string) result {
	var out, errs bytes.Buffer
	code := Run(ctx, Process{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, StdoutTerminal: true, StderrTerminal: true,
		Getenv: func(name string) string { return env[name] },
	})
	return result{code, out.String(), errs.String()}
}

// All texts that a provider sends are its own: names, addresses, messages of errors,
// request ids. No command shows them to a terminal as they are.
func TestProvidersDoNotMoveTheCursor(t *testing.T) {
	const bad = `\u001b[31m\u009b31m\u202e\u2066\u200f\u007f\u2028`
	answers := map[string]string{
		"/v1/organizations":                   `{"data":[{"id":"org_1","name":"` + bad + `x"}],"total_count":1}`,
		"/v1/organizations/org_1/memberships": `{"data":[{"id":"m","role":"` + bad + `","organization":{"id":"org_1","name":"n"},"public_user_data":{"user_id":"user_1","identifier":"` + bad + `y","first_name":"` + bad + `z"}}],"total_count":1}`,
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if body := answers[r.URL.Path]; body != "" {
			fmt.Fprint(w, body)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":[{"code":"`+bad+`","message":"`+bad+`"}],"clerk_trace_id":"`+bad+`"}`)
	}))
	defer srv.Close()
	env := map[string]string{"CLERK_SECRET_KEY": "sk_test_1", "CLERK_API_URL": srv.URL, "HOME": t.TempDir()}
	for _, args := range [][]string{
		{"groups"}, {"list", "-g", "org_1"}, {"list", "-g", "org_2"}, {"export"}, {"doctor"},
		{"get", "-g", "org_1", "-m", "user_1"}, {"of", "user_1"}, {"add", "-g", "org_2", "-m", "user_2"},
	} {
		for _, format := range formats {
			args := append(args, "-p", "clerk", "-o", format, "--debug")
			res := watched(t.Context(), env, args...)
			checkTerminal(t, fmt.Sprint(args, " stdout"), res.stdout)
			checkTerminal(t, fmt.Sprint(args, " stderr"), res.stderr)
			if shown := res.stdout + res.stderr; !strings.Contains(shown, "[31m") && args[0] != "doctor" {
				t.Errorf("%v does not show what was sent: %q", args, shown)
			}
		}
	}
}

// An argument that is shown again is shown without what moves the cursor.
func TestArgumentsDoNotMoveTheCursor(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{emulatorVariable: srv.URL, "HOME": t.TempDir()}
	for _, bad := range []string{"\u009b31m", "\x1b[31m", "\x9b31m", "\u202ex", "\x7f", "a\rb\nc", "\u2066", "\u200f"} {
		for _, args := range [][]string{
			{"l" + bad}, {"--x" + bad}, {"-" + bad}, {"list", "--x" + bad}, {"list", "-" + bad}, {"list", bad}, {"help", bad},
			{"completion", bad}, {"list", "-o", bad}, {"list", "-p", bad}, {"list", "--limit", bad}, {"list", "--timeout=" + bad},
			{"list", "-p", "clerk", "-g", bad}, {"list", "-p", "clerk", "-g", "org_demo", "-r", bad}, {"of", bad},
			{"check", "-p", "clerk", "-g", "org_demo", "-m", bad}, {"add", "-p", "clerk", "-g", "org_demo", "--from", bad},
			{"groups", "-p", "clerk", "--base-url", bad}, {"emulate", "--listen", bad}, {"emulate", "--state", bad}, {"emulate", "--faults", bad},
			{"__complete", "list", "--x" + bad, ""}, {"__complete", bad, ""}, {"list", "--help", bad}, {"list", bad, "--help"},
		} {
			res := watched(t.Context(), env, args...)
			checkTerminal(t, fmt.Sprintf("%q stdout", args), res.stdout)
			checkTerminal(t, fmt.Sprintf("%q stderr", args), res.stderr)
		}
		for _, variable := range []string{"MEMBERSHIPS_EMULATOR", "MEMBERSHIPS_CONFIG", "MEMBERSHIPS_PROFILE", "CLERK_API_URL", "GOOGLE_APPLICATION_CREDENTIALS"} {
			env := map[string]string{variable: bad, "HOME": t.TempDir()}
			if variable == "CLERK_API_URL" {
				env["CLERK_SECRET_KEY"] = "sk_test_1"
			}
			for _, args := range [][]string{{"groups", "-p", "clerk"}, {"groups", "-p", "googlechat"}, {"doctor"}} {
				res := watched(t.Context(), env, args...)
				checkTerminal(t, fmt.Sprintf("%s=%q %q stderr", variable, bad, args), res.stdout+res.stderr)
			}
		}
	}
}
