package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/clitest"
	"github.com/memberships-go/memberships/internal/text"
)

// printedOn prints one record for each value.
func printedOn(t *testing.T, terminal bool, format string, cells []string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	c := &Console{Stdout: &out, Stderr: &errs, StdoutTerminal: terminal}
	s := Open(c, &Flags{Format: format}, pairSchema, "pairs")
	for _, cell := range cells {
		if err := s.Print([2]string{"x", cell}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(nil); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

// No format sends an unsafe character to a terminal. JSON escapes it everywhere, and CSV
// keeps it in a file.
func TestNoFormatMovesTheCursor(t *testing.T) {
	const notice = "memberships: some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are\n"
	for _, format := range Formats {
		for _, terminal := range []bool{true, false} {
			t.Run(fmt.Sprint(format, terminal), func(t *testing.T) {
				for _, cell := range clitest.Hostile() {
					out, notes := printedOn(t, terminal, format, []string{cell, "plain"})
					keeps := format == "csv" && !terminal
					if !keeps {
						clitest.CheckTerminal(t, format, out)
						if n := strings.Count(out, "\n"); (format == "table" || format == "csv") && n != 3 {
							t.Errorf("%q: %d lines of %q", cell, n, out)
						}
					}
					want := ""
					if format == "csv" && terminal {
						want = notice
					}
					if notes != want {
						t.Errorf("%q: noted %q, want %q", cell, notes, want)
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
					case keeps && !strings.ContainsAny(cell, "\r\n"): // encoding/csv reads these as \n
						rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
						if err != nil || text.UnescapeCell(rows[1][1]) != cell {
							t.Errorf("%q comes back as %q, %v", cell, rows, err)
						}
					case keeps && !strings.Contains(out, cell):
						t.Errorf("%q is not in %q", cell, out)
					}
				}
			})
		}
	}
	if out, notes := printedOn(t, true, "csv", []string{"Zoë", "日本語", "e\u0301", "=1"}); notes != "" || out != "key,value\nx,Zoë\nx,日本語\nx,e\u0301\nx,'=1\n" {
		t.Errorf("got %q with notes %q", out, notes)
	}
}

// A single record is printed as safely as many.
func TestOneRecordIsSafe(t *testing.T) {
	for _, format := range Formats {
		var out, errs bytes.Buffer
		c := &Console{Stdout: &out, Stderr: &errs, StdoutTerminal: true}
		if err := One(c, &Flags{Format: format}, pairSchema, [2]string{"x", "a\u009b\u202e\x1b\x9bb"}); err != nil {
			t.Fatal(err)
		}
		clitest.CheckTerminal(t, format, out.String())
		if noted := errs.Len() > 0; noted != (format == "csv") {
			t.Errorf("%s: noted %q", format, errs.String())
		}
	}
}

func FuzzNoFormatMovesTheCursor(f *testing.F) {
	for _, cell := range clitest.Hostile() {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, format := range Formats {
			out, _ := printedOn(t, true, format, []string{cell})
			clitest.CheckTerminal(t, format, out)
		}
	})
}
