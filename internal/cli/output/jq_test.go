package output

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/cli/clitest"
)

// queried prints records through an expression.
func queried(t *testing.T, expression string, terminal, complete bool, records ...[2]string) (string, error) {
	t.Helper()
	q, err := compileQuery(expression)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	p := newPrinter(&b, &Flags{query: q}, screen{terminal: terminal}, names(pairSchema.Fields), nil, false)
	for _, r := range records {
		if err := p.print(r[:]); err != nil {
			t.Fatal(err)
		}
	}
	err = p.end(complete)
	return b.String(), err
}

// An expression receives the array of -o json. Strings are printed raw, other values as
// JSON lines.
func TestQuery(t *testing.T) {
	records := [][2]string{{"a", "1"}, {"b", "x\ty\n"}, {"c", "\u009b\u202e\x1b\xff"}}
	for _, tt := range []struct {
		expression string
		terminal   bool
		complete   bool
		records    [][2]string
		want       string
	}{
		{".[].key", false, true, records, "a\nb\nc\n"},
		{".", false, true, records[:1], "[{\"key\":\"a\",\"value\":\"1\"}]\n"},
		{".", false, true, nil, "[]\n"},
		{".[0] | .key, (.value | tonumber), null, [true], {key}", false, true, records, "a\n1\nnull\n[true]\n{\"key\":\"a\"}\n"},
		{".[1].value", false, true, records, "x\ty\n\n"},
		{".[1].value", true, true, records, "x\ty\n\n"},
		{".[2].value", false, true, records, "\u009b\u202e\x1b\ufffd\n"},
		{".[2].value", true, true, records, "\\u009b\\u202e\\u001b\ufffd\n"},
		{".[2:] | map(.value)", false, true, records, "[\"\\u009b\\u202e\\u001b\ufffd\"]\n"},
		{"empty", false, true, records, ""},
		{".[].key | if . == \"b\" then halt else . end", false, true, records, "a\n"},
		{"length", false, false, records, ""},
		{"$ENV", false, true, nil, "{}\n"},
	} {
		got, err := queried(t, tt.expression, tt.terminal, tt.complete, tt.records...)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s, terminal %v: %v (-want +got):\n%s", tt.expression, tt.terminal, err, diff)
		}
	}
}

// An invalid expression is an error before any request.
func TestQueryIsWrong(t *testing.T) {
	for expression, want := range map[string]string{
		"":                     "the expression is empty",
		" \n":                  "the expression is empty",
		".[":                   "unexpected EOF",
		".x | nope":            "function not defined: nope/0",
		"input":                "input",
		"$x":                   "variable not defined: $x",
		"import \"x\" as x; .": "module",
	} {
		if _, err := compileQuery(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", expression, err, want)
		}
	}
}

// A run-time error names the row that fails, or reports that no row fails alone.
func TestQueryFails(t *testing.T) {
	records := [][2]string{{"a", "1"}, {"b", "x"}, {"c", "2"}}
	for _, tt := range []struct{ expression, printed, want string }{
		{".[] | .value | tonumber", "1\n", `--jq: row 2: tonumber cannot be applied to "x"`},
		{"map(.value) | join(1)", "", "--jq: the 3 rows together: "},
		{"map(.value) | add | tonumber", "", `--jq: the 3 rows together: tonumber cannot be applied to "1x2"`},
		{".[1].value | error", "", "--jq: the 3 rows together: error: x"},
		{".[0] | halt_error", "", "--jq: row 1: "},
	} {
		got, err := queried(t, tt.expression, false, true, records...)
		if got != tt.printed || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %q, %v, want %q, %s", tt.expression, got, err, tt.printed, tt.want)
		}
	}
}

// An endless expression ends with the command.
func TestQueryEnds(t *testing.T) {
	q, err := compileQuery("def f: f; f")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.run(ctx, nil, func(any) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	p := &jqPrinter{ctx: ctx, query: q, grace: 1}
	if err := p.end(true); err != context.Canceled {
		t.Errorf("got %v, want %v as it is", err, context.Canceled)
	}
}

// A closed stdout is not an error of the expression.
func TestQueryWithoutReader(t *testing.T) {
	q, err := compileQuery(".")
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	p := newPrinter(writerFunc(func([]byte) (int, error) { return 0, full }), &Flags{query: q}, screen{}, names(pairSchema.Fields), nil, false)
	if err := p.end(true); err != full {
		t.Errorf("got %v, want %v as it is", err, full)
	}
}

// The results of an expression reach a terminal without control characters.
func TestQueryIsSafe(t *testing.T) {
	for _, cell := range clitest.Hostile() {
		for _, expression := range []string{".[].value", ".", "map(.value)", ".[] | {(.value): 1}", ".[].value | error"} {
			got, _ := queried(t, expression, true, true, [2]string{"x", cell})
			clitest.CheckTerminal(t, expression, strings.ReplaceAll(got, "\t", ""))
		}
	}
}
