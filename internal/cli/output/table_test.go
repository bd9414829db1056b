package output

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tabled prints a table on a terminal of a width; 0 is a pipe.
func tabled(t *testing.T, o Flags, on screen, widths []int, columns []string, rows ...[]string) string {
	t.Helper()
	o.Format = "table"
	var b bytes.Buffer
	p := newPrinter(&b, &o, on, columns, widths, false)
	for _, row := range rows {
		if err := p.print(slices.Clone(row)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(true); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

// A table is at most as wide as the terminal: texts are cut, ids only as a last resort,
// and prose in the last column is wrapped. An id in the last column stays whole.
func TestTableFits(t *testing.T) {
	long := []string{"Ada Lovelace of London", "ada.lovelace@example.com", "member", "user_1234567890"}
	columns := []string{"name", "email", "role", "member"}
	for _, tt := range []struct {
		name    string
		width   int
		columns []string
		rows    [][]string
		want    string
	}{
		{"a pipe", 0, columns, [][]string{long}, lines(
			"NAME                    EMAIL                     ROLE    MEMBER",
			"Ada Lovelace of London  ada.lovelace@example.com  member  user_1234567890")},
		{"wide enough", 73, columns, [][]string{long}, lines(
			"NAME                    EMAIL                     ROLE    MEMBER",
			"Ada Lovelace of London  ada.lovelace@example.com  member  user_1234567890")},
		{"one column less", 72, columns, [][]string{long}, lines(
			"NAME                    EMAIL                    ROLE    MEMBER",
			"Ada Lovelace of London  ada.lovelace@example.c…  member  user_1234567890")},
		{"narrow", 50, columns, [][]string{long}, lines(
			"NAME          EMAIL        ROLE    MEMBER",
			"Ada Lovelac…  ada.lovela…  member  user_1234567890")},
		{"ids are whole", 30, columns, [][]string{long}, lines(
			"NA…  EM…  RO…  MEMBER",
			"Ad…  ad…  me…  user_1234567890")},
		{"an id at the end is never cut", 20, columns, [][]string{long}, lines(
			"NAME        EMAIL       ROLE    MEMBER",
			"Ada Lovel…  ada.lovel…  member  user_1234567890")},
		{"an id before others is cut", 20, []string{"name", "group", "role"}, [][]string{{"Ada Lovelace", "space:AAAA0000001", "member"}}, lines(
			"NAME  GROUP     ROLE",
			"Ada…  space:A…  mem…")},
		{"wide letters and marks", 18, []string{"name", "group"}, [][]string{{"山田太郎と花子", "room:1"}, {"e\u0301e\u0301e\u0301", "room:22"}}, lines(
			"NAME       GROUP",
			"山田太郎…  room:1",
			"e\u0301e\u0301e\u0301        room:22")},
		{"prose", 30, []string{"result", "detail"}, [][]string{{"failed", "the provider refuses this"}, {"added", ""}}, lines(
			"RESULT  DETAIL",
			"failed  the provider refuses",
			"        this",
			"added")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tabled(t, Flags{}, screen{terminal: tt.width > 0, width: tt.width}, nil, tt.columns, tt.rows...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A row after the choice of widths fits too, and its id is whole.
func TestTableFitsLater(t *testing.T) {
	rows := make([][]string, tableRows)
	for i := range rows {
		rows[i] = []string{"Ada", "user_1"}
	}
	rows = append(rows, []string{"Ada Lovelace", "user_2"}, []string{"Ada Lovelace of London", "user_1234567890"})
	got := strings.Split(tabled(t, Flags{}, screen{terminal: true, width: 20}, nil, []string{"name", "member"}, rows...), "\n")
	want := []string{"NAME  MEMBER", "Ada   user_1", "Ada Lovelace  user_2", "A…  user_1234567890", ""}
	want[3] = "Ad…  user_1234567890"
	if diff := cmp.Diff(want, append(got[:2:2], got[tableRows+1:]...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No line is wider than the terminal, for any cells.
func TestNoTableIsTooWide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	columns := []string{"name", "result", "group", "member", "detail"}
	alphabet := []rune("abc dé山\u0301\u200d🙂-")
	for range 2000 {
		rows := make([][]string, 1+r.IntN(80))
		for i := range rows {
			for range columns {
				cell := make([]rune, r.IntN(30))
				for i := range cell {
					cell[i] = alphabet[r.IntN(len(alphabet))]
				}
				rows[i] = append(rows[i], string(cell))
			}
		}
		var widths []int
		if r.IntN(2) == 0 {
			widths = []int{r.IntN(20), 12, r.IntN(20), r.IntN(20), 6}
		}
		on := screen{terminal: true, width: 2*len(columns) + len(columns) + r.IntN(100)}
		for line := range strings.Lines(tabled(t, Flags{}, on, widths, columns, rows...)) {
			if got := CellWidth(strings.TrimSuffix(line, "\n")); got > on.width {
				t.Fatalf("%d columns on a terminal of %d: %q", got, on.width, line)
			}
		}
	}
}

// An id in the last column is whole on every terminal, and the line fits if possible.
func TestTableKeepsIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		name, id := strings.Repeat("x", r.IntN(40)), strings.Repeat("1", 1+r.IntN(60))
		on := screen{terminal: true, width: 1 + r.IntN(80)}
		rows := strings.Split(tabled(t, Flags{}, on, nil, []string{"name", "member"}, []string{name, id}), "\n")
		if !strings.HasSuffix(rows[1], id) {
			t.Errorf("width %d: %q ends another way than %q", on.width, rows[1], id)
		}
		if least := 1 + ColumnGap + max(len(id), len("MEMBER")); CellWidth(rows[1]) > max(on.width, least+9) {
			t.Errorf("width %d: %q takes %d columns", on.width, rows[1], CellWidth(rows[1]))
		}
	}
}

// Only states and results have colours, and only if the terminal allows them.
func TestTableColours(t *testing.T) {
	columns := []string{"name", "state", "result"}
	rows := [][]string{{"active", "active", "added"}, {"x", "invited", "failed"}, {"y", "\x1b[31munknown", ""}}
	plainTable := lines(
		"NAME    STATE         RESULT",
		"active  active        added",
		"x       invited       failed",
		"y       \ufffd[31munknown")
	want := lines(
		"NAME    STATE         RESULT",
		"active  "+green+"active"+noColour+"        "+green+"added"+noColour,
		"x       "+yellow+"invited"+noColour+"       "+red+"failed"+noColour,
		"y       \ufffd[31munknown")
	for _, tt := range []struct {
		env      map[string]string
		terminal bool
		want     string
	}{
		{map[string]string{"TERM": "xterm"}, true, want},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true, want},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, true, plainTable},
		{map[string]string{"TERM": "xterm"}, false, plainTable},
		{map[string]string{"TERM": "dumb"}, true, plainTable},
		{nil, true, plainTable},
	} {
		c := &Console{StdoutTerminal: tt.terminal, Colours: Colours(func(name string) string { return tt.env[name] })}
		if diff := cmp.Diff(tt.want, tabled(t, Flags{}, c.screen(), nil, columns, rows...)); diff != "" {
			t.Errorf("%v, terminal %v (-want +got):\n%s", tt.env, tt.terminal, diff)
		}
	}
}

// Every state and every result of a change has a colour, except for the results of a dry
// run.
func TestColoursOfResults(t *testing.T) {
	for _, r := range Results {
		if got, dry := colourOf(r) == "", strings.HasPrefix(r, "would-"); got != dry {
			t.Errorf("%s: no colour %v, want %v", r, got, dry)
		}
	}
}

func TestWidths(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"", 0, ""}, {"ada", 3, "ada"}, {"ada", 2, "a…"}, {"ada", 1, "…"}, {"ada", 0, ""},
		{"山田", 4, "山田"}, {"山田", 3, "山…"}, {"山田", 2, "…"},
		{"e\u0301a", 2, "e\u0301a"}, {"e\u0301va", 2, "e\u0301…"},
		{"👩\u200d🚀 x", 5, "👩\u200d🚀…"}, {"👩\u200d🚀x", 4, "👩…"},
		{"a b", 3, "a b"}, {"a bc", 3, "a…"},
		{"\u1112\u1161\u11ab", 2, "\u1112\u1161\u11ab"},
	} {
		if got := truncate(tt.text, tt.n); got != tt.want {
			t.Errorf("%q in %d: got %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
	for _, tt := range []struct {
		text string
		n    int
		want []string
	}{
		{"", 5, []string{""}}, {"one two", 7, []string{"one two"}}, {"one two", 6, []string{"one", "two"}},
		{"longer word", 4, []string{"long", "er", "word"}}, {"山", 1, []string{"山"}}, {"山田", 1, []string{"山", "田"}},
		{"a  b", 9, []string{"a b"}},
	} {
		if diff := cmp.Diff(tt.want, Wrap(tt.text, tt.n)); diff != "" {
			t.Errorf("%q in %d (-want +got):\n%s", tt.text, tt.n, diff)
		}
	}
}
