package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/snapshot"
	"github.com/memberships-go/memberships/reconcile/statefile"
)

// importModes are the modes of imported groups.
var importModes = []reconcile.Mode{reconcile.ModeAdditive, reconcile.ModeAuthoritative, reconcile.ModeNoRemovals}

// importer is one run of import.
type importer struct {
	*app
	conn   connect.Flags
	names  []string // of providers
	groups []string
	file   string
	mode   string
}

func (a *app) importCommand() *cobra.Command {
	i := importer{app: a}
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Write the file of desired state from what is there",
		Long: `Read groups with their members and print a file of desired state whose plan
changes nothing, to begin with. All groups of all providers with credentials are
read, or those of --provider or --group.

People are named by the first part of their address, or by the provider and the
id without one. Accounts with the same address are one person in all providers.
Invited people are in the file; apps and groups as members are not, and a plan
leaves them alone. So are conversations of two people, and a group that always
has the members of another one.

A group that could not be read as a whole is additive with a comment, whatever
--mode is, and so is a group whose members the file cannot state exactly. stderr
reports the former, and the exit code is 3.

With --out, the file is replaced at the end, and only you may read it: it holds
names and addresses.`,
		Example: `  memberships import --out groups.yaml
  memberships import --provider box,clerk > groups.yaml
  memberships import -g clerk/org_demo -g box/Demo --mode authoritative`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return i.run(cmd.Context()) },
	}
	connect.AddManyFlag(cmd, &i.names, connect.All)
	cmd.Flags().StringArrayVarP(&i.groups, "group", "g", nil, "`PROVIDER/GROUP` to read, in place of all groups; may be repeated")
	i.conn.AddShared(a.Console, a.Getenv, cmd)
	i.conn.AddPageSize(cmd)
	cmd.Flags().StringVar(&i.file, "out", "", "`file` to write in place of stdout")
	cmd.Flags().StringVar(&i.mode, "mode", string(reconcile.ModeAdditive), "`mode` of the groups: "+phrase.Or(importModes))
	complete.With(cmd, "mode", func(string) []string {
		var words []string
		for _, m := range importModes {
			words = append(words, string(m))
		}
		return words
	})
	return cmd
}

func (i *importer) run(ctx context.Context) error {
	mode := reconcile.Mode(i.mode)
	switch {
	case !slices.Contains(importModes, mode):
		return exit.Usagef("there is no mode %q of an import; there are %s", i.mode, phrase.And(importModes))
	case len(i.names) > 0 && len(i.groups) > 0:
		return exit.Usagef("--provider and --group exclude each other")
	}
	names, err := i.providersOfGroups()
	if err != nil {
		return err
	}
	clients, err := i.conn.OpenMany(ctx, names)
	if err != nil {
		return err
	}
	only, err := i.findGroups(ctx, clients)
	if err != nil {
		return err
	}
	show, stop := i.Progress("groups")
	seen := reconcile.LookAround(ctx, clients, only, reconcile.LookOptions{Progress: show})
	stop()
	if seen.Err != nil {
		return ctx.Err()
	}
	return i.write(seen, statefile.Import(seen.Observed, statefile.ImportOptions{Mode: mode}))
}

// providersOfGroups returns the providers to open: those of --group, or of --provider.
func (i *importer) providersOfGroups() ([]string, error) {
	names := i.names
	for _, g := range i.groups {
		name, id, _ := strings.Cut(g, "/")
		if !slices.Contains(providers.Names(), name) || id == "" {
			return nil, exit.Usagef("--group %s: expected PROVIDER/GROUP, such as %s/9000001", phrase.Quote(g), providers.Names()[0])
		}
		names = append(names, name)
	}
	return names, nil
}

// findGroups returns the groups of --group by provider, nil without that flag.
func (i *importer) findGroups(ctx context.Context, clients []*memberships.Client) (map[string][]memberships.Group, error) {
	if len(i.groups) == 0 {
		return nil, nil
	}
	only := map[string][]memberships.Group{}
	for _, text := range i.groups {
		name, id, _ := strings.Cut(text, "/")
		at := slices.IndexFunc(clients, func(c *memberships.Client) bool { return c.Name() == name })
		g, err := argument.GroupNamed(ctx, clients[at], id)
		if err != nil {
			return nil, err
		}
		if err := argument.Validate(clients[at], memberships.OpList, memberships.Ref{Group: g}, ""); err != nil {
			return nil, exit.Usagef("--group %s: %w", text, err)
		}
		only[name] = append(only[name], argument.FullGroup(clients[at], g))
	}
	return only, nil
}

// write writes the file, and reports the parts that were not read.
func (i *importer) write(seen *reconcile.Survey, made *statefile.Imported) error {
	if len(made.Desired.Groups) == 0 {
		return cmp.Or(i.reportUnread(seen, made), exit.With(exit.Failed, errors.New("there are no groups, and nothing was written")))
	}
	if err := i.writeTo(i.file, func(w io.Writer) error { return made.Write(w) }); err != nil {
		return err
	}
	for _, t := range seen.Twins {
		i.Note("%s: %s always has the members of %s, and is left out", t.Provider, t.Group, t.Of)
	}
	if made.Direct > 0 {
		i.Note("left out: %s of two people", phrase.Count(made.Direct, "conversation"))
	}
	return i.reportUnread(seen, made)
}

// reportUnread reports the groups and lists that were not read as a whole, and returns the
// error for them.
func (i *importer) reportUnread(seen *reconcile.Survey, made *statefile.Imported) error {
	var coverage memberships.Coverage
	for _, p := range providers.Names() {
		coverage.Gaps = append(coverage.Gaps, snapshot.ProviderGaps(p, seen.Scopes[p].Gaps)...)
		if err := seen.Unlisted[p]; err != nil {
			i.Report("%s: the groups could not be listed: %v%s", p, exit.Cause(err), i.hint(err))
		}
	}
	for _, g := range made.Incomplete {
		i.Report("%s: %s was not read as a whole, and is additive: %v", g.Provider, phrase.Quote(g.Name), exit.Cause(g.Err))
	}
	hidden := i.ReportCoverage(coverage, false)
	var texts []string
	if n := len(made.Incomplete); n > 0 {
		texts = append(texts, phrase.Count(n, "group"))
	}
	if n := len(seen.Unlisted); n > 0 {
		texts = append(texts, phrase.Count(n, "provider"))
	}
	if len(texts) > 0 {
		code := exit.Partly
		if len(made.Desired.Groups) == 0 {
			code = exit.Failed
		}
		return exit.With(code, fmt.Errorf("%s could not be read as a whole", phrase.And(texts)))
	}
	return hidden
}
