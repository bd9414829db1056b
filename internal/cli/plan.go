package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/replace"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/statefile"
)

// planFlags are the flags of the commands that make a plan.
type planFlags struct {
	conn    connect.Flags
	out     planOutput
	names   []string // of providers
	save    string   // file of the plan
	options reconcile.PlanOptions
	look    reconcile.LookOptions
	exits   bool // --exit-code
}

// add adds the flags to a command.
func (f *planFlags) add(a *app, cmd *cobra.Command) {
	connect.AddManyFlag(cmd, &f.names, "those of the files")
	f.conn.AddShared(a.Console, a.Getenv, cmd)
	flags := cmd.Flags()
	addAllowRemovals(cmd, &f.options)
	flags.IntVar(&f.look.Concurrency, "concurrency", 0, "`groups` of a provider to read at once (default the provider's own number)")
}

// addAllowRemovals adds --allow-removals to a command.
func addAllowRemovals(cmd *cobra.Command, o *reconcile.PlanOptions) {
	cmd.Flags().IntVar(&o.AllowRemovals, "allow-removals", 0, "allow exactly this `number` of removals, past all limits; an emptied group stays blocked")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("allow-removals") && o.AllowRemovals < 1 {
			return exit.Usagef("--allow-removals %d is below one", o.AllowRemovals)
		}
		return nil
	}
}

// check returns an error for an invalid flag.
func (f *planFlags) check() error {
	switch {
	case f.options.ValidFor < 0:
		return exit.Usagef("--valid-for %v is below zero", f.options.ValidFor)
	case f.look.Concurrency < 0:
		return exit.Usagef("--concurrency %d is below zero", f.look.Concurrency)
	case f.save == "-":
		return exit.Usagef("--out takes a file; -o json prints the plan on stdout, as apply takes it")
	}
	return f.out.check()
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	var files []string
	cmd := &cobra.Command{
		Use:   "plan -f FILE",
		Short: "Show the changes that bring groups to their desired state",
		Long: `Read the desired state of groups from files, and the present state from the
providers, and print the changes between them. Nothing is changed. -f takes a
file, a folder of files or - for stdin, and may be repeated.

--out saves the plan for 'memberships apply'. A plan holds names and addresses,
and the file is readable by its owner alone.

A group is blocked, and the others go on, if it could not be read as a whole, if
a person cannot be found, or if removals exceed a limit. The last managers, the
caller and protected people are left as they are.

The exit code is 0, and 2 if a group of the files does not exist. With
--exit-code, it is 5 if a group or a change is blocked, else 4 if there are
changes.`,
		Example: `  memberships plan -f groups.yaml
  memberships plan -f groups/ --out plan.json --exit-code
  memberships plan -f groups.yaml -o markdown > comment.md`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(files) == 0 {
				return exit.MissingFlag("file", "the file of the desired state")
			}
			if err := f.check(); err != nil {
				return err
			}
			var err error
			if f.names, err = connect.Named(f.names); err != nil {
				return err
			}
			if err := connect.CheckSeveral(&f.conn, f.names); err != nil {
				return err
			}
			d, err := a.loadDesired(cmd.Context(), files, f.names)
			if err != nil {
				return err
			}
			return a.plan(cmd.Context(), &f, d)
		},
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "`file` or folder with the desired state, - for stdin")
	cmd.Flags().StringVar(&f.save, "out", "", "save the plan to a `file`")
	cmd.Flags().DurationVar(&f.options.ValidFor, "valid-for", reconcile.DefaultValidFor, "time until the plan expires")
	cmd.Flags().BoolVar(&f.exits, "exit-code", false, "exit with 4 if there are changes, and with 5 if any is blocked")
	f.add(a, cmd)
	f.out.add(a.Console, cmd)
	return cmd
}

// plan makes a plan of a desired state, saves and prints it.
func (a *app) plan(ctx context.Context, f *planFlags, d *reconcile.Desired) error {
	p, _, err := a.makePlan(ctx, f, d)
	if err != nil {
		return err
	}
	if f.save != "" {
		if err := savePlan(f.save, p); err != nil {
			return err
		}
	}
	if err := f.out.print(a.Stdout, p); err != nil {
		return err
	}
	missing := a.reportMissing(p)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case missing && !f.exits:
		return exit.With(exit.Usage, nil)
	case f.exits && p.IsBlocked():
		return exit.With(exit.Blocked, nil)
	case f.exits && p.Summary().Changes() > 0:
		return exit.With(exit.Changes, nil)
	}
	return nil
}

