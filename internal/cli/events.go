package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/complete"
)

func (a *app) eventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Print changes of memberships as they happen",
		Long: `Print changes of memberships as they happen: 'follow' reads the stream of a
provider, 'listen' receives the requests of webhooks.`,
		Example: `  memberships events follow --provider box
  memberships events listen --provider webex`,
		Args: a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, c := range []*cobra.Command{a.followCommand(), a.listenCommand()} {
		c.RunE = asFailure(c.RunE)
		c.DisableFlagsInUseLine = true
		c.ValidArgsFunction = cobra.NoFileCompletions
		complete.NoFiles(c)
		cmd.AddCommand(c)
	}
	return cmd
}

// eventsHelp describes the rows of both commands.
const eventsHelp = `
A row has the fields event, provider, delivery_id and time, and those of a
listed member. The event is created, updated, deleted, set where the provider
does not tell the first two apart, or the provider's own name of another event.
Fields that the provider does not send are empty; 'get' reads them.`
