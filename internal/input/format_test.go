package input

import "testing"

// A file without a format is CSV if its first line names columns, and a list if that line
// holds members.
func TestFormats(t *testing.T) {
	two := []map[string]string{{"member": "user_1"}, {"member": "user_2"}}
	testRead(t, map[string]readTest{
		"CSV":                  {file: "member\nuser_1\nuser_2\n", want: two},
		"CSV with semicolons":  {file: "role;member\n;user_1\n;user_2\n", want: two},
		"JSON":                 {file: `[{"member":"user_1"},{"member":"user_2"}]`, want: two},
		"NDJSON":               {file: "{\"member\":\"user_1\"}\n{\"member\":\"user_2\"}\n", want: two},
		"a list":               {file: "user_1\nuser_2\n", want: two},
		"a list on one line":   {file: "user_1,user_2\n", want: two},
		"a given list":         {source: Source{Format: "list"}, file: "user_1\nuser_2\n", want: two},
		"a list, given as CSV": {source: Source{Format: "csv"}, file: "user_1,user_2\n", wrong: `stdin:1:1: "user_1" is no column`},
		"a table for people":   {file: "MEMBER           ROLE\nada@example.com  member\n", wrong: "stdin:1:1: this is a table for people"},
		"below a sep= line":    {file: "sep=;\nMEMBER           ROLE\nada@example.com  member\n", wrong: "stdin:2:1: this is a table for people"},
	})
}
