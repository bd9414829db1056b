package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// Fact is an entry of the manual: an exit code, a variable or a file, with its meaning.
// Help, manual pages and README use it.
type Fact struct{ Name, Text string }

// status is an exit code and its meaning.
type status struct {
	code int
	text string
}

// statuses are the exit codes of every command.
var statuses = []status{
	{exit.Done, "done"},
	{exit.Failed, "failed"},
	{exit.Usage, "the command line, a setting or an input file is wrong"},
	{exit.Partly, "partly done, or a part of a listing was hidden"},
	{exit.Interrupted, "interrupted by Ctrl-C"},
	{exit.BrokenPipe, "the reader of the output has closed it"},
	{exit.Terminated, "ended by SIGTERM"},
}

// checkStatuses are the exit codes of check --exit-code.
var checkStatuses = []status{
	{exit.Done, "member"},
	{exit.Failed, "could not be determined"},
	{exit.NotMember, "not a member"},
	{exit.Invited, "invited, and not a member yet"},
}

// diffStatuses are the exit codes of diff --exit-code.
var diffStatuses = []status{
	{exit.Done, "equal, and all was seen"},
	{exit.Partly, "no difference in what was seen"},
	{exit.Changes, "different"},
}

// planStatuses are the exit codes of plan --exit-code.
var planStatuses = []status{
	{exit.Changes, "there are changes"},
	{exit.Blocked, "a group or a change is blocked"},
}

// ExitStatus returns the exit codes of a command.
func ExitStatus(command string) []Fact {
	facts := statusFacts(statuses)
	for _, s := range map[string][]status{"check": checkStatuses, "diff": diffStatuses, "plan": planStatuses}[command] {
		facts = append(facts, Fact{strconv.Itoa(s.code), "of " + command + " --exit-code: " + s.text})
	}
	return facts
}

func statusFacts(all []status) []Fact {
	facts := make([]Fact, len(all))
	for i, s := range all {
		facts[i] = Fact{strconv.Itoa(s.code), s.text}
	}
	return facts
}

const (
	configInUse = "the profiles with credentials; it must be readable by its owner alone (chmod 600)"
	configHome  = "~/.config takes the place of $XDG_CONFIG_HOME where that is not set"
)

// Environment returns the variables that the command reads, the providers' settings
// first.
func Environment() []Fact {
	var facts []Fact
	for _, name := range providers.Names() {
		settings, _ := providers.Settings(name)
		for _, s := range settings {
			if s.Env != "" {
				facts = append(facts, Fact{s.Env, "the setting " + s.Key + " of " + name})
			}
		}
	}
	facts = append(facts,
		Fact{"MEMBERSHIPS_PROFILE", "the profile with the credentials, \"default\" where it is not set; --profile overrides it"},
		Fact{"MEMBERSHIPS_CONFIG", "the file with the profiles; --config overrides it"},
		Fact{"MEMBERSHIPS_EMULATOR", "the URL of 'memberships emulate': requests to every provider go there, with made-up credentials, and no other setting counts"},
		Fact{"XDG_CONFIG_HOME", "the directory above the default file with the profiles"},
		Fact{"XDG_STATE_HOME", "the directory above the journals of sync from stdin, ~/.local/state where it is not set"},
		Fact{"HOME", "the home directory: " + configHome},
	)
	for _, name := range providers.Names() {
		unsupported, _ := providers.Unsupported(name)
		for _, s := range unsupported {
			facts = append(facts, Fact{s.Env, "not supported; an error names it where " + name + " has no other credentials"})
		}
	}
	return append(facts,
		Fact{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "the proxy to use, and the hosts that need none"},
		Fact{"NO_COLOR", "any value turns the colours of tables off"},
		Fact{"TERM", "the kind of the terminal; without one, or with dumb, tables have no colours"},
	)
}

// Files returns the files that the command reads by default.
func Files() []Fact {
	return []Fact{{credentials.DefaultFile, configInUse + "; " + configHome}}
}

// helpList formats facts for a help text, wrapped at 80 columns.
func helpList(facts []Fact) string {
	widest := 0
	for _, f := range facts {
		if len(f.Name) <= 24 {
			widest = max(widest, len(f.Name))
		}
	}
	var b strings.Builder
	for _, f := range facts {
		lines := output.Wrap(f.Text, helpWidth-len(helpIndent)-widest-output.ColumnGap)
		name := f.Name
		if len(name) > widest {
			b.WriteString(helpIndent + name + "\n")
			name = ""
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%s%-*s  %s\n", helpIndent, widest, name, line)
			name = ""
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const (
	helpWidth  = 80     // columns of a help text
	helpIndent = "    " // keeps a list verbatim in the manual pages
)

// environmentTopic returns the help topic about variables and files.
func environmentTopic() *cobra.Command {
	return &cobra.Command{
		Use:                   "environment",
		DisableFlagsInUseLine: true,
		Short:                 "Variables and files that the command reads",
		Long: `The command reads these variables. An empty one is not set.

` + helpList(Environment()) + `

It reads this file:

` + helpList(Files()) + `

'memberships help credentials' explains settings and profiles.`,
	}
}
