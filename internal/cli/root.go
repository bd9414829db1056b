package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/memberships-go/memberships/internal/cli/complete"
)

// Root returns the command tree, for its documentation.
func Root() *cobra.Command {
	return newApp(Process{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}).rootCommand()
}

// rootCommand returns the command tree. With the name of a command, it has no other one, as
// one run needs no other and each costs time to build.
func (a *app) rootCommand(only ...string) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "memberships",
		Short: "Read and change memberships in Box, Clerk, Google Chat, PubNub and Webex",
		Long: `Read and change memberships: groups in Box, organizations in Clerk, spaces in
Google Chat, channels in PubNub, rooms and teams in Webex. Each command works
the same way in all five.

Credentials come from the environment, a sign-in or a file, never from flags.
'memberships help credentials' lists them, and 'memberships doctor' reports
which are set and which are missing.

Data goes to stdout, everything else to stderr. Exit status:

` + helpList(statusFacts(statuses)),
		Example: `  memberships demo
  memberships doctor
  memberships groups --provider webex
  memberships list --provider clerk --group org_demo
  memberships of ada@example.com
  memberships add --provider box --group 12345 --from people.csv`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// The maximum edit distance of a suggestion for a mistyped command.
		SuggestionsMinimumDistance: 2,
		Args:                       a.noCommand,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			if f := cmd.Flags().Lookup("profile"); f != nil {
				a.profile = f.Value.String()
			}
		},
		RunE: asFailure(func(cmd *cobra.Command, _ []string) error {
			if version {
				return a.printVersion()
			}
			return cmd.Help()
		}),
	}
	root.Flags().BoolVar(&version, "version", false, "print the version, as 'memberships version' does")
	root.SetIn(a.Stdin)
	root.SetOut(a.help)
	root.SetErr(a.Stderr)
	root.AddGroup(
		&cobra.Group{ID: "read", Title: "Read:"},
		&cobra.Group{ID: "change", Title: "Change:"},
		&cobra.Group{ID: "plan", Title: "Plan:"},
		&cobra.Group{ID: "setup", Title: "Set up and try out:"},
	)
	for _, c := range a.commands() {
		if len(only) == 0 || c.name == only[0] {
			cmd := c.build()
			cmd.GroupID = c.group
			root.AddCommand(cmd)
		}
	}
	root.SetHelpCommandGroupID("setup")
	root.SetCompletionCommandGroupID("setup")
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages ", ".LocalFlags.FlagUsagesWrapped 80 ",
		"for more information about a command", "for more about a command",
	).Replace(root.UsageTemplate()))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var wrong *pflag.InvalidValueError
		if errors.As(err, &wrong) {
			if takes, ok := flagTakes[wrong.GetFlag().Value.Type()]; ok {
				return fmt.Errorf("--%s takes %s, found %q", wrong.GetFlag().Name, takes, wrong.GetValue())
			}
		}
		return fmt.Errorf("%w; '%s --help' lists the flags", err, cmd.CommandPath())
	})
	for _, c := range root.Commands() {
		c.RunE = asFailure(c.RunE)
		c.DisableFlagsInUseLine = true
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
		complete.NoFiles(c)
	}
	if len(only) == 0 {
		root.AddCommand(credentialsTopic(), environmentTopic())
		a.strictHelp(root)
		completions(root)
	}
	return root
}

// command builds one of the root's commands.
type command struct {
	group, name string
	build       func() *cobra.Command
}

// commands returns the commands by group.
func (a *app) commands() []command {
	return []command{
		{"read", "list", a.listCommand},
		{"read", "get", a.getCommand},
		{"read", "check", a.checkCommand},
		{"read", "groups", a.groupsCommand},
		{"read", "of", a.ofCommand},
		{"read", "export", a.exportCommand},
		{"read", "snapshot", a.snapshotCommand},
		{"read", "diff", a.diffCommand},
		{"read", "report", a.reportCommand},
		{"read", "events", a.eventsCommand},
		{"change", "add", a.addCommand},
		{"change", "update", a.updateCommand},
		{"change", "remove", a.removeCommand},
		{"plan", "import", a.importCommand},
		{"plan", "plan", a.planCommand},
		{"plan", "apply", a.applyCommand},
		{"plan", "sync", a.syncCommand},
		{"plan", "offboard", a.offboardCommand},
		{"plan", "journal", a.journalCommand},
		{"setup", "auth", a.authCommand},
		{"setup", "doctor", a.doctorCommand},
		{"setup", "demo", a.demoCommand},
		{"setup", "emulate", a.emulateCommand},
		{"setup", "version", a.versionCommand},
	}
}

// commandOf returns the name of the command that args begin with, none for help, a completion
// or an unknown command.
func (a *app) commandOf(args []string) []string {
	if len(args) > 0 && slices.ContainsFunc(a.commands(), func(c command) bool { return c.name == args[0] }) {
		return args[:1]
	}
	return nil
}

// flagTakes describes a flag's value by the name of its type.
var flagTakes = map[string]string{
	"int": "a whole number", "int64": "a whole number", "bool": "true or false", "duration": "a duration such as 30s",
}

// strictHelp makes help reject unknown commands.
func (a *app) strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Args = func(_ *cobra.Command, args []string) error {
				if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return a.noCommand(root, []string{strings.Join(args, " ")})
				}
				return nil
			}
		}
	}
}

// noCommand returns the error for a word that is no command.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return errors.New(text + "; did you mean " + strings.Join(near, " or ") + "?")
	}
	return errors.New(text + "; 'memberships --help' lists them")
}

// noArgs returns an error for arguments that are no flags.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes flags only, found %q", cmd.CommandPath(), args[0])
	}
	return nil
}
