package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

const (
	maxInputRows = 1_000_000
	maxProblems  = 10 // that are told at once
	maxShown     = 40 // characters of a name that nobody knows
)

// The columns that say whom to change and how. The others are those that this command
// prints, so that its output can be its input; they are not looked at.
var (
	usedColumns = []string{"member", "member_kind", "member_id", "email", "role", "role_name", "group", "group_kind", "group_id", "provider"}
	idleColumns = []string{"name", "group_name", "state", "created", "updated", "id", "result", "detail"}
)

func knownColumn(name string) bool {
	return slices.Contains(usedColumns, name) || slices.Contains(idleColumns, name)
}

// cell is a value of an input file and where it begins.
type cell struct {
	text         string
	line, column int
}

// inputRow is one line of an input file, by column. Empty cells may be left out.
type inputRow struct {
	line  int
	cells map[string]cell
}

func (r inputRow) text(column string) string { return r.cells[column].text }

// inputError is a mistake in an input file.
type inputError struct {
	file         string
	line, column int
	text         string
}

func (e *inputError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.file, e.line, e.column, e.text)
}

// quoted is a name as a message shows it: a file that is no table has long ones.
func quoted(name string) string {
	if len(name) > maxShown {
		return fmt.Sprintf("%.*q...", maxShown, name)
	}
	return fmt.Sprintf("%q", name)
}

// inputName is what messages call an input file.
func inputName(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

// readInput calls each with the rows of a file, "-" for stdin, until it returns an
// error. The format is csv, ndjson, or "" to tell by the first character.
func (a *app) readInput(file, format string, each func(inputRow) error) error {
	name, r := inputName(file), a.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		r = f
	}
	b := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := b.Peek(3); bytes.Equal(bom, []byte("\ufeff")) {
		_, _ = b.Discard(3)
	}
	if format == "" {
		format = guessFormat(b)
	}
	n := 0
	bounded := func(row inputRow) error {
		if n++; n > maxInputRows {
			return &inputError{name, row.line, 1, "more than " + number(maxInputRows) + " rows; split the file"}
		}
		return each(row)
	}
	if format == "ndjson" {
		return readNDJSON(name, b, bounded)
	}
	return readCSV(name, b, bounded)
}

// guessFormat looks at the first character that is not white space.
func guessFormat(b *bufio.Reader) string {
	head, _ := b.Peek(4096)
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		return "ndjson"
	}
	return "csv"
}

// changeReader makes changes of rows.
type changeReader struct {
	client *memberships.Client
	op     memberships.Operation
	file   string
	// group and role are those of the flags, which count for every row.
	group memberships.Group
	role  memberships.Role

	changes  []change
	seen     map[changeKey]int // index of the first change of a membership
	problems []error
}

type changeKey struct {
	group  memberships.Group
	member memberships.Member
}

// row takes one row. Mistakes are collected; the error says that there are enough.
func (r *changeReader) row(in inputRow) error {
	ch, problem := r.read(in)
	if problem == nil {
		problem = r.add(ch)
	}
	if problem == nil {
		return nil
	}
	problem.file = r.file
	if r.problems = append(r.problems, problem); len(r.problems) < maxProblems {
		return nil
	}
	return errEnough
}

// errEnough ends the reading of a file that has many mistakes.
var errEnough = errors.New("enough mistakes")

// add takes a change. The same one a second time is a repetition, another one of the
// same membership a mistake.
func (r *changeReader) add(ch change) *inputError {
	key := changeKey{ch.ref.Group, ch.ref.Member}
	key.member.Email = strings.ToLower(key.member.Email)
	if i, ok := r.seen[key]; ok {
		first := r.changes[i]
		if first.role != ch.role {
			return &inputError{line: ch.line, column: 1, text: fmt.Sprintf("%s is to be %q here, and %q on line %d", ch.named, ch.role, first.role, first.line)}
		}
		ch.repeated, ch.first = true, first.line
	} else {
		r.seen[key] = len(r.changes)
	}
	r.changes = append(r.changes, ch)
	return nil
}

