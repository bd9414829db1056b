package statefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
)

// row is a row of a member file.
type row struct {
	at reconcile.Position
	// key is a key of people that the row names as it is.
	key string
	// email is the row's address. id is the row's id in a provider of the group, known if
	// the row names the provider or the group is in a single one.
	email    string
	provider string
	id       memberships.Member
	person   string // the key of the row's person, "" after a mistake
}

// identity returns the row's id in its provider.
func (r *row) identity() identity { return identity{r.provider, r.id.Kind, r.id.ID} }

// readMemberFiles reads the member files of all groups and finds their people. Rows with an
// address come first, so that the order of rows and files does not matter.
func (l *loader) readMemberFiles() {
	var rows []*row
	for _, g := range l.sortedGroups() {
		for _, from := range g.from {
			rows = append(rows, l.readMemberFile(g, from)...)
		}
	}
	var byID []*row
	for _, r := range rows {
		switch key, declared := l.byID[r.identity()]; {
		case r.key != "":
			r.person = r.key
		case declared && r.id.ID != "":
			r.person = l.withoutConflict(r, key)
		case r.email != "":
			r.person, _ = l.named(given[string]{r.email, r.at})
		default:
			byID = append(byID, r)
		}
	}
	l.addIDs(rows)
	for _, r := range byID {
		r.person = l.withID(r)
	}
}

// withoutConflict returns the key of the person with the row's id, unless the row's address
// is another person's.
func (l *loader) withoutConflict(r *row, key string) string {
	other, ok := l.byAddress[strings.ToLower(r.email)]
	if r.email == "" || !ok || other == key {
		return key
	}
	l.add(r.at, "the row names %s by the id and %s by the address", phrase.Quote(key), phrase.Quote(other))
	return ""
}

// addIDs adds the ids of rows to the people that the rows name by an address.
func (l *loader) addIDs(rows []*row) {
	for _, r := range rows {
		p, ok := l.people[r.person]
		if !ok || r.id.ID == "" || r.email == "" {
			continue
		}
		if known, ok := p.IDs[r.provider]; ok {
			if known != r.id {
				l.add(r.at, "%s has the id %s in %s here, and %s elsewhere", phrase.Quote(r.email), phrase.Quote(r.id.String()), r.provider, phrase.Quote(known.String()))
			}
			continue
		}
		if p.IDs == nil {
			p.IDs = map[string]memberships.Member{}
		}
		p.IDs[r.provider] = r.id
		l.people[r.person] = p
		l.index(p.Person)
	}
}

// withID returns the key of the person with the row's id, a new one if there is none.
func (l *loader) withID(r *row) string {
	if key, ok := l.byID[r.identity()]; ok {
		return key
	}
	key := r.provider + ":" + r.id.String()
	if _, taken := l.people[key]; taken {
		l.add(r.at, "the key %s is another person's; name this one in people", phrase.Quote(key))
		return ""
	}
	p := reconcile.Person{Key: key, IDs: map[string]memberships.Member{r.provider: r.id}, At: r.at}
	l.people[key] = declared{Person: p}
	l.index(p)
	return key
}

