package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// changeReader makes changes of rows.
type changeReader struct {
	client *memberships.Client
	op     memberships.Operation
	file   string
	// group and role are those of the flags, which count for every row.
	group groupText
	role  memberships.Role
	roles roleMap

	cleaner  cleaner
	pending  []pendingChange
	changes  []change
	seen     map[changeKey]int // index of the first change of a membership
	problems []error
}

// pendingChange is a change whose group may not be known yet.
type pendingChange struct {
	change
	group groupText
	at    cell // where the row names its group, without a line if it does not
	// also is the id of a group in another column, which has to be the same.
	also   memberships.Group
	alsoAt cell
}

type changeKey struct {
	group  memberships.Group
	member memberships.Member
}

// errEnough ends the reading of a file that has many mistakes.
var errEnough = errors.New("enough mistakes")

// row takes one row. Mistakes are collected; the error says that there are enough.
func (r *changeReader) row(in inputRow) error {
	p, problem := r.read(in)
	if problem == nil {
		r.pending = append(r.pending, p)
		return nil
	}
	return r.problem(problem)
}

func (r *changeReader) problem(p *inputError) error {
	p.file = r.file
	if r.problems = append(r.problems, p); len(r.problems) < maxProblems {
		return nil
	}
	return errEnough
}

// finish makes the changes of the rows, when the file has been read and no row is wrong.
// Only then are groups looked up by their names, all in one listing.
func (r *changeReader) finish(ctx context.Context) error {
	for _, id := range r.cleaner.lost() {
		if err := r.problem(&inputError{line: id.line, column: id.column, text: changedNumber(id.text).Error()}); err != nil {
			return err
		}
	}
	if len(r.problems) > 0 {
		return nil
	}
	l := &groupLookup{client: r.client}
	if r.group.name != "" {
		l.want(r.group)
	}
	for _, p := range r.pending {
		if p.group.name != "" {
			l.want(p.group)
		}
	}
	if err := l.run(ctx); err != nil {
		return err
	}
	var all memberships.Group
	if r.group.given() {
		var err error
		if all, err = l.resolve(r.group); err != nil {
			return err
		}
	}
	for _, p := range r.pending {
		if problem := r.settle(l, p, all); problem != nil {
			if err := r.problem(problem); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle takes a change whose group, or the flag's, is known.
func (r *changeReader) settle(l *groupLookup, p pendingChange, all memberships.Group) *inputError {
	ch := p.change
	ch.ref.Group = all
	if p.group.given() {
		own, err := l.resolve(p.group)
		if err != nil {
			return &inputError{line: p.at.line, column: p.at.column, text: err.Error()}
		}
		if p.also.Kind = cmp.Or(p.also.Kind, own.Kind); p.also.ID != "" && !sameGroup(r.client, own, p.also) {
			return &inputError{line: p.alsoAt.line, column: p.alsoAt.column, text: fmt.Sprintf("the row is for group %s in one column and for %s in another", fullGroup(r.client, own), fullGroup(r.client, p.also))}
		}
		if all.ID != "" && !sameGroup(r.client, own, all) {
			return &inputError{line: p.at.line, column: p.at.column, text: fmt.Sprintf("the row is for group %s, and --group for %s: leave one of them out", own, all)}
		}
		if all.ID == "" {
			ch.ref.Group = own
		}
	}
	return r.add(ch)
}

// add takes a change. The same one a second time is a repetition, another one of the
// same membership a mistake.
func (r *changeReader) add(ch change) *inputError {
	ch.ref.Group = fullGroup(r.client, ch.ref.Group)
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
func (r *changeReader) read(in inputRow) (pendingChange, *inputError) {
	p := pendingChange{change: change{line: in.line}}
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
	own := strings.Trim(in.text("provider"), plainSpace) != ""
	for _, name := range slices.Concat(usedColumns, []string{typeColumn}) {
		c, ok := in.cells[name]
		if !ok || c.text == "" {
			continue
		}
		text, err := r.cleaner.clean(name, c, own, in.json)
		if err == nil && !own && (name == "member" || name == "member_id") {
			err = r.roleAsMember(trimmed(c.text))
		}
		if err != nil {
			return p, wrong(err, name)
		}
		c.text = text
		in.cells[name] = c
	}
	if kind := in.text(typeColumn); kind != "" && !strings.EqualFold(kind, "user") {
		return p, wrong(fmt.Errorf("this member is of type %s and no person", phrase.Quote(kind)), typeColumn)
	}
	foreign := own && in.text("provider") != r.client.Name()
	var err error
	if p.group, p.at, err = r.groupOf(in, own, foreign); err != nil {
		return p, wrong(err, "group", "group_id", "group_name", "provider")
	}
	if !own && in.text("group") != "" {
		p.also, p.alsoAt = memberships.Group{Kind: memberships.GroupKind(in.text("group_kind")), ID: in.text("group_id")}, in.cells["group_id"]
	}
	if column, err := contrary(in); err != nil && !own {
		return p, wrong(err, column)
	}
	if p.ref.Member, p.named, err = memberOf(in, foreign); err != nil {
		return p, wrong(err, "member", "member_id", "email", "provider")
	}
	p.email = cmp.Or(p.ref.Member.Email, in.text("email"))
	if r.op == memberships.OpRemove || r.role != "" { // else the row's role is a new one
		p.rank = rank(r.client, in.text("role"))
	}
	if p.role, err = r.roleOf(in, foreign); err != nil {
		return p, wrong(err, "role", "role_name")
	}
	if r.op == memberships.OpUpdate && p.role == "" {
		return p, wrong(errors.New("there is no role: give the row one, or --role for all"))
	}
	ref := p.ref
	ref.Group = r.group.checkable()
	if p.group.given() {
		ref.Group = p.group.checkable()
	}
	if err := valid(r.client, memberships.OpList, memberships.Ref{Group: ref.Group}, ""); err != nil {
		return p, wrong(err, "group", "group_kind", "group_id")
	}
	if err := valid(r.client, r.op, ref, ""); err != nil {
		return p, wrong(err, "member", "member_id", "email")
	}
	if err := valid(r.client, r.op, ref, p.role); err != nil {
		return p, wrong(err, "role", "role_name")
	}
	return p, nil
}

// roleAsMember is the mistake of a role where a member is named, as in a file without a
// header. A text behind id: is an id.
func (r *changeReader) roleAsMember(text string) error {
	if _, ok := roleNames(r.client.Capabilities())[strings.ToLower(text)]; !ok {
		return nil
	}
	return fmt.Errorf("%s is a role and no member: the column of roles is called role; if it is an id, write %s", phrase.Quote(text), shownID(text))
}

// groupOf is the row's group, not given where the flag's counts alone: the group that
// this command has printed says where somebody was listed, and not where to.
func (r *changeReader) groupOf(in inputRow, own, foreign bool) (g groupText, at cell, err error) {
	switch {
	case own && r.group.given():
		return g, at, nil
	case foreign:
		return g, at, fmt.Errorf("the row is of %s and says nothing about a group here: give --group", in.text("provider"))
	}
	kind := memberships.GroupKind(in.text("group_kind"))
	for _, column := range []string{"group", "group_id", "group_name"} {
		at, text := in.cells[column], in.text(column)
		switch {
		case text == "":
			continue
		case column == "group":
			g, err = parseGroup(r.client, text)
		case column == "group_id":
			g.Group = memberships.Group{Kind: kind, ID: text}
		default:
			g = groupText{memberships.Group{Kind: kind}, text}
		}
		return g, at, err
	}
	if r.group.given() {
		return g, at, nil
	}
	return g, at, errors.New("there is no group: give the row one, or --group for all")
}

// contrary is the mistake of a row whose columns name two members.
func contrary(in inputRow) (column string, _ error) {
	m := memberships.ParseMember(in.text("member"))
	first := cmp.Or(m.Email, m.ID)
	for _, other := range []struct{ column, known string }{{"email", m.Email}, {"member_id", m.ID}} {
		text := in.text(other.column)
		same := text == other.known || other.column == "email" && strings.EqualFold(text, other.known)
		if text != "" && other.known != "" && !same {
			return other.column, fmt.Errorf("the row names %s in one column and %s in another", first, text)
		}
	}
	return "", nil
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
func (r *changeReader) roleOf(in inputRow, foreign bool) (memberships.Role, error) {
	role, name := in.text("role"), in.text("role_name")
	switch {
	case r.role != "" || r.op == memberships.OpRemove:
		return r.role, nil
	case role == string(memberships.RoleUnknown) && !foreign && name != "" && r.roles[strings.ToLower(name)] == "":
		return memberships.Role(name), nil
	case role == string(memberships.RoleUnknown) && name != "":
		role = name
	}
	return parseRole(r.client, r.roles.apply(role))
}