// read makes a change of a row, or tells which cell is wrong.
func (r *changeReader) read(in inputRow) (change, *inputError) {
	ch := change{line: in.line}
	wrong := func(err error, columns ...string) *inputError {
		at := cell{line: in.line, column: 1}
		for _, c := range columns {
			if got, ok := in.cells[c]; ok && got.text != "" {
				at = got
				break
			}
		}
		return &inputError{line: at.line, column: at.column, text: err.Error()}
	}
	for _, c := range []string{"member", "member_id", "group", "group_id"} {
		if rounded.MatchString(in.text(c)) {
			return ch, wrong(fmt.Errorf("a spreadsheet has made a number of this id, %s, and its digits are lost", in.text(c)), c)
		}
	}
	foreign := in.text("provider") != "" && in.text("provider") != r.client.Name()
	var err error
	if ch.ref.Group, err = r.groupOf(in, foreign); err != nil {
		return ch, wrong(err, "group", "group_id")
	}
	if ch.ref.Member, ch.named, err = memberOf(in, foreign); err != nil {
		return ch, wrong(err, "member", "member_id", "email")
	}
	ch.role = r.roleOf(in, foreign)
	if r.op == memberships.OpUpdate && ch.role == "" {
		return ch, wrong(errors.New("there is no role: give the row one, or --role for all"))
	}
	if err := valid(r.client, memberships.OpList, memberships.Ref{Group: ch.ref.Group}, ""); err != nil {
		return ch, wrong(err, "group", "group_kind", "group_id")
	}
	if err := valid(r.client, r.op, ch.ref, ""); err != nil {
		return ch, wrong(err, "member", "member_id", "email")
	}
	if err := valid(r.client, r.op, ch.ref, ch.role); err != nil {
		return ch, wrong(err, "role", "role_name")
	}
	return ch, nil
}

// rounded is what becomes of a long id that a spreadsheet takes for a number.
var rounded = regexp.MustCompile(`^[0-9](\.[0-9]+)?E\+[0-9]+$`)

// groupOf is the group of the flag, or else the row's.
func (r *changeReader) groupOf(in inputRow, foreign bool) (memberships.Group, error) {
	switch {
	case r.group.ID != "":
		return r.group, nil
	case foreign:
		return r.group, fmt.Errorf("the row is of %s and says nothing about a group here: give --group", in.text("provider"))
	case in.text("group") != "":
		return memberships.ParseGroup(in.text("group")), nil
	case in.text("group_id") != "":
		return memberships.Group{Kind: memberships.GroupKind(in.text("group_kind")), ID: in.text("group_id")}, nil
	}
	return r.group, errors.New("there is no group: give the row one, or --group for all")
}

// memberOf is the row's member, and how it is named there. Of another provider's rows,
// nothing but the e-mail address means the same here.
func memberOf(in inputRow, foreign bool) (m memberships.Member, named string, _ error) {
	m = memberships.ParseMember(in.text("member"))
	switch {
	case foreign && in.text("email") != "":
		m = memberships.Member{Kind: memberships.MemberUser, Email: in.text("email")}
	case foreign && m.Email == "":
		return m, "", fmt.Errorf("the row is of %s, whose ids mean nothing here, and has no e-mail address", in.text("provider"))
	case in.text("member") != "":
		return m, in.text("member"), nil
	case in.text("member_id") != "":
		m = memberships.Member{Kind: memberships.MemberKind(in.text("member_kind")), ID: in.text("member_id")}
		if m.Kind == "" {
			m.Kind = memberships.MemberUser
		}
	case in.text("email") != "":
		m = memberships.Member{Kind: memberships.MemberUser, Email: in.text("email")}
	default:
		return m, "", errors.New("there is no member, member_id or email")
	}
	return m, m.String(), nil
}

// roleOf is the role of the flag, or else the row's. One that has no portable name goes
// by its own.
func (r *changeReader) roleOf(in inputRow, foreign bool) memberships.Role {
	role := memberships.Role(in.text("role"))
	switch {
	case r.role != "":
		return r.role
	case role == memberships.RoleUnknown && !foreign && in.text("role_name") != "":
		return memberships.Role(in.text("role_name"))
	}
	return role
}
