package input

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readAll returns the rows of a file by column, and the text of its error.
func readAll(s *Source, file string) (rows []map[string]string, wrong string) {
	s.Name = "stdin"
	err := s.read(strings.NewReader(file), func(r Row) error {
		row := map[string]string{}
		for name, c := range r.Cells {
			if c.Text != "" {
				row[name] = c.Text
			}
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		wrong = err.Error()
	}
	return rows, wrong
}

// readTest is a file, with its rows or the beginning of its error.
type readTest struct {
	source Source
	file   string
	want   []map[string]string
	wrong  string
}

func testRead(t *testing.T, tests map[string]readTest) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rows, wrong := readAll(&tt.source, tt.file)
			if diff := cmp.Diff(tt.want, rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.HasPrefix(wrong, tt.wrong) || (wrong == "") != (tt.wrong == "") {
				t.Errorf("got the error %q, want %q", wrong, tt.wrong)
			}
		})
	}
}

// A file without a column for members has an error at the column that is probably one. The
// error names the flag that maps it.
func TestNoMemberColumn(t *testing.T) {
	const known = " is no column; the first line names the columns: member, member_kind, member_id, email, role, role_name, group, group_kind, group_id, group_name and provider; --column "
	testRead(t, map[string]readTest{
		"an id":              {file: "Team,Staff Id\nx,y\n", wrong: `stdin:1:1: "Team"` + known + `email="Team" maps one`},
		"an id first":        {file: "Staff Id,Team\nx,y\n", wrong: `stdin:1:1: "Staff Id"` + known + `member_id="Staff Id" maps one`},
		"a mail column":      {file: "Team,Work Mail\nx,y\n", wrong: `stdin:1:6: "Work Mail"` + known + `email="Work Mail" maps one`},
		"the id of a mail":   {file: "Mail Id\ny\n", wrong: `stdin:1:1: "Mail Id"` + known + `email="Mail Id" maps one`},
		"two mail columns":   {file: "Work Mail,Home Mail\nx,y\n", wrong: `stdin:1:1: "Work Mail"` + known + `email="Work Mail" maps one`},
		"known columns only": {file: "role,group\nmember,x\n", wrong: "stdin:1:1: no column names the members: member, member_id or email"},
		"no flags":           {source: Source{Columns: Columns{Fixed: true}}, file: "Staff Id\nx\n", wrong: `stdin:1:1: "Staff Id" is no column; the first line names the columns: `},
	})
}
