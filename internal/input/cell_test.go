package input

import (
	"strings"
	"testing"
)

// A cell has one certain meaning or is an error.
func TestCells(t *testing.T) {
	const number = " is a number as a spreadsheet writes it, or several ids; if it is one id, write "
	lost := func(id string) string {
		return "this id was converted to a number by a spreadsheet, " + id + ", and its digits are lost; if they are not, write " + ShownID(id)
	}
	ids := func(id string) string {
		return "this cell holds more than one id: a row has one; in a file of several columns the first line names them; " + ShownID(id) + " is read as one id"
	}
	const addresses = "this cell holds more than one address or value: a row has one; in a file of several columns the first line names them"
	tests := []struct{ column, text, want, wrong string }{
		{"member", "0012345", "0012345", ""},
		{"member", `="0012345"`, "0012345", ""},
		{"member", `="a""b"`, `a"b`, ""},
		{"member", "'0012345", "0012345", ""},
		{"member", "12345678901234567890", "12345678901234567890", ""},
		{"member", "10.0.0.1", "10.0.0.1", ""},
		{"member", "1.16E+20", "", lost("1.16E+20")},
		{"member", "1,16E+20", "", lost("1,16E+20")},
		{"member", "1e20", "", lost("1e20")},
		{"member", "1,16\u00d710^20", "", lost("1,16\u00d710^20")},
		{"member_id", "100000000000000000000", "", lost("100000000000000000000")},
		{"member_id", "12345.0", "", "12345.0" + number + `"id:12345.0"`},
		{"member_id", "12345,00", "", "12345,00" + number + `"id:12345,00"`},
		{"group", "1.234.567", "", "1.234.567" + number + `"id:1.234.567"`},
		{"group_id", "1,234,567", "", "1,234,567" + number + `"id:1,234,567"`},
		{"group_id", "12,34,567", "", "12,34,567" + number + `"id:12,34,567"`},
		{"group_id", "1'234'567", "", "1'234'567" + number + `"id:1'234'567"`},
		{"member", "1\u202f234\u202f567", "", "1\u202f234\u202f567" + number + `"id:1\u202f234\u202f567"`},
		{"member", "1.16\u00d710\u00b2\u2070", "", lost("1.16\u00d710\u00b2\u2070")},
		{"member", "1,16\u00b710^20", "", lost("1,16\u00b710^20")},
		{"member", "1.16E^20", "", lost("1.16E^20")},
		{"member", "1.16e\u207a\u00b2\u2070", "", lost("1.16e\u207a\u00b2\u2070")},
		{"member", "1,16\uff25\uff0b20", "", lost("1,16\uff25\uff0b20")},
		{"member", "\u0661\u066b\u0661\u0666E+\u0662\u0660", "", lost("\u0661\u066b\u0661\u0666E+\u0662\u0660")},
		{"member", "123456789012345000", "", lost("123456789012345000")},
		{"member_id", "5000001.", "", "5000001." + number + ShownID("5000001.")},
		{"member_id", "5000001,", "", "5000001," + number + ShownID("5000001,")},
		{"member_id", "1.000.000,", "", "1.000.000," + number + ShownID("1.000.000,")},
		{"member_id", "(5000001)", "", "(5000001)" + number + ShownID("(5000001)")},
		{"member_id", "5.000.001 %", "", "5.000.001 %" + number + ShownID("5.000.001 %")},
		{"member_id", "5000001%", "", "5000001%" + number + ShownID("5000001%")},
		{"member_id", "$5000001", "", "$5000001" + number + ShownID("$5000001")},
		{"member_id", "\u20ac 5.000,00", "", "\u20ac 5.000,00" + number + ShownID("\u20ac 5.000,00")},
		{"member_id", "5 000\u00a0\u20ac", "", "5 000\u00a0\u20ac" + number + ShownID("5 000\u00a0\u20ac")},
		{"member_id", "\u0665\u0660\u0660", "", "\u0665\u0660\u0660" + number + ShownID("\u0665\u0660\u0660")},
		{"member_id", "\uff15\uff10\uff10", "", "\uff15\uff10\uff10" + number + ShownID("\uff15\uff10\uff10")},
		{"member_id", "\u0967,\u0966\u0966,\u0966\u0966\u0967", "", "\u0967,\u0966\u0966,\u0966\u0966\u0967" + number + ShownID("\u0967,\u0966\u0966,\u0966\u0966\u0967")},
		{"member_id", "\u0661\u066c\u0662\u0663\u0664", "", "\u0661\u066c\u0662\u0663\u0664" + number + ShownID("\u0661\u066c\u0662\u0663\u0664")},
		{"member_id", "5x1045", "5x1045", ""},
		{"member_id", "1.2.105", "1.2.105", ""},
		{"member_id", "user1", "user1", ""},
		{"member_id", "0x1F", "0x1F", ""},
		{"member_id", "5000001-", "5000001-", ""},
		{"member_id", "12345678901234500", "12345678901234500", ""},
		{"member_id", "a\u0661", "a\u0661", ""},
		{"member", "app:1.0", "", "1.0" + number + `"id:1.0"`},
		{"member", "#####", "", "a spreadsheet shows ##### where it does not show the value"},
		{"member", "#N/A", "", "a spreadsheet shows #N/A where it does not show the value"},
		{"member", "id:1.0", "id:1.0", ""},
		{"member", "id:1.16E+20", "id:1.16E+20", ""},
		{"member_id", "id:1.0", "1.0", ""},
		{"group_id", "id:1.0", "1.0", ""},
		{"group", "id:1.0", "id:1.0", ""},
		{"group", "channel:1.0", "channel:1.0", ""},
		{"group", "Sales, EMEA", "Sales, EMEA", ""},
		{"member", "=HYPERLINK(1)", "", "this cell is a formula: its value is needed"},
		{"member", `="1"&"2"`, "", "this cell is a formula: its value is needed"},
		{"email", "Grace Hopper <grace@example.com>", "grace@example.com", ""},
		{"member", `"Hopper, Grace" <grace@example.com>`, "grace@example.com", ""},
		{"email", "MAILTO:grace@example.com?subject=a@b", "grace@example.com", ""},
		{"email", "<mailto:grace@example.com>", "grace@example.com", ""},
		{"email", "grace@example.com <Grace@Example.com>", "Grace@Example.com", ""},
		{"email", "grace@example.com;", "grace@example.com", ""},
		{"member", "email:grace@example.com", "email:grace@example.com", ""},
		{"email", "o'brien@example.com", "o'brien@example.com", ""},
		{"email", "\u00a0\u200bgra\u00adce@example.com\ufeff", "grace@example.com", ""},
		{"member", "\u202auser_1\u202c", "user_1", ""},
		{"email", "grace@\u00a0example.com", "", "\"grace@\\u00a0example.com\" is no e-mail address"},
		{"email", "grace", "", `"grace" is no e-mail address`},
		{"email", "a@example.com, b@example.com", "", addresses},
		{"email", "A <a@example.com>; B <b@example.com>", "", addresses},
		{"email", "a@example.com/b@example.com", "", addresses},
		{"member", "a@example.com|b@example.com", "", addresses},
		{"member", "a@example.com manager", "", addresses},
		{"member", "user_1;user_2", "", ids("user_1;user_2")},
		{"member", "user_1, user_2", "", ids("user_1, user_2")},
		{"member", "user_1\nuser_2", "", ids("user_1\nuser_2")},
		{"member_id", "user_1|user_2", "", ids("user_1|user_2")},
		{"member_id", "5000001/5000002", "", ids("5000001/5000002")},
		{"member", "user_1 user_2", "", ids("user_1 user_2")},
		{"group_id", "1;2", "", ids("1;2")},
		{"member", "caf\xe9", "", "a character of this cell cannot be read: save the file as UTF-8"},
	}
	for _, tt := range tests {
		got, err := (&Cleaner{}).Clean(tt.column, Cell{Text: tt.text, Line: 2, Column: 1}, false, false)
		wrong := ""
		if err != nil {
			wrong = err.Error()
		}
		if got != tt.want && err == nil || wrong != tt.wrong {
			t.Errorf("%s %q: got %q, %q, want %q, %q", tt.column, tt.text, got, wrong, tt.want, tt.wrong)
		}
	}
}

