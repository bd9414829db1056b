package change

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/input"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// Help is the part of the help that the commands have in common.
const Help = `
--from reads many members from a file, or from stdin for "-": CSV with a header,
JSON, NDJSON, or a list of addresses or ids without a header. The csv, json and
ndjson output of 'list' can be read again. A row names a member by the column
member (as --member does), member_id or email, and may have a role and a group,
group_id or group_name; --role counts for all rows, and so does --group, with
which a row's own group has to agree. The files of the Box command line, Clerk,
Webex Control Hub, Entra, GAM and Google groups are known; other columns are not
read, which is told, and --column maps them.

The file is read to its end first: if a row is wrong, nothing is sent, and the
exit code is 2. A file without a row is a failure unless --allow-empty is given.
A number that a spreadsheet has changed is never sent as an id; id: before an id
takes it as it is. Rows of another provider are taken by e-mail address. Every
member is reported; a failure does not keep the others from being tried, and the
exit code is 3 then.

--group takes an id, kind:id, the provider's URL of a group, or a name. A name
is looked up among the groups that the credential sees, and exactly one has to
have it; what looks like an id is one, and name: before a text says that it is a
name.

A change that was sent, and of which nobody can say whether it was made, is
"unknown": the report has the command line that finds out.

Ctrl-C finishes the requests under way, reports what was done and exits with
130. A second Ctrl-C ends at once.`

// Flags are the flags of the commands that change something.
type Flags struct {
	conn        connect.Flags
	out         output.Flags
	group, Role string
	permissions permissionsFlag
	roleMap     []string
	members     []string
	id          string
	from        string
	format      string
	columns     []string
	allowEmpty  bool
	concurrency int
	Strict      bool
	dryRun      bool
	console     *output.Console
	stdin       io.Reader
}

// Add puts the flags of every change on a command.
func (f *Flags) Add(c *output.Console, getenv func(string) string, stdin io.Reader, cmd *cobra.Command) {
	f.console, f.stdin = c, stdin
	f.conn.Add(c, getenv, cmd)
	argument.AddGroupFlag(cmd, &f.group, argument.GroupHelp)
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.members, "member", "m", nil, argument.MemberHelp+"; may be given several times")
	flags.StringVar(&f.from, "from", "", "`file` with many members, - for stdin")
	flags.StringVar(&f.format, "format", "", "`format` of the file: "+phrase.Or(input.Formats)+", which is a member a line (default by its beginning)")
	complete.With(cmd, "format", func(string) []string { return input.Formats })
	flags.StringArrayVar(&f.columns, "column", nil, "`name=Header`: the column of the file that is ours of this name, as in email=\"Work Mail\"; skip=Header is not read; may be given several times")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "a file without a row is no failure")
	flags.IntVar(&f.concurrency, "concurrency", 4, "how many `members` to change at once")
	flags.BoolVar(&f.dryRun, "dry-run", false, "change nothing, and tell what would happen")
	f.out.Add(c, cmd, "table")
}

// AddRoles puts the flags on a command that gives roles.
func (f *Flags) AddRoles(cmd *cobra.Command) {
	f.permissions.add(cmd)
	cmd.Flags().StringArrayVar(&f.roleMap, "role-map", nil, "`old=new`: the role to give in place of one in the file, as in owner=manager; may be given several times")
}

// AddID puts --id on a command.
func (f *Flags) AddID(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.id, "id", "", "`id` of the membership, in place of group and member; --group team: says of which kind")
}

func (f *Flags) check() error {
	if err := f.out.Check(); err != nil {
		return err
	}
	named := 0
	for _, given := range []bool{len(f.members) > 0, f.id != "", f.from != ""} {
		if given {
			named++
		}
	}
	switch {
	case named == 0:
		return exit.MissingFlag("member", "an e-mail address or an id; or --from, a file with many")
	case named > 1:
		return exit.Usagef("--member, --id and --from exclude each other")
	case f.format != "" && !slices.Contains(input.Formats, f.format):
		return exit.Usagef("there is no input format %q; there are %s", f.format, phrase.And(input.Formats))
	case f.from == "" && len(f.roleMap) > 0:
		return exit.Usagef("--role-map is about the roles in the file of --from")
	case f.from == "" && len(f.columns) > 0:
		return exit.Usagef("--column is about the file of --from")
	}
	return connect.CheckConcurrency(f.concurrency)
}

