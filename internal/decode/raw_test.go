package decode

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// skipped reports whether Skip accepts a document.
func skipped(document string) bool {
	r := open([]byte(document), false, 0)
	defer r.release()
	return r.end(r.Skip(space(r.buf, 0))) == nil
}

func TestSkip(t *testing.T) {
	for document, want := range map[string]bool{
		"0": true, "-0": true, "10": true, "-1": true, "1.50": true, "0.1": true, "1e9": true, "1E+9": true, "1.5e-07": true,
		"": false, "-": false, "01": false, "-01": false, "+1": false, ".5": false, "1.": false, "1.e1": false, "1e": false, "1e+": false,
		"0x1": false, "1_0": false, "NaN": false, "Infinity": false, "-a": false, "1.5.5": false, "1e1e1": false,
		"true": true, "false": true, "null": true, "tru": false, "nulls": false, "True": false,
		"[]": true, "{}": true, "[[],{}]": true, `{"a":[{"b":[]}],"c":{}}`: true, "[ 1 , 2 ]": true,
		"[": false, "]": false, "[1": false, "[1,": false, "[,]": false, "[1,]": false, "[1 2]": false, "[}": false,
		"{": false, "{]": false, `{"a"`: false, `{"a":`: false, `{"a":}`: false, `{"a":1,}`: false, "{1:2}": false, `{"a":[}`: false,
		`"\ud83d\ude00"`: true, `"\ud83d"`: false, `"\ufffd"`: true, `["a\qb"]`: false, "[\"\xff\"]": false,
	} {
		t.Run(document, func(t *testing.T) {
			if got := skipped(document); got != want {
				t.Errorf("Skip accepts it: %v, want %v", got, want)
			}
		})
	}
}

func TestSkipDepth(t *testing.T) {
	for _, brackets := range []string{"[]", "{}"} {
		before, after := brackets[:1], brackets[1:]
		if before == "{" {
			before = `{"":`
		}
		nested := func(depth int) string {
			return strings.Repeat(before, depth) + "1" + strings.Repeat(after, depth)
		}
		if !skipped(nested(maxDepth)) || skipped(nested(maxDepth+1)) {
			t.Errorf("%s: the greatest depth is not %d", brackets, maxDepth)
		}
	}
}

// FuzzSkip compares Skip and the text of strings with encoding/json.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e+3,true,null]}`, `"\u00e9\"\\\/\b\f\n\r\t\ud83d\ude00"`, `["\ud83d"]`, "[[[{}]]]", "01", `{"a":"\x"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, document string) {
		valid := json.Valid([]byte(document)) && utf8.ValidString(document)
		got := skipped(document)
		if got && !valid {
			t.Fatal("Skip accepts a document that encoding/json refuses")
		}
		if !got && valid && !strings.Contains(document, `\u`) { // it may hold a lone surrogate
			t.Fatal("Skip refuses a document that encoding/json accepts")
		}
		var want string
		if !valid || json.Unmarshal([]byte(document), &want) != nil || document[0] != '"' {
			return
		}
		text, ok := appendUnescaped(nil, []byte(document[1:strings.LastIndexByte(document, '"')]))
		if !ok || string(text) != want {
			t.Errorf("the text is %q, want %q", text, want)
		}
	})
}

func TestProperty(t *testing.T) {
	for _, test := range []struct {
		object, want string
		fails        bool
	}{
		{"", "", false},
		{"null", "", false},
		{"{}", "", false},
		{`{"other":1}`, "", false},
		{`{"role":"admin"}`, `"admin"`, false},
		{` { "other" : { "role" : 1 } , "role" : [ 1, 2 ] } `, "[ 1, 2 ]", false},
		{`{"r\u006fle":null}`, "null", false},
		{`{"role":1,"role":2}`, "2", false},
		{"[]", "", true},
		{`"role"`, "", true},
		{`{"role":1`, "", true},
		{`{"role":1} 2`, "", true},
	} {
		t.Run(test.object, func(t *testing.T) {
			got, err := Property(json.RawMessage(test.object), "role")
			if diff := cmp.Diff(test.want, string(got)); diff != "" || (err != nil) != test.fails {
				t.Errorf("(-want +got):\n%serror: %v", diff, err)
			}
		})
	}
}
