package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/input"
)

// reader converts rows into changes.
type reader struct {
	client *memberships.Client
	op     memberships.Operation
	file   string
	// group and role are the flags' values, which apply to every row.
	group argument.Group
	role  memberships.Role
	roles argument.RoleMap

	cleaner  input.Cleaner
	pending  []pendingChange
	changes  []change
	seen     map[changeKey]int // index of the first change by membership
	problems []error
}

// pendingChange is a change whose group may not be resolved yet.
type pendingChange struct {
	change
	group argument.Group
	at    input.Cell // position of the row's group, without a line if the row has none
	// also is the group's id in another column, which must match.
	also   memberships.Group
	alsoAt input.Cell
}

type changeKey struct {
	group  memberships.Group
	member memberships.Member
}

// errEnough ends the read of a file with many mistakes.
var errEnough = errors.New("enough mistakes")

// row processes one row. It collects mistakes and returns errEnough after too many.
func (r *reader) row(in input.Row) error {
	p, problem := r.read(in)
	if problem == nil {
		r.pending = append(r.pending, p)
		return nil
	}
	return r.problem(problem)
}

func (r *reader) problem(p *input.Error) error {
	p.File = r.file
	if r.problems = append(r.problems, p); len(r.problems) < input.MaxProblems {
		return nil
	}
	return errEnough
}

// finish completes the changes after a file without mistakes was read. It looks up all
// group names in one list.
func (r *reader) finish(ctx context.Context) error {
	for _, id := range r.cleaner.RoundedIDs() {
		if err := r.problem(&input.Error{Line: id.Line, Column: id.Column, Text: input.ChangedNumber(id.Text).Error()}); err != nil {
			return err
		}
	}
	if len(r.problems) > 0 {
		return nil
	}
	l := &argument.Lookup{Client: r.client}
	if r.group.Name != "" {
		l.Add(r.group)
	}
	for _, p := range r.pending {
		if p.group.Name != "" {
			l.Add(p.group)
		}
	}
	if err := l.Run(ctx); err != nil {
		return err
	}
	var all memberships.Group
	if r.group.Given() {
		var err error
		if all, err = l.Resolve(r.group); err != nil {
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

// settle adds a change with its resolved group.
func (r *reader) settle(l *argument.Lookup, p pendingChange, all memberships.Group) *input.Error {
	ch := p.change
	ch.ref.Group = all
	if p.group.Given() {
		own, err := l.Resolve(p.group)
		if err != nil {
			return &input.Error{Line: p.at.Line, Column: p.at.Column, Text: err.Error()}
		}
		if p.also.Kind = cmp.Or(p.also.Kind, own.Kind); p.also.ID != "" && !argument.SameGroup(r.client, own, p.also) {
			return &input.Error{Line: p.alsoAt.Line, Column: p.alsoAt.Column, Text: fmt.Sprintf("the row is for group %s in one column and for %s in another", argument.FullGroup(r.client, own), argument.FullGroup(r.client, p.also))}
		}
		if all.ID != "" && !argument.SameGroup(r.client, own, all) {
			return &input.Error{Line: p.at.Line, Column: p.at.Column, Text: fmt.Sprintf("the row is for group %s, and --group for %s: leave one of them out", own, all)}
		}
		if all.ID == "" {
			ch.ref.Group = own
		}
	}
	return r.add(ch)
}

// add adds a change. An identical earlier change makes it a repetition; a different
// change of the same membership is a mistake.
func (r *reader) add(ch change) *input.Error {
	ch.ref.Group = argument.FullGroup(r.client, ch.ref.Group)
	key := changeKey{ch.ref.Group, ch.ref.Member}
	key.member.Email = strings.ToLower(key.member.Email)
	if i, ok := r.seen[key]; ok {
		first := r.changes[i]
		if first.role != ch.role {
			return &input.Error{Line: ch.line, Column: 1, Text: fmt.Sprintf("%s has the role %q here and %q on line %d", ch.named, ch.role, first.role, first.line)}
		}
		ch.repeated, ch.first = true, first.line
	} else {
		r.seen[key] = len(r.changes)
	}
	r.changes = append(r.changes, ch)
	return nil
}

// read converts a row into a change, or returns the mistake with its cell.
func (r *reader) read(in input.Row) (pendingChange, *input.Error) {
	p := pendingChange{change: change{line: in.Line}}
	wrong := func(err error, columns ...string) *input.Error {
		at := input.Cell{Line: in.Line, Column: 1}
		for _, c := range columns {
			if got, ok := in.Cells[c]; ok && got.Text != "" {
				at = got
				break
			}
		}
		return &input.Error{Line: at.Line, Column: at.Column, Text: err.Error()}
	}
	own := in.Own()
	if column, err := r.cleaner.CleanRow(in, func(column string, c input.Cell) error {
		if own || column != "member" && column != "member_id" {
			return nil
		}
		return r.roleAsMember(input.Trimmed(c.Text))
	}); err != nil {
		return p, wrong(err, column)
	}
	foreign := own && in.Text("provider") != r.client.Name()
	var err error
	if p.group, p.at, err = r.groupOf(in, own, foreign); err != nil {
		return p, wrong(err, "group", "group_id", "group_name", "provider")
	}
	if !own && in.Text("group") != "" {
		p.also, p.alsoAt = memberships.Group{Kind: memberships.GroupKind(in.Text("group_kind")), ID: in.Text("group_id")}, in.Cells["group_id"]
	}
	if column, err := input.Contrary(in); err != nil && !own {
		return p, wrong(err, column)
	}
	if p.ref.Member, p.named, err = input.MemberOf(in, foreign); err != nil {
		return p, wrong(err, "member", "member_id", "email", "provider")
	}
	p.email = cmp.Or(p.ref.Member.Email, in.Text("email"))
	if r.op == memberships.OpRemove || r.role != "" { // otherwise the row's role is the new one
		p.rank = rank(r.client, in.Text("role"))
	}
	if p.role, err = r.roleOf(in, foreign); err != nil {
		return p, wrong(err, "role", "role_name")
	}
	if r.op == memberships.OpUpdate && p.role == "" {
		return p, wrong(errors.New("there is no role: give the row one, or --role for all"))
	}
	ref := p.ref
	ref.Group = r.group.Checkable()
	if p.group.Given() {
		ref.Group = p.group.Checkable()
	}
	if err := argument.Validate(r.client, memberships.OpList, memberships.Ref{Group: ref.Group}, ""); err != nil {
		return p, wrong(err, "group", "group_kind", "group_id")
	}
	if err := argument.Validate(r.client, r.op, ref, ""); err != nil {
		return p, wrong(err, "member", "member_id", "email")
	}
	if err := argument.Validate(r.client, r.op, ref, p.role); err != nil {
		return p, wrong(err, "role", "role_name")
	}
	return p, nil
}
