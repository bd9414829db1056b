package cli

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/view"
)

// planFormats are the formats of a plan.
var planFormats = []string{"table", "json", "markdown"}

// planOutput holds the flags of the output of a plan.
type planOutput struct{ format string }

func (o *planOutput) add(c *output.Console, cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.format, "output", "o", "table", "`format` of the plan: "+phrase.Or(planFormats))
	complete.With(cmd, "output", func(string) []string { return planFormats })
	cmd.Flags().BoolVarP(&c.Quiet, "quiet", "q", false, "print only errors on stderr")
}

func (o *planOutput) check() error {
	if !slices.Contains(planFormats, o.format) {
		return exit.Usagef("there is no format %q of a plan; there are %s", o.format, phrase.And(planFormats))
	}
	return nil
}

// print writes a plan in the format.
func (o *planOutput) print(w io.Writer, p *reconcile.Plan) error {
	switch o.format {
	case "json":
		return p.Write(w)
	case "markdown":
		return view.Markdown(w, p)
	}
	return view.Text(w, p)
}
