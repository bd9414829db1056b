package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// Whatever a file holds, it is read or has a mistake with a place.
func FuzzInput(f *testing.F) {
	for _, s := range []string{
		"member,role\nada@example.com,manager\n", "\ufeffemail\n\"a\nb\"\n", "{\"member\":\"a\"}\n{\"role\":null}", "{\"member\":\"\\u0061\"} x", "[", "{\"\xff\":1}", "\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		a := &app{Process: Process{Stdin: strings.NewReader(file)}}
		lines := strings.Count(file, "\n") + 1
		err := a.readInput("-", &inputSource{}, func(row inputRow) error {
			if row.line < 1 || row.line > lines+strings.Count(file, "\r") {
				t.Errorf("a row on line %d of %d", row.line, lines)
			}
			for name, c := range row.cells {
				if !knownColumn(name) || c.line < row.line || c.column < 1 {
					t.Errorf("%q in the row of line %d: %+v", name, row.line, c)
				}
			}
			return nil
		})
		var wrong *inputError
		if err != nil && (!errors.As(err, &wrong) || wrong.file != "stdin" || wrong.line < 1 || wrong.column < 1 || wrong.text == "") {
			t.Errorf("got %#v", err)
		}
	})
}

// A row has an end, also in a file whose quote is never closed; up to the bound, all of
// it counts. What is no table is not printed.
func TestLongRows(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"a row up to the bound", "email,name\na@example.com," + strings.Repeat("x", maxInputLine-14) + "\nb@example.com,\n", ""},
		{"a long row", "email\na@example.com\n" + strings.Repeat("x", maxInputLine+2*readAhead) + "\n", "stdin:3:1: the row is longer than 1,048,576 bytes"},
		{"an open quote", "email\n\"" + strings.Repeat("x\n", maxInputLine), "stdin:2:1: the row is longer than 1,048,576 bytes"},
		{"a long header", strings.Repeat("x", 2*maxInputLine), "stdin:1:1: the row is longer than 1,048,576 bytes"},
		{"no table", strings.Repeat("x", 1000), `stdin:1:1: "` + strings.Repeat("x", phrase.MaxQuoted) + `"... is no column; the first line names the columns: `},
		{"a long object", `{"email":"` + strings.Repeat("x", maxInputLine+2*readAhead) + `"}`, "stdin:1:1: the row is longer than 1,048,576 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, rows := &app{Process: Process{Stdin: strings.NewReader(tt.file)}}, 0
			err := a.readInput("-", &inputSource{}, func(inputRow) error { rows++; return nil })
			if got := fmt.Sprint(err); tt.want != "" && !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %.200s, want %s", got, tt.want)
			}
			if tt.want == "" && (err != nil || rows != 2) {
				t.Errorf("%d rows, %v", rows, err)
			}
		})
	}
}

// A hundred thousand rows are read, and a mistake in the last one keeps all of them back.
func TestManyRows(t *testing.T) {
	const n = 100_000
	var b strings.Builder
	b.WriteString("member_id,group\n")
	for i := range n {
		fmt.Fprintf(&b, "user_%d,org_demo\n", i)
	}
	srv := emulator.NewServer()
	defer srv.Close()
	srv.Control(func(http.ResponseWriter, *http.Request) bool {
		t.Error("a request was sent")
		return false
	})
	res := runWith(t.Context(), strings.NewReader(b.String()+"..,org_demo\n"), srv.URL, "add", "-p", "clerk", "--from", "-")
	if want := fmt.Sprintf("memberships: stdin:%d:1: the member's id is a path segment and not an id; nothing was sent\n", n+2); res.code != exit.Usage || res.stderr != want {
		t.Errorf("got %d, %q, want %q", res.code, res.stderr, want)
	}
}
