package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// States of a provider's credentials.
const (
	credentialValid   = "valid"
	credentialInvalid = "invalid"
	credentialUnknown = "undetermined" // the provider did not answer
	credentialMissing = "not configured"
)

// examination is doctor's result for a provider's credential or, with a finding, for one
// operation.
type examination struct {
	provider, credential, from, identity string
	finding                              memberships.Finding
}

var doctorSchema = output.Schema[examination]{
	Fields: []output.Field[examination]{
		{Name: "provider", Text: func(e examination) string { return e.provider }},
		{Name: "credential", Text: func(e examination) string { return e.credential }},
		{Name: "from", Text: func(e examination) string { return e.from }},
		{Name: "identity", Text: func(e examination) string { return e.identity }},
		{Name: "operation", Text: func(e examination) string { return string(e.finding.Operation) }},
		{Name: "verdict", Text: func(e examination) string { return string(e.finding.Verdict) }},
		{Name: "detail", Text: func(e examination) string { return e.finding.Detail }},
		{Name: "grant", Text: func(e examination) string { return e.finding.Grant }},
		{Name: "scopes", Text: func(e examination) string { return strings.Join(e.finding.Scopes, " ") }},
		{Name: "where", Text: func(e examination) string { return e.finding.Where }},
	},
	Columns: []output.Field[examination]{
		{Name: "provider", Text: func(e examination) string { return e.provider }},
		{Name: "credential", Text: func(e examination) string { return e.credential }},
		{Name: "operation", Text: func(e examination) string { return string(e.finding.Operation) }},
		{Name: "verdict", Text: func(e examination) string { return string(e.finding.Verdict) }},
		{Name: "advice", Text: func(e examination) string { return e.advice() }},
	},
}

// advice returns the most useful hint.
func (e examination) advice() string {
	switch {
	case e.finding.Grant != "" && e.finding.Where != "":
		return "grant " + e.finding.Grant + ": " + e.finding.Where
	case e.finding.Grant != "":
		return "grant " + e.finding.Grant
	}
	if e.finding.Detail != "" || e.finding.Operation != "" {
		return e.finding.Detail
	}
	if e.identity == "" {
		return "from " + e.from
	}
	return e.identity + ", from " + e.from
}

func (a *app) doctorCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var names []string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the credentials and list what they allow",
		Long: `Ask each configured provider whether it accepts the credentials and what they
allow. Nothing is changed. Operations that are not allowed are listed with the
permission to grant and the place to grant it, and other providers with the
variables to set or the command that signs in.

The exit code is 0 if every configured credential is valid, whatever its
permissions, 1 if one is invalid or could not be checked, and 2 if there are
none.`,
		Example: `  memberships doctor
  memberships doctor --provider webex -o json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cmp.Or(out.Check(), connect.CheckSeveral(&conn, names)); err != nil {
				return err
			}
			if err := conn.OpenStore(cmd.Context()); err != nil {
				return err
			}
			if len(names) == 0 {
				names = providers.Names()
			}
			return a.doctor(cmd.Context(), &conn, &out, slices.Compact(slices.Sorted(slices.Values(names))))
		},
	}
	connect.AddProvidersFlag(cmd, &names)
	conn.AddShared(a.Console, a.Getenv, cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}

// doctor examines the named providers concurrently and prints the results in order.
func (a *app) doctor(ctx context.Context, f *connect.Flags, out *output.Flags, names []string) error {
	rows := make([][]examination, len(names))
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, n := range names {
		wg.Go(func() { rows[i], errs[i] = a.examine(ctx, f, n) })
	}
	printed := output.Open(a.Console, out, doctorSchema, "findings")
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return printed.Close(err)
	}
	for _, e := range slices.Concat(rows...) {
		if err := printed.Print(e); err != nil {
			return printed.Close(err)
		}
	}
	if err := printed.Close(nil); err != nil {
		return err
	}
	missing, bad := 0, error(nil)
	for _, err := range errs {
		if errors.Is(err, credentials.ErrNone) {
			missing++
		} else {
			bad = cmp.Or(bad, err)
		}
	}
	switch {
	case missing == len(names):
		return exit.With(exit.Usage, nil)
	case bad != nil:
		return exit.With(exit.Failed, nil)
	}
	return nil
}

// changes are the operations whose scopes --change asks for.
var changes = []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove}

// examine queries one provider. The error is the reason that nothing is allowed.
func (a *app) examine(ctx context.Context, f *connect.Flags, name string) ([]examination, error) {
	e := examination{provider: name}
	found, err := f.Credentials(ctx, name)
	if errors.Is(err, credentials.ErrNone) {
		e.credential, e.finding.Detail = credentialMissing, err.Error()
		return []examination{e}, err
	}
	e.from = found.From
	var d memberships.Diagnosis
	if err == nil {
		var c *memberships.Client
		if c, err = f.OpenNoting(ctx, name, found); err == nil {
			d, err = c.Diagnose(ctx)
		}
	}
	if err != nil {
		e.credential, e.finding.Detail = credentialUnknown, err.Error()+a.signInAgain(name, err)
		var wrong *exit.Error
		if errors.Is(err, memberships.ErrUnauthenticated) || errors.As(err, &wrong) {
			e.credential = credentialInvalid
		}
		return []examination{e}, err
	}
	e.credential, e.identity = credentialValid, d.Identity
	rows := []examination{e}
	for _, finding := range d.Findings {
		if e.finding = finding; len(finding.Scopes) > 0 {
			e.finding.Where = cmp.Or(found.MoreScopes(slices.Contains(changes, finding.Operation)), finding.Where)
		}
		rows = append(rows, e)
	}
	return rows, nil
}
