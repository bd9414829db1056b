package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/change"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/statefile"
	"github.com/memberships-go/memberships/reconcile/view"
)

// syncer is one run of sync.
type syncer struct {
	*app
	conn        connect.Flags
	apply       applyFlags
	plan        reconcile.PlanOptions
	group, role string
	from        string
	members     statefile.MemberOptions
	prune       bool
	dryRun      bool
	invite      bool
}

func (a *app) syncCommand() *cobra.Command {
	s := syncer{app: a}
	s.apply.conn = &s.conn
	cmd := &cobra.Command{
		Use:   "sync --provider NAME --group GROUP --from FILE",
		Short: "Make a group have the members of a file",
		Long: `Compare the members of a file with those of one group, show the plan, and make
its changes after a confirmation or with --yes. Without --prune, members are
added and roles are raised. With it, roles are lowered too, and members whom the
file does not list are removed.

The file is read as by 'memberships add --from'. A row without a role keeps the
role of a member, and adds anyone else as an ordinary member; --role applies to
every row. The plan has the limits of
'memberships plan': a group is blocked if it could not be read as a whole, if a
person cannot be found, or if removals exceed a limit. The last managers and the
caller are left as they are.

The plan and the journal of a run are in a new folder in FILE.journal, or in
that of --journal; for stdin, in $XDG_STATE_HOME/memberships/sync. After an
interruption, 'memberships apply PLAN --resume' goes on.

The exit code is 0 if all changes were made or there are none, 3 if some were
not made, and 1 if none was.`,
		Example: `  memberships sync --provider clerk --group org_demo --from team.csv
  memberships sync -p box -g Demo --from team.csv --prune --dry-run
  memberships sync -p webex -g Demo --from team.csv --prune --yes -o ndjson`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	s.conn.Add(a.Console, a.Getenv, cmd)
	argument.AddGroupFlag(cmd, &s.group, argument.GroupHelp)
	flags := cmd.Flags()
	flags.StringVar(&s.from, "from", "", "`file` with the members, - for stdin")
	change.AddFileFlags(cmd, &s.members.Format, &s.members.Columns)
	argument.AddRoleFlag(cmd, &s.role, "`role` of every row, in place of those in the file: "+argument.RoleHelp)
	flags.BoolVar(&s.prune, "prune", false, "remove members whom the file does not list, and lower roles")
	flags.BoolVar(&s.invite, "invite", false, "invite addresses that have no account, where the provider has invitations")
	flags.BoolVar(&s.dryRun, "dry-run", false, "print the plan and change nothing")
	addAllowRemovals(cmd, &s.plan)
	s.apply.add(a, cmd)
	return cmd
}

func (s *syncer) run(ctx context.Context) error {
	if err := s.check(); err != nil {
		return err
	}
	c, err := s.conn.Open(ctx)
	if err != nil {
		return err
	}
	s.apply.clients = []*memberships.Client{c}
	d, err := s.desired(ctx, c)
	if err != nil {
		return err
	}
	p, err := s.planWith(ctx, s.apply.clients, d, reconcile.LookOptions{}, s.plan)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case s.dryRun:
		return s.show(p)
	}
	return s.make(ctx, p)
}

// check returns an error for invalid flags.
func (s *syncer) check() error {
	switch {
	case s.group == "":
		return exit.MissingFlag("group", "the group to change")
	case s.from == "":
		return exit.MissingFlag("from", "the file with the members")
	case s.members.Format != "" && !slices.Contains(input.Formats, s.members.Format):
		return exit.Usagef("there is no input format %q; there are %s", s.members.Format, phrase.And(input.Formats))
	case s.dryRun && s.apply.out.Format != "table" && s.apply.out.Format != "json":
		return exit.Usagef("--dry-run prints a plan, as -o table or json")
	}
	return s.apply.check()
}

// desired reads the file as the desired state of the group.
func (s *syncer) desired(ctx context.Context, c *memberships.Client) (*reconcile.Desired, error) {
	role, err := argument.ParseRole(c, s.role)
	if err != nil {
		return nil, exit.Usagef("--role: %w", err)
	}
	if _, err := input.ParseColumns(s.members.Columns); err != nil {
		return nil, err
	}
	group, err := argument.GroupNamed(ctx, c, s.group)
	if err != nil {
		return nil, err
	}
	g := reconcile.Group{Name: s.group, Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{c.Name(): group}, Invite: s.invite}
	if s.prune {
		g.Mode = reconcile.ModeAuthoritative
	}
	var notices []string
	o := s.members
	o.Stdin, o.Role, o.Notice = s.Stdin, role, func(text string) { notices = append(notices, text) }
	d, err := interrupt.Await(ctx, func() (*reconcile.Desired, error) { return statefile.LoadMembers(s.from, g, o) })
	if ctx.Err() != nil {
		return nil, ctx.Err() // the read may still be running
	}
	for _, text := range notices {
		s.Note("%s", text)
	}
	var wrong statefile.Errors
	if errors.As(err, &wrong) {
		return nil, problemsIn(input.Name(s.from), wrong)
	}
	return d, err
}

// show prints the plan of a dry run.
func (s *syncer) show(p *reconcile.Plan) error {
	if s.apply.out.Format == "json" {
		return p.Write(s.Stdout)
	}
	return view.Text(s.Stdout, p)
}

// make applies a plan. Its file and its journal are in a new folder.
func (s *syncer) make(ctx context.Context, p *reconcile.Plan) error {
	if p.Summary().Changes() == 0 {
		if p.IsBlocked() && !s.Quiet {
			if err := view.Text(s.Stderr, p); err != nil {
				return err
			}
		}
		return s.nothingToApply(&s.apply, p)
	}
	if err := s.confirm(ctx, &s.apply, p); err != nil {
		return err
	}
	dir, err := s.folder(p)
	if err != nil {
		return exit.With(exit.Failed, fmt.Errorf("journal: %w", err))
	}
	file := filepath.Join(dir, "plan.json")
	if err := savePlan(file, p); err != nil {
		return err
	}
	f := s.apply
	f.journal, f.confirmed = journalOf(file), true
	_, err = s.app.apply(ctx, &f, file, p)
	switch {
	case ctx.Err() != nil:
		s.Report("'memberships apply %s --resume' goes on", file)
	case err != nil:
		s.Note("the plan and its journal are in %s", dir)
	}
	return err
}

// folder makes the folder of a run, which no other run has.
func (s *syncer) folder(p *reconcile.Plan) (string, error) {
	parent := s.apply.journal
	switch {
	case parent != "":
	case s.from != "-":
		parent = journalOf(s.from)
	default:
		state, err := stateFolder(s.Getenv)
		if err != nil {
			return "", err
		}
		parent = filepath.Join(state, "sync")
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, p.Created.Format("20060102-150405")+"-")
}

// stateFolder returns the folder for data that the command keeps for the user.
func stateFolder(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "memberships"), nil
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "memberships"), nil
	}
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "memberships"), err
}