// read returns the changes that the flags or a file ask for. All of them are in order.
func (f *Flags) read(ctx context.Context, c *memberships.Client, op memberships.Operation) ([]change, error) {
	r := &reader{client: c, op: op, file: input.Name(f.from), seen: map[changeKey]int{}}
	var err error
	if r.roles, err = argument.ParseRoleMap(c, f.roleMap); err != nil {
		return nil, err
	}
	if r.role, err = argument.ParseRole(c, r.roles.Apply(f.Role)); err != nil {
		return nil, exit.Usagef("--role: %w", err)
	}
	if op == memberships.OpUpdate && f.Role == "" && f.from == "" {
		return nil, exit.MissingFlag("role", "the new one: "+phrase.Or(c.Capabilities().Roles))
	}
	if f.from == "" {
		if err := f.permissions.check(r.role); err != nil {
			return nil, err
		}
		return f.named(ctx, r)
	}
	columns, err := input.ParseColumns(f.columns)
	if err != nil {
		return nil, err
	}
	if f.group != "" {
		if r.group, err = argument.ParseGroup(c, f.group); err != nil {
			return nil, err
		}
		if err := argument.Validate(c, memberships.OpList, memberships.Ref{Group: r.group.Checkable()}, r.role); err != nil {
			return nil, exit.Usagef("%w", err)
		}
	}
	source := &input.Source{Format: f.format, Columns: columns}
	_, err = interrupt.Await(ctx, func() (struct{}, error) { return struct{}{}, input.Read(f.stdin, f.from, source, r.row) })
	if ctx.Err() != nil {
		return nil, ctx.Err() // the reading may still be under way
	}
	for _, text := range append(source.Notices(), r.cleaner.Notice(source.Name)) {
		if text != "" {
			f.console.Note("%s", text)
		}
	}
	if err := r.wrong(err); err != nil {
		return nil, err
	}
	if err := r.finish(ctx); err != nil && err != errEnough {
		return nil, fmt.Errorf("%w; nothing was changed", err)
	} else if err := r.wrong(err); err != nil {
		return nil, err
	}
	if len(r.changes) == 0 && !f.allowEmpty {
		return nil, fmt.Errorf("%s has no rows, so nothing was done; with --allow-empty that is no failure", r.file)
	}
	return r.changes, nil
}

// wrong is what the mistakes in a file come to. err is how the reading ended.
func (r *reader) wrong(err error) error {
	if err != nil && err != errEnough {
		r.problems = append(r.problems, err)
	}
	switch sum := "nothing was sent"; {
	case len(r.problems) == 1:
		return exit.Usagef("%w; %s", r.problems[0], sum)
	case err == errEnough:
		return exit.With(exit.Usage, &exit.Problems{Errors: r.problems, Summary: "there may be more mistakes; " + sum})
	case len(r.problems) > 1:
		return exit.With(exit.Usage, &exit.Problems{Errors: r.problems, Summary: sum})
	}
	return nil
}

// named returns the changes of the members, or the membership, that flags name.
func (f *Flags) named(ctx context.Context, r *reader) ([]change, error) {
	refs := []argument.Reference{{Group: f.group, ID: f.id}}
	if f.id == "" {
		refs = nil
		for _, m := range f.members {
			refs = append(refs, argument.Reference{Group: f.group, Member: m})
		}
	}
	var known memberships.Group
	for _, named := range refs {
		named.Known = known
		ref, err := named.Parse(ctx, r.client, r.op)
		if err == nil {
			if err = argument.Validate(r.client, r.op, ref, r.role); err != nil {
				err = exit.Usagef("%w", err)
			}
		}
		if err != nil {
			return nil, err
		}
		known = ref.Group
		if wrong := r.add(change{named: cmp.Or(named.Member, named.ID), ref: ref, role: r.role, email: ref.Member.Email}); wrong != nil {
			return nil, exit.Usagef("%w", wrong)
		}
	}
	return r.changes, nil
}
