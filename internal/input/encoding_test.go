package input

import "testing"

// A file of few bytes is no UTF-16 by its zeros alone.
func TestEncodings(t *testing.T) {
	want := []map[string]string{{"email": "a@example.com"}}
	wide := func(text string, high int) string {
		b := make([]byte, 2*len(text))
		for i := range len(text) {
			b[2*i+1-high] = text[i]
		}
		return string(b)
	}
	const file = "email\na@example.com\n"
	testRead(t, map[string]readTest{
		"UTF-8":                    {file: file, want: want},
		"UTF-8 with a mark":        {file: "\xef\xbb\xbf" + file, want: want},
		"UTF-16":                   {file: wide(file, 1), want: want},
		"UTF-16 with a mark":       {file: "\xff\xfe" + wide(file, 1), want: want},
		"UTF-16, high bytes first": {file: wide(file, 0), want: want},
		"one byte":                 {source: Source{Format: "list"}, file: "7", want: []map[string]string{{"member": "7"}}},
		"a letter and a zero":      {source: Source{Format: "list"}, file: "7\x00", want: []map[string]string{{"member": "7"}}, wrong: "stdin:1:2: a NUL byte stands here"},
		"UTF-32":                   {file: "\xff\xfe\x00\x00e\x00\x00\x00", wrong: "stdin:1:1: this is UTF-32"},
	})
}
