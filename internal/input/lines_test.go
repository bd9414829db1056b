package input

import "testing"

// A cell such as ="007" is text. It ends at a separator, at a line break and at the end of
// the file.
func TestFormulaCells(t *testing.T) {
	id := func(id string) []map[string]string { return []map[string]string{{"member_id": id, "role": "x"}} }
	testRead(t, map[string]readTest{
		"before a cell":        {file: "member_id,role\n=\"007\",x\n", want: id(`="007"`)},
		"after a cell":         {file: "role,member_id\nx,=\"007\"\n", want: id(`="007"`)},
		"after a quoted cell":  {file: "role,member_id\n\"x\",=\"007\"\n", want: id(`="007"`)},
		"at the end":           {file: "role,member_id\nx,=\"007\"", want: id(`="007"`)},
		"with a quote in it":   {file: "member_id,role\n=\"a\"\"b\",x\n", want: id(`="a""b"`)},
		"with a separator":     {file: "member_id,role\n=\"a,b\",x\n", want: id(`="a,b"`)},
		"with semicolons":      {file: "member_id;role\n=\"007\";x\n", want: id(`="007"`)},
		"in quotes":            {file: "member_id,role\n\"=\"\"007\"\"\",x\n", want: id(`="007"`)},
		"an equals sign alone": {file: "role,member_id\nx,=", want: id("=")},
		"a doubled quote":      {file: "member_id,role\n\"a\"\"b\",x\n", want: id(`a"b`)},
	})
}
