package input

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/memberships-go/memberships/internal/phrase"
)

// Columns that name members, groups and roles. The idle columns are part of the command's
// own output and are ignored.
var (
	UsedColumns = []string{"member", "member_kind", "member_id", "email", "role", "role_name", "group", "group_kind", "group_id", "group_name", "provider"}
	idleColumns = []string{"name", "state", "created", "updated", "expires", "id", "result", "detail", "presence"}
)

// TypeColumn is the kind of a member in files of Google's tools.
const TypeColumn = "member_type"

func knownColumn(name string) bool {
	return slices.Contains(UsedColumns, name) || slices.Contains(idleColumns, name) || name == TypeColumn
}

// column is the meaning of a file's column.
type column struct {
	header string
	target string // our name of the column, "" if it is ignored
	idle   bool   // known and ignored
	quiet  bool   // ignored without a report
	lower  bool   // roles are in upper case
}

// read returns the value of a cell in the column.
func (c column) read(in Cell) Cell {
	if c.lower && c.target == "role" {
		in.Text = strings.ToLower(in.Text)
	}
	return in
}

// columnError is an invalid header.
type columnError struct {
	index int
	Text  string
}

// of returns the columns with these headers, or the first invalid header.
func (n *Columns) of(headers []string) ([]column, *columnError) {
	keys := make([]string, len(headers))
	for i, h := range headers {
		keys[i] = squeeze(h)
	}
	names, lower := headerNames(keys)
	known := slices.Sorted(maps.Keys(names))
	columns, at := make([]column, len(headers)), map[string]int{}
	var wrong *columnError
	for i, key := range keys {
		c := column{header: headers[i], lower: lower}
		target, given := n.given(key)
		switch {
		case given && target == skipColumn:
			c.quiet = true
		case given:
			c.target = target
		case key == "":
			c.header = ""
		default:
			var ok bool
			if c.target, ok = names[key]; !ok && wrong == nil {
				wrong = n.nearMiss(i, headers[i], key, known, names)
			}
			c.idle = slices.Contains(idleColumns, c.target)
			if c.idle || n.has(c.target) {
				c.target = ""
			}
		}
		if first, twice := at[c.target]; twice && c.target != "" && wrong == nil {
			text := fmt.Sprintf("the column %s stands here a second time", c.target)
			if keys[first] != key {
				text = fmt.Sprintf("%s and %s both are the column %s", phrase.Quote(headers[first]), phrase.Quote(headers[i]), c.target) + n.hint(": --column %s=... says which one counts", c.target)
			}
			wrong = &columnError{i, text}
		}
		at[c.target] = i
		columns[i] = c
	}
	return columns, wrong
}

// nearMiss returns the error for a header that probably misspells a known one, nil if it
// does not.
func (n *Columns) nearMiss(i int, header, key string, all []string, names map[string]string) *columnError {
	for _, known := range all {
		off := 1
		if len(known) >= 10 {
			off = 2
		}
		if longer := len(key) - len(known); longer > off || -longer > off {
			continue
		}
		if !slices.Contains(idleColumns, names[known]) && names[known] != "" && len(key) > 2 && phrase.Distance(key, known) <= off {
			return &columnError{i, fmt.Sprintf("%s is nearly %s: spell it so", phrase.Quote(header), names[known]) + n.hint(", or give --column %s=%s or --column skip=%s", names[known], phrase.Quote(header), phrase.Quote(header))}
		}
	}
	return nil
}

// anyMember reports whether a column names members.
func anyMember(columns []column) bool {
	return slices.ContainsFunc(columns, func(c column) bool {
		return c.target == "member" || c.target == "member_id" || c.target == "email"
	})
}

// noMemberColumn returns the error for a header without a column for members. It names
// the most similar column.
func (n *Columns) noMemberColumn(columns []column) *columnError {
	best := -1
	for i, c := range columns {
		switch {
		case c.header == "" || c.target != "" || c.idle:
		case strings.Contains(squeeze(c.header), "mail") && (best < 0 || !strings.Contains(squeeze(columns[best].header), "mail")), best < 0:
			best = i
		}
	}
	if best < 0 {
		return &columnError{0, "no column names the members: member, member_id or email"}
	}
	header, as := phrase.Quote(columns[best].header), "email"
	if key := squeeze(columns[best].header); strings.HasSuffix(key, "id") && !strings.Contains(key, "mail") {
		as = "member_id"
	}
	return &columnError{best, fmt.Sprintf("%s is no column; the first line names the columns: %s", header, phrase.And(UsedColumns)) + n.hint("; --column %s=%s maps one, and --format list reads a file that names none", as, header)}
}

// memberAsHeader returns the error for a file whose first line is probably a row, nil for
// any other. A role in such a row reads as the name of the column member.
func memberAsHeader(columns []column) *columnError {
	named := func(c column) bool { return c.target != "" && c.target != "member" }
	for i, c := range columns {
		number := digits.MatchString(c.header) && !slices.ContainsFunc(columns, named)
		if c.target == "" && !c.idle && !c.quiet && (number || address.MatchString(c.header)) {
			return &columnError{i, phrase.Quote(c.header) + " is a member and no name of a column: the first line names the columns, as in member,role"}
		}
	}
	return nil
}

// squeeze returns the letters and digits of a header in lower case, for comparison.
func squeeze(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// skippedColumns collects the names of ignored columns.
type skippedColumns struct {
	names []string
	more  bool
}

const maxSkipped = 20 // maximum number of names

func (s *skippedColumns) add(name string) {
	switch {
	case slices.Contains(s.names, name):
	case len(s.names) == maxSkipped:
		s.more = true
	default:
		s.names = append(s.names, name)
	}
}

func (s *skippedColumns) addAll(columns []column) {
	for _, c := range columns {
		if c.header != "" && c.target == "" && !c.idle && !c.quiet {
			s.add(phrase.Quote(c.header))
		}
	}
}

func (s *skippedColumns) String() string {
	if s.more {
		return strings.Join(s.names, ", ") + " and others"
	}
	return phrase.And(s.names)
}