// Ids in the command's own output are read back verbatim. CSV may have passed through a
// spreadsheet, but JSON has not.
func TestOwnCells(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		json, ok   bool
	}{
		{"a b", "a b", false, true},
		{"a;b\u200b", "a;b\u200b", false, true},
		{"'x", "'x", false, true},
		{"'=x", "=x", false, true},
		{"'=x", "'=x", true, true},
		{"1.0", "1.0", true, true},
		{"1.0", "", false, false},
	} {
		c := &Cleaner{}
		got, err := c.Clean("member_id", Cell{Text: tt.text}, true, tt.json)
		if (err == nil) != tt.ok || tt.ok && got != tt.want || c.Notice("f") != "" {
			t.Errorf("%q, JSON %v: got %q, %v", tt.text, tt.json, got, err)
		}
	}
}

// One notice covers all cells.
func TestInvisibleIsToldOnce(t *testing.T) {
	c := &Cleaner{}
	for i, text := range []string{"a@example.com", "b@example.com\u200b", "\u00a0c@example.com"} {
		if _, err := c.Clean("email", Cell{Text: text, Line: i + 1}, false, false); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := c.Notice("f.csv"), "f.csv: invisible characters were removed from 2 cells, first on line 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The last line of a list is validated.
func TestEndLine(t *testing.T) {
	const row = `{"email":"a@example.com"}` + "\n"
	tests := []struct{ name, file, want, notes string }{
		{"none", row, "", ""},
		{"right", row + row + `{"end":{"rows":2}}`, "", ""},
		{"nothing listed", `{"end":{"rows":0,"coverage":null}}`, "", ""},
		{"scope", row + `{"end":{"rows":1,"coverage":{"gaps":[{"level":"scope","text":"x"}]}}}`, "", ""},
		{"hidden", row + `{"end":{"rows":1,"coverage":{"gaps":[{"level":"hidden","code":"nested_groups","text":"2 groups were not looked into"},{"level":"hidden","code":"withheld"}]}}}`, "",
			"stdin: the listing is not whole: 2 groups were not looked into; withheld"},
		{"too few rows", row + `{"end":{"rows":2}}`, "stdin:2:1: the end line counts 2 rows, and the file has 1: it is not the listing as it was printed", ""},
		{"too many rows", row + row + `{"end":{"rows":1}}`, "stdin:3:1: the end line counts 1 row, and the file has 2: it is not the listing as it was printed", ""},
		{"no count", row + `{"end":{}}`, "stdin:2:1: the end line does not say how many rows there are", ""},
		{"a count other than a number", row + `{"end":{"rows":"1"}}`, "stdin:2:1: the end line does not say how many rows there are", ""},
		{"rows after the end line", row + `{"end":{"rows":1}}` + "\n" + row, "stdin:3:1: this stands behind the end line, which ends a listing", ""},
		{"two", row + `{"end":{"rows":1}}` + "\n" + `{"end":{"rows":1}}`, "stdin:3:1: this stands behind the end line, which ends a listing", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &Source{Name: "stdin"}
			err := s.read(strings.NewReader(tt.file), func(Row) error { return nil })
			got := ""
			if err != nil {
				got = err.Error()
			}
			if notes := strings.Join(s.Notices(), "\n"); got != tt.want || notes != tt.notes {
				t.Errorf("got %q with notes %q, want %q and %q", got, notes, tt.want, tt.notes)
			}
		})
	}
}

// Hostile content is an error.
func TestHostileFiles(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"email\n\"grace@example.com\nradia@example.com\n", "stdin:3:19"},
		{"email\n=\"grace@example.com\nradia@example.com\n", "stdin:3:19"},
		{"email\ngr\"ace@example.com\n", "stdin:2:3"},
		{"\x00\x01\x02\x03", "stdin:1:1"},
		{"\x89PNG\r\n\x1a\n\x00", "stdin:1:1"},
		{"[{\"email\":\"a@example.com\"}", "stdin:1:27"},
		{"[{\"email\":\"a@example.com\"}]{\"email\":\"b@example.com\"}", "stdin:1:28"},
		{"{\"email\":\"a@example.com\",\"email\":\"b@example.com\"}", "stdin:1:26"},
		{"email,role\na@example.com,member,manager\n", "stdin:2:22"},
		{"email,e-mail address\na@example.com,b@example.com\n", "stdin:1:7"},
		{"sep=x\nemail\n", "stdin:1:1"},
	} {
		rows := 0
		err := (&Source{Name: "stdin"}).read(strings.NewReader(tt.file), func(Row) error { rows++; return nil })
		if err == nil || !strings.HasPrefix(err.Error(), tt.want+":") {
			t.Errorf("%q: %d rows, %v, want a mistake at %s", tt.file, rows, err, tt.want)
		}
	}
}
