package yamldoc

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type decoded struct {
	Text    string             `json:"text"`
	Number  int                `json:"number,omitempty"`
	Long    int64              `json:"long"`
	Truth   bool               `json:"truth"`
	Maybe   *bool              `json:"maybe"`
	List    []string           `json:"list"`
	Map     map[string]string  `json:"map"`
	Structs map[string]decoded `json:"structs"`
	Hidden  func()             `json:"-"`
	hidden  func()
}

func decodeText(t *testing.T, text string) (decoded, error) {
	t.Helper()
	n, errs := Parse("f", []byte(text), options)
	if errs != nil {
		t.Fatal(errs)
	}
	d := decoded{hidden: nil}
	err := Decode(n, &d)
	return d, err
}

func TestDecode(t *testing.T) {
	for text, want := range map[string]decoded{
		"":                             {},
		"{}":                           {},
		"text: 007":                    {Text: "007"},
		"text: true":                   {Text: "true"},
		"text: 1e20":                   {Text: "1e20"},
		"text: ~":                      {},
		"text: |\n  a\n":               {Text: "a\n"},
		"number: -5\nlong: 4294967296": {Number: -5, Long: 4294967296},
		"{truth: TRUE, maybe: false}":  {Truth: true, Maybe: new(false)},
		"{truth: , maybe: , list: , map: , structs: , number: }": {},
		"list: [a, 1, ~, &a b, *a]":                              {List: []string{"a", "1", "", "b", "b"}},
		"map: {a: no, 1: 2, \"\": ~}":                            {Map: map[string]string{"a": "no", "1": "2", "": ""}},
		"structs: {a: {structs: {b: {text: c}}}, d: ~}":          {Structs: map[string]decoded{"a": {Structs: map[string]decoded{"b": {Text: "c"}}}, "d": {}}},
	} {
		got, err := decodeText(t, text)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(decoded{}), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Hidden" || p.Last().String() == ".hidden" }, cmp.Ignore())); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestDecodeMistakes(t *testing.T) {
	const keys = "; the keys are text, number, long, truth, maybe, list, map and structs"
	for text, want := range map[string]string{
		"[]":                            "f:1:1: expected a mapping, found a list",
		"text: [a]":                     "f:1:7: expected a text, found a list",
		"text: {}":                      "f:1:7: expected a text, found a mapping",
		"number: '5'":                   `f:1:9: expected a whole number, found the text "5"`,
		"number: many":                  `f:1:9: expected a whole number, found the text "many"`,
		"number: [1]":                   "f:1:9: expected a whole number, found a list",
		"number: 1.0":                   "f:1:9: expected a whole number, found the number 1.0",
		"number: 1e3":                   "f:1:9: expected a whole number, found the number 1e3",
		"number: 010":                   "f:1:9: expected a whole number, found the number 010",
		"number: 0x10":                  "f:1:9: expected a whole number, found the number 0x10",
		"number: +1":                    "f:1:9: expected a whole number, found the number +1",
		"long: 99999999999999999999":    "f:1:7: expected a whole number, found the number 99999999999999999999",
		"truth: yes":                    `f:1:8: expected true or false, found the text "yes"`,
		"truth: 'true'":                 `f:1:8: expected true or false, found the text "true"`,
		"truth: 1":                      "f:1:8: expected true or false, found the number 1",
		"maybe: on":                     `f:1:8: expected true or false, found the text "on"`,
		"list: a":                       `f:1:7: expected a list, found the text "a"`,
		"list: [[a]]":                   "f:1:8: expected a text, found a list",
		"map: [a]":                      "f:1:6: expected a mapping, found a list",
		"map: {a: [b]}":                 "f:1:10: expected a text, found a list",
		"txt: a":                        `f:1:1: there is no key "txt" here; did you mean text?`,
		"Text: a":                       `f:1:1: there is no key "Text" here; did you mean text?`,
		"{text: a,\n hidden: b}":        `f:2:2: there is no key "hidden" here` + keys,
		"-: a":                          `f:1:1: there is no key "-" here` + keys,
		"structs: {a: {colour: blue}}":  `f:1:15: there is no key "colour" here` + keys,
		"structs: {a: {truth: {b: 1}}}": "f:1:22: expected true or false, found a mapping",
	} {
		if _, err := decodeText(t, text); fmt.Sprint(err) != want {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
