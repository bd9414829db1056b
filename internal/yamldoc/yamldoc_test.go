package yamldoc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// options are those of the tests.
var options = Options{MaxValues: 1000, Merging: "write them out"}

// mistakes returns the mistakes of a text, a line each.
func mistakes(text string, o Options) string {
	_, errs := Parse("f", []byte(text), o)
	var all []string
	for _, e := range errs {
		all = append(all, e.Error())
	}
	return strings.Join(all, "\n")
}

// Each mistake has its place, in YAML and in JSON.
func TestMistakes(t *testing.T) {
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	for _, tt := range []struct{ text, want string }{
		{"\xfe\xff\x00a", "f:1:1: the file is UTF-16; save it as UTF-8"},
		{"a: é\xff", "f:1:5: a byte here is not UTF-8; save the file as UTF-8"},
		{"a: b\r\nc: é\u200e", "f:2:5: the control character U+200E stands here"},
		{"{\"a\": \"\ufeff\"}", "f:1:8: the control character U+FEFF stands here"},
		{deep, "f:1:101: the value is nested deeper than 100 levels"},
		{"a: [", "f:1:5: this is not YAML: did not find expected node content"},
		{"{\"a\": 1,}x", "f:1:10: this is not YAML: did not find expected <document start>"},
		{"a:\n\tb: c", "f:2:1: a tab indents this line; YAML is indented with spaces"},
		{"a\n--- b", "f:2:1: a second document begins here; a file has one"},
		{"a: *b", "f:1:4: this is not YAML: unknown anchor 'b' referenced"},
		{"a: &b [*b]", "f:1:8: the alias *b stands within its own anchor"},
		{"a: !b c\nd: !!set {}", "f:1:4: the tag \"!b\" is not read\nf:2:4: the tag \"!!set\" is not read"},
		{"a: {<<: {b: c}, b: d}", "f:1:5: the key << is not read; write them out"},
		{"{~: a, [b]: c, {d: e}: f}", "f:1:2: expected a key, found ~, which is no value; in quotes it is a key\nf:1:8: expected a key, found a list\nf:1:16: expected a key, found a mapping"},
		{"a: 1\nb: 2\n\"a\": 3", "f:3:1: the key \"a\" stands here a second time; the first is at f:1:1"},
		{"{\n \"é\": 1, \"a\": {\"b\": [],\n\"b\":0}, \"\\u00e9\": 2}", "f:3:1: the key \"b\" stands here a second time; the first is at f:2:16\nf:3:9: the key \"é\" stands here a second time; the first is at f:2:2"},
		{"{\"a\": \"é\", \"a\": 2}", "f:1:12: the key \"a\" stands here a second time; the first is at f:1:2"},
		{"[\"\\ud83d\\ude00\\ufffd\\\\ud83d\", \"\\ud83d\"]", "f:1:31: an escape of this text is half of a character"},
		{"[\"\\ude00\\ud83d\", \"\\ud83d\\u0041\"]", "f:1:2: an escape of this text is half of a character\nf:1:18: an escape of this text is half of a character"},
	} {
		if diff := cmp.Diff(tt.want, mistakes(tt.text, options)); diff != "" {
			t.Errorf("%.60q (-want +got):\n%s", tt.text, diff)
		}
	}
}

// Bare quotes keys alone.
func TestBare(t *testing.T) {
	for _, text := range []string{"a: *hush", "a: &hush [*hush]", "a: !hush b", "a: \"hush", "a: hush: hush", "a: [hush", "hush\n---\nhush", "a:\n\thush: b", "%hush\n---\n", "a: \"\\hush\"", "a: @hush"} {
		_, errs := Parse("f", []byte(text), options)
		if len(errs) == 0 {
			t.Errorf("%q has no mistake", text)
		}
		for _, e := range errs {
			if strings.Contains(e.Bare, "hush") || e.Bare == "" {
				t.Errorf("%q: %q", text, e.Bare)
			}
		}
	}
}