// readMemberFile adds the members of a file to a group and returns their rows.
func (l *loader) readMemberFile(g *group, from given[string]) []*row {
	if l.single != nil {
		return l.single.read(l, g, from)
	}
	path := from.value
	if !filepath.IsAbs(path) {
		path = filepath.Join(g.dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(path + " is no file")
	}
	if err != nil {
		g.partial = true
		l.add(from.at, "the member file cannot be read: %v", err)
		return nil
	}
	f := &memberFile{
		loader: l, group: g, path: path, cleaner: input.Cleaner{Fixed: true}, source: input.Source{Columns: input.Columns{Fixed: true}},
		empty: "; allow_empty: true permits that",
	}
	return f.read(from)
}

// memberFile reads one member file of a group.
type memberFile struct {
	*loader
	group   *group
	path    string
	cleaner input.Cleaner
	source  input.Source
	stdin   io.Reader
	empty   string // end of the mistake of a file without rows
	rows    []*row
}

func (f *memberFile) at(c input.Cell) reconcile.Position {
	return reconcile.Position{File: input.Name(f.path), Line: max(c.Line, 1), Column: max(c.Column, 1)}
}

func (f *memberFile) wrong(c input.Cell, err error) {
	f.group.partial = true
	f.add(f.at(c), "%v", err)
}

// read reads the rows, and reports a file without any.
func (f *memberFile) read(from given[string]) []*row {
	err := input.Read(f.stdin, f.path, &f.source, func(in input.Row) error {
		f.row(in)
		if len(f.all) >= maxKept {
			return errors.New("there are too many mistakes")
		}
		return nil
	})
	for _, c := range f.cleaner.RoundedIDs() {
		f.wrong(c, input.ChangedNumber(c.Text))
	}
	hidden := f.source.Hidden()
	switch bad := (*input.Error)(nil); {
	case errors.As(err, &bad):
		f.wrong(input.Cell{Line: bad.Line, Column: bad.Column}, errors.New(bad.Text))
	case err != nil:
		f.group.partial = true
		f.add(from.at, "the member file cannot be read: %v", err)
	case len(f.rows) == 0 && !f.group.partial && !f.group.allowEmpty.or(f.defaults.allowEmpty).value:
		f.add(from.at, "the member file %s has no rows%s", input.Name(f.path), f.empty)
	case len(hidden) > 0 && f.group.mode.or(f.defaults.mode).value == reconcile.ModeAuthoritative:
		f.add(from.at, "the member file %s is a listing that is not whole: %s; an authoritative group needs a whole one", input.Name(f.path), strings.Join(hidden, "; "))
	}
	if f.o.Notice != nil {
		for _, text := range append(f.source.Notices(), f.cleaner.Notice(input.Name(f.path))) {
			if text != "" {
				f.o.Notice(text)
			}
		}
	}
	return f.rows
}

// row adds the member of a row.
func (f *memberFile) row(in input.Row) {
	cell := func(columns ...string) input.Cell {
		for _, c := range columns {
			if got, ok := in.Cells[c]; ok && got.Text != "" {
				return got
			}
		}
		return input.Cell{Line: in.Line, Column: 1}
	}
	key := strings.Trim(in.Text("member"), input.Space)
	if column, err := f.cleaner.CleanRow(in, f.checkCell(in.Own())); err != nil {
		f.wrong(cell(column), err)
		return
	}
	if column, err := input.Contrary(in); err != nil && !in.Own() {
		f.wrong(cell(column), err)
		return
	}
	if err := f.checkGroup(in); err != nil {
		f.wrong(cell("group", "group_id", "group_name"), err)
		return
	}
	at := cell("member", "member_id", "email")
	r, err := f.who(in, key)
	if err != nil {
		f.wrong(at, err)
		return
	}
	r.at = f.at(at)
	f.rows = append(f.rows, r)
	f.group.members = append(f.group.members, member{who: given[string]{at: r.at}, role: given[string]{value: roleOf(in)}, row: r})
}

// checkCell returns the check of cells for a role where a member belongs, as in a file
// without a header.
func (f *memberFile) checkCell(own bool) func(column string, c input.Cell) error {
	return func(column string, c input.Cell) error {
		text := input.Trimmed(c.Text)
		if _, ok := f.people[text]; own || ok || column != "member" && column != "member_id" || portable(text) == "" {
			return nil
		}
		return errors.New(phrase.Quote(text) + " is a role and no member: the column of roles is called role; if it is an id, write " + input.ShownID(text))
	}
}

// who returns the row with what identifies its member.
func (f *memberFile) who(in input.Row, key string) (*row, error) {
	if _, ok := f.people[key]; ok && !in.Own() {
		return &row{key: key}, nil
	}
	provider := in.Text("provider")
	_, inGroup := f.group.in[provider]
	foreign := in.Own() && !inGroup
	m, _, err := input.MemberOf(in, foreign)
	if err != nil {
		return nil, err
	}
	r := &row{email: m.Email}
	if m.ID == "" {
		return r, checkAddress(m.Email)
	}
	if !in.Own() {
		for only := range f.group.in {
			provider = only
		}
		if len(f.group.in) != 1 {
			return nil, errors.New("the id " + phrase.Quote(m.ID) + " is of one provider and the group is in " + phrase.Count(len(f.group.in), "provider") + "; name the person in people, or give the row an address")
		}
	}
	if err := memberships.CheckID("the id", m.ID); err != nil {
		return nil, err
	}
	r.provider, r.id = provider, memberships.Member{Kind: m.Kind, ID: m.ID}
	if m.Kind == memberships.MemberUser && address.MatchString(in.Text("email")) {
		r.email = in.Text("email")
	}
	return r, nil
}

// checkAddress returns an error for a text that is no e-mail address.
func checkAddress(text string) error {
	if len(text) > maxName || !address.MatchString(text) {
		return errors.New(phrase.Quote(text) + " is no e-mail address")
	}
	return nil
}

// checkGroup returns an error for a row of another group. The command's own output names
// the group that the row comes from.
func (f *memberFile) checkGroup(in input.Row) error {
	if in.Own() {
		return nil
	}
	for _, column := range []string{"group", "group_id", "group_name"} {
		text := in.Text(column)
		if text == "" || text == f.group.name {
			continue
		}
		same := column != "group_name" && f.hasID(text)
		if !same {
			return errors.New("the row is for the group " + phrase.Quote(text) + " and the file for " + phrase.Quote(f.group.name))
		}
	}
	return nil
}

// hasID reports whether a text is the id of the group in one of its providers.
func (f *memberFile) hasID(text string) bool {
	for _, in := range f.group.in {
		if text == in.value.ID || text == in.value.String() {
			return true
		}
	}
	return false
}

// roleOf returns the role of a row, reconcile.RoleAny if it has none.
func roleOf(in input.Row) string {
	role, name := in.Text("role"), in.Text("role_name")
	if role == string(memberships.RoleUnknown) && name != "" {
		return name
	}
	if same := portable(role); same != "" {
		return same
	}
	if role == "" {
		return string(reconcile.RoleAny)
	}
	return role
}

// portable returns the portable role that a text is, without regard to letter case, or "".
func portable(text string) string {
	for _, r := range []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner} {
		if strings.EqualFold(text, string(r)) {
			return string(r)
		}
	}
	return ""
}
