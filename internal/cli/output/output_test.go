package output

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/text"
)

var pairSchema = Schema[[2]string]{
	Fields: []Field[[2]string]{
		{"key", func(p [2]string) string { return p[0] }},
		{"value", func(p [2]string) string { return p[1] }},
	},
	Columns: []Field[[2]string]{
		{"key", func(p [2]string) string { return p[0] }},
		{"value", func(p [2]string) string { return p[1] }},
	},
}

func printed(t *testing.T, format string, complete bool, records ...[2]string) string {
	t.Helper()
	var b strings.Builder
	p := newPrinter(&b, &Flags{Format: format}, screen{}, names(pairSchema.Fields), nil, false)
	for _, r := range records {
		if err := p.print(r[:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(complete); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	records := [][2]string{{"a", "Zoë \"x\""}, {"long key", "=1\n\x1b[31m"}, {"", "\xff,"}}
	for _, tt := range []struct {
		format   string
		complete bool
		records  [][2]string
		want     string
	}{
		{"table", true, records, "KEY       VALUE\na         Zoë \"x\"\nlong key  =1 \ufffd[31m\n          \ufffd,\n"},
		{"table", false, records[:1], "KEY  VALUE\na    Zoë \"x\"\n"},
		{"table", true, nil, ""},
		{"json", true, records[:2], "[\n{\"key\":\"a\",\"value\":\"Zoë \\\"x\\\"\"},\n{\"key\":\"long key\",\"value\":\"=1\\n\\u001b[31m\"}\n]\n"},
		{"json", false, records[:1], "[\n{\"key\":\"a\",\"value\":\"Zoë \\\"x\\\"\"}\n"},
		{"json", true, nil, "[]\n"},
		{"json", false, nil, ""},
		{"ndjson", true, records[1:], "{\"key\":\"long key\",\"value\":\"=1\\n\\u001b[31m\"}\n{\"key\":\"\",\"value\":\"\ufffd,\"}\n"},
		{"ndjson", true, nil, ""},
		{"csv", true, records, "key,value\na,\"Zoë \"\"x\"\"\"\nlong key,\"'=1\n\x1b[31m\"\n,\"\xff,\"\n"},
		{"csv", true, nil, "key,value\n"},
		{"csv", false, nil, ""},
	} {
		if diff := cmp.Diff(tt.want, printed(t, tt.format, tt.complete, tt.records...)); diff != "" {
			t.Errorf("%s, complete %v, %d records (-want +got):\n%s", tt.format, tt.complete, len(tt.records), diff)
		}
	}
}

// The first rows determine the widths, so memory stays flat. Longer cells in later rows
// are printed whole.
func TestTableGoesOn(t *testing.T) {
	var records [][2]string
	for range tableRows {
		records = append(records, [2]string{"short", "x"})
	}
	records = append(records, [2]string{"longer than all", "y"}, [2]string{"short", "z"})
	lines := strings.Split(printed(t, "table", true, records...), "\n")
	want := []string{"KEY    VALUE", "short  x", "longer than all  y", "short  z", ""}
	if diff := cmp.Diff(want, append(lines[:2:2], lines[tableRows+1:]...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The width of a column is its width on a terminal.
func TestTableOfWideLetters(t *testing.T) {
	got := printed(t, "table", true, [2]string{"ada", "1"}, [2]string{"\u592a\u90ce", "2"}, [2]string{"e\u0301va", "3"}, [2]string{"\uff21\u200d", "4"}, [2]string{"cut\xe5", "5"})
	want := "KEY   VALUE\nada   1\n\u592a\u90ce  2\ne\u0301va   3\n\uff21\u200d    4\ncut\ufffd  5\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// With widths known in advance, no row waits for others.
func TestTableAtOnce(t *testing.T) {
	var b strings.Builder
	p := newPrinter(&b, &Flags{Format: "table"}, screen{}, names(pairSchema.Columns), []int{6, 0}, false)
	for _, want := range []string{"KEY     VALUE\na       1\n", "KEY     VALUE\na       1\na       1\n"} {
		if err := p.print([]string{"a", "1"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A spreadsheet runs no cell as a formula, and the original can be restored.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"", "ada", "=1", "'=1", "''+", "-", "'", "\t=", "12345678901234567890", "@\"\n", "\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		escaped := text.EscapeCell(cell)
		if escaped != "" && strings.ContainsRune("=+-@\t\r", rune(escaped[0])) {
			t.Errorf("%q is run", escaped)
		}
		if got := text.UnescapeCell(escaped); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if _, err := csv.NewReader(strings.NewReader(printed(t, "csv", true, [2]string{"x", cell}))).ReadAll(); err != nil {
			t.Error(err)
		}
		var record map[string]string
		if err := json.Unmarshal([]byte(printed(t, "ndjson", true, [2]string{"x", cell})), &record); err != nil {
			t.Error(err)
		}
	})
}
