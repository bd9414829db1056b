package input

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/phrase"
)

// Every file is read or has an error with a position.
func FuzzInput(f *testing.F) {
	for _, s := range []string{
		"member,role\nada@example.com,manager\n", "\ufeffemail\n\"a\nb\"\n", "{\"member\":\"a\"}\n{\"role\":null}", "{\"member\":\"\\u0061\"} x", "[", "{\"\xff\":1}", "\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		stdin := strings.NewReader(file)
		lines := strings.Count(file, "\n") + 1
		err := Read(stdin, "-", &Source{}, func(row Row) error {
			if row.Line < 1 || row.Line > lines+strings.Count(file, "\r") {
				t.Errorf("a row on line %d of %d", row.Line, lines)
			}
			for name, c := range row.Cells {
				if !knownColumn(name) || c.Line < row.Line || c.Column < 1 {
					t.Errorf("%q in the row of line %d: %+v", name, row.Line, c)
				}
			}
			return nil
		})
		var wrong *Error
		if err != nil && (!errors.As(err, &wrong) || wrong.File != "stdin" || wrong.Line < 1 || wrong.Column < 1 || wrong.Text == "") {
			t.Errorf("got %#v", err)
		}
	})
}

// A row has a maximum length, also with an open quote. Text that is no table does not
// appear in an error.
func TestLongRows(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"a row up to the bound", "email,name\na@example.com," + strings.Repeat("x", maxLine-14) + "\nb@example.com,\n", ""},
		{"a long row", "email\na@example.com\n" + strings.Repeat("x", maxLine+2*readAhead) + "\n", "stdin:3:1: the row is longer than 1,048,576 bytes"},
		{"an open quote", "email\n\"" + strings.Repeat("x\n", maxLine), "stdin:2:1: the row is longer than 1,048,576 bytes"},
		{"a long header", strings.Repeat("x", 2*maxLine), "stdin:1:1: the row is longer than 1,048,576 bytes"},
		{"no table", strings.Repeat("x", 1000), `stdin:1:1: "` + strings.Repeat("x", phrase.MaxQuoted) + `"... is no column; the first line names the columns: `},
		{"a long object", `{"email":"` + strings.Repeat("x", maxLine+2*readAhead) + `"}`, "stdin:1:1: the row is longer than 1,048,576 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stdin, rows := strings.NewReader(tt.file), 0
			err := Read(stdin, "-", &Source{}, func(Row) error { rows++; return nil })
			if got := fmt.Sprint(err); tt.want != "" && !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %.200s, want %s", got, tt.want)
			}
			if tt.want == "" && (err != nil || rows != 2) {
				t.Errorf("%d rows, %v", rows, err)
			}
		})
	}
}