// A file has at most MaxValues values, and those of its aliases count. Some files have that
// bound for their aliases alone.
func TestMaxValues(t *testing.T) {
	list := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	bomb := "a: &a " + list(30, "x") + "\nb: &b " + list(30, "*a") + "\nc: " + list(30, "*b")
	const plain, aliased = "the file has more than 1,000 values", ": with the values of its aliases, the file has more than 1,000 values"
	for _, tt := range []struct {
		name, text  string
		want, loose string
	}{
		{"few in YAML", list(999, "x"), "", ""},
		{"few in JSON", list(999, "0"), "", ""},
		{"many in YAML", list(1000, "x"), "f:1:2000: " + plain, ""},
		{"many in JSON", list(1000, "0"), "f:1:2000: " + plain, ""},
		{"many keys in JSON", "{\"a\":" + list(500, "{\"b\":0}") + "}", "f:1:2664: " + plain, ""},
		{"a bomb", bomb, aliased, aliased},
		{"a bomb behind many", "z: " + list(2000, "x") + "\ny: &a " + list(2, "x") + "\nx: " + list(2, "*a"), plain, aliased},
	} {
		for _, loose := range []bool{false, true} {
			want, o := tt.want, options
			if loose {
				want, o.AliasesOnly = tt.loose, true
			}
			got := mistakes(tt.text, o)
			if strings.Contains(got, "\n") || (got == "") != (want == "") || !strings.HasSuffix(got, want) {
				t.Errorf("%s, %+v: got %.300s, want %s", tt.name, o, got, want)
			}
		}
	}
}

// A file in YAML or in JSON has the same values.
func TestValues(t *testing.T) {
	at := func(line, column int) Position { return Position{File: "f", Line: line, Column: column} }
	text := func(line, column int, s string) *Node {
		return &Node{Kind: Scalar, At: at(line, column), Text: s, Tag: TagText}
	}
	of := func(line, column int, s, tag string) *Node {
		return &Node{Kind: Scalar, At: at(line, column), Text: s, Tag: tag}
	}
	got, errs := Parse("f", []byte("{\"a\": [1, -2.5e3, true,\n\t\"é\\n\\/\", null], \"b\": {}, \"é\": []}"), options)
	want := &Node{Kind: Mapping, At: at(1, 1), Pairs: []Pair{
		{text(1, 2, "a"), &Node{Kind: List, At: at(1, 7), Items: []*Node{
			of(1, 8, "1", TagNumber), of(1, 11, "-2.5e3", TagFloat), of(1, 19, "true", TagTruth), text(2, 2, "é\n/"), {At: at(2, 11), Text: "null", Tag: tagNull},
		}}},
		{text(2, 18, "b"), &Node{Kind: Mapping, At: at(2, 23)}},
		{text(2, 27, "é"), &Node{Kind: List, At: at(2, 32)}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || errs != nil {
		t.Errorf("%v (-want +got):\n%s", errs, diff)
	}
	for text, want := range map[string]string{
		"": "null", "# a": "null", "---\n": "null", "\ufeffa": `"a"`, "- &a {b: c}\n- *a\n": `[{"b":"c"},{"b":"c"}]`, "b: 1\na: 2": `{"b":1,"a":2}`,
		"a: |\n  b\n\n  c\r\n": `{"a":"b\n\nc\n"}`, "[007, yes, True, ~, 1.50, 2020-01-01, !!str 5]": `["007","yes",true,null,1.50,"2020-01-01","5"]`,
		" [\"\\ud83d\\ude00\"]\n": `["😀"]`, "[{}, {a: []}]": `[{},{"a":[]}]`,
	} {
		n, errs := Parse("f", []byte(text), options)
		if errs != nil {
			t.Errorf("%q: %v", text, errs)
			continue
		}
		if got, err := n.MarshalJSON(); string(got) != want && !strings.Contains(fmt.Sprint(err), "number of JSON") {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
	any, errs := Parse("f", []byte("\"\u202e\x7f\""), Options{MaxValues: 1, AnyCharacter: true})
	if errs != nil || any.Text != "\u202e\x7f" {
		t.Errorf("got %v, %v", any, errs)
	}
}

// JSON has no numbers such as those of YAML.
func TestMarshalJSONNumbers(t *testing.T) {
	for _, number := range []string{"0x10", ".inf", "+1", "0o7", ".5"} {
		n, errs := Parse("f", []byte("a: [b, "+number+"]"), options)
		if errs != nil {
			t.Fatal(errs)
		}
		if got, err := n.MarshalJSON(); err == nil || err.Error() != "f:1:8: expected a number of JSON, found the number "+number {
			t.Errorf("%s: got %s, %v", number, got, err)
		}
	}
}