// reportMissing reports the groups of the files that do not exist, and whether there are any.
func (a *app) reportMissing(p *reconcile.Plan) (found bool) {
	for _, g := range p.Groups {
		for _, n := range g.Blocked {
			if n.Reason == reconcile.ReasonNoGroup {
				found = true
				a.Report("%s", n)
			}
		}
	}
	return found
}

// savePlan writes a plan to a file.
func savePlan(file string, p *reconcile.Plan) error {
	return replace.File(file, func(w io.Writer) error { return p.Write(w) })
}

// loadDesired reads the files of a desired state, limited to the named providers if there
// are any.
func (a *app) loadDesired(ctx context.Context, files, names []string) (*reconcile.Desired, error) {
	var notices []string
	o := statefile.Options{
		Providers: providers.Names(), Stdin: a.Stdin, Listed: providers.ListedGroup,
		Notice: func(text string) { notices = append(notices, text) },
	}
	d, err := interrupt.Await(ctx, func() (*reconcile.Desired, error) { return statefile.Load(files, o) })
	if ctx.Err() != nil {
		return nil, ctx.Err() // the read may still be running
	}
	for _, text := range notices {
		a.Note("%s", text)
	}
	var wrong statefile.Errors
	switch {
	case errors.As(err, &wrong):
		return nil, problems(wrong)
	case err != nil:
		return nil, exit.Usagef("%w", err)
	case len(names) > 0:
		d = d.Only(names...)
	}
	if len(d.Providers()) == 0 {
		return nil, exit.Usagef("no group of the files is in a provider that is asked for")
	}
	return d, nil
}

// maxMistakes is the number of mistakes in files that are reported one by one.
const maxMistakes = 20

// problems returns mistakes in files as one usage error.
func problems[T error](wrong []T) error { return problemsIn("the desired state", wrong) }

// problemsIn is problems for files with a name of their own.
func problemsIn[T error](where string, wrong []T) error {
	p := &exit.Problems{Summary: phrase.Count(len(wrong), "mistake") + " in " + where + "; nothing was sent"}
	for i, err := range wrong {
		if i == maxMistakes {
			p.Errors = append(p.Errors, fmt.Errorf("%s more", phrase.Number(int64(len(wrong)-i))))
			break
		}
		p.Errors = append(p.Errors, err)
	}
	return exit.With(exit.Usage, p)
}

// makePlan reads the providers and returns the plan with the clients that it is for.
func (a *app) makePlan(ctx context.Context, f *planFlags, d *reconcile.Desired) (*reconcile.Plan, []*memberships.Client, error) {
	clients, err := a.openFor(ctx, &f.conn, d.Providers())
	if err != nil {
		return nil, nil, err
	}
	p, err := a.planWith(ctx, clients, d, f.look, f.options)
	return p, clients, err
}

// planWith reads the groups with clients that are open, and returns the plan.
func (a *app) planWith(ctx context.Context, clients []*memberships.Client, d *reconcile.Desired, look reconcile.LookOptions, o reconcile.PlanOptions) (*reconcile.Plan, error) {
	if wrong := d.Check(clients); len(wrong) > 0 {
		return nil, problems(wrong)
	}
	show, stop := a.Progress("groups")
	look.Progress = show
	seen := reconcile.Look(ctx, clients, d, look)
	stop()
	p, err := reconcile.NewPlan(d, seen, o)
	var removals *reconcile.RemovalsError
	if errors.As(err, &removals) {
		return nil, exit.Usagef("--allow-removals: %w", err)
	}
	return p, err
}

// openFor opens the named providers. One without credentials is left out with a message,
// unless no provider has any.
func (a *app) openFor(ctx context.Context, conn *connect.Flags, names []string) ([]*memberships.Client, error) {
	if err := connect.CheckSeveral(conn, names); err != nil {
		return nil, err
	}
	var clients []*memberships.Client
	var missing error
	for _, name := range slices.Sorted(slices.Values(names)) {
		c, err := conn.OpenProvider(ctx, name)
		switch {
		case errors.Is(err, credentials.ErrNone):
			missing = err
			a.Report("%v", err)
		case err != nil:
			return nil, err
		default:
			clients = append(clients, c)
		}
	}
	if len(clients) == 0 {
		return nil, missing
	}
	return clients, nil
}
