package input

import "testing"

// Rows are objects in sequence or in one array.
func TestJSON(t *testing.T) {
	a := []map[string]string{{"email": "a@example.com"}}
	const row = `{"email":"a@example.com"}`
	testRead(t, map[string]readTest{
		"an array":               {file: "[" + row + "]", want: a},
		"an empty array":         {file: "[]"},
		"an end without a begin": {file: row + "]", want: a, wrong: "stdin:1:26: expected an object for each row"},
		"an end alone":           {source: Source{Format: "json"}, file: "]", wrong: "stdin:1:1: expected an object for each row"},
		"a second array":         {file: "[" + row + "][" + row + "]", want: a, wrong: "stdin:1:28: expected an object for each row"},
		"a number":               {file: row + "7", want: a, wrong: "stdin:1:26: expected an object for each row"},
	})
}
