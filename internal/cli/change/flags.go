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
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
)

// Help is the help text that the commands share.
const Help = `
--from reads many members from a file, or from stdin for "-": CSV with a header,
JSON, NDJSON, or a list of addresses or ids without a header. It also reads the
csv, json and ndjson output of 'list'. A row names a member in the column member
(as --member does), member_id or email. It may have a role; --role applies to
every row and overrides it. It may have a group, group_id or group_name, which
has to agree with --group where that is given. The files of the Box command
line, Clerk, Webex Control Hub, Entra, GAM and Google groups are known. Columns
that are not read are reported, and --column maps them.

The whole file is read before anything is sent: if a row is wrong, nothing is
sent and the exit code is 2. A file without rows is a failure unless
--allow-empty is given. An id that a spreadsheet has changed is refused; the
prefix id: sends it as it is. A row of another provider counts by its e-mail
address. Every member is reported. If some changes fail, the others are still
made, and the exit code is 3.

--group takes an id, kind:id, the provider's URL of a group, or a name. A name
has to match exactly one of the groups that the credential can see. A text in
the form of an id is an id; the prefix name: makes it a name.

A change without a clear outcome is "unknown": the report has the command that
finds out.

After Ctrl-C, the requests in flight are finished, the report is completed and
the exit code is 130. A second Ctrl-C ends at once.`

// Flags holds the flags of the commands that change memberships.
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
	invite      bool
	console     *output.Console
	stdin       io.Reader
}

// Add adds the flags of every change to a command.
func (f *Flags) Add(c *output.Console, getenv func(string) string, stdin io.Reader, cmd *cobra.Command) {
	f.console, f.stdin = c, stdin
	f.conn.Add(c, getenv, cmd)
	argument.AddGroupFlag(cmd, &f.group, argument.GroupHelp)
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.members, "member", "m", nil, argument.MemberHelp+"; may be repeated")
	flags.StringVar(&f.from, "from", "", "`file` with many members, - for stdin")
	AddFileFlags(cmd, &f.format, &f.columns)
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "accept a file without rows")
	flags.IntVar(&f.concurrency, "concurrency", 8, "`members` to change at once")
	flags.BoolVar(&f.dryRun, "dry-run", false, "change nothing, and report what would happen")
	f.out.Add(c, cmd, "table")
}

// AddFileFlags adds the flags about the file of --from to a command.
func AddFileFlags(cmd *cobra.Command, format *string, columns *[]string) {
	cmd.Flags().StringVar(format, "format", "", "`format` of the file: "+phrase.Or(input.Formats)+", which has a member on each line (default by its first characters)")
	complete.With(cmd, "format", func(string) []string { return input.Formats })
	cmd.Flags().StringArrayVar(columns, "column", nil, "`name=Header` reads a column of the file under another name, as in email=\"Work Mail\"; skip=Header leaves it out; may be repeated")
}

// AddRoles adds the role flags to a command.
func (f *Flags) AddRoles(cmd *cobra.Command) {
	f.permissions.add(cmd)
	cmd.Flags().StringArrayVar(&f.roleMap, "role-map", nil, "`old=new` gives a role in place of one in the file, as in owner=manager; may be repeated")
}

// AddInvite adds --invite to a command.
func (f *Flags) AddInvite(cmd *cobra.Command, text string) {
	cmd.Flags().BoolVar(&f.invite, "invite", false, text)
}

// AddID adds --id to a command.
func (f *Flags) AddID(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.id, "id", "", "`id` of the membership, in place of group and member; --group team: gives its kind")
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

// read returns the changes of the flags or a file, after validating all of them.
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
		return nil, ctx.Err() // the read may still be running
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

// wrong returns the error for the mistakes in a file. err is the error that ended the
// read.
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

// named returns the changes of the members, or of the membership, that flags name.
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
