package change

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/pattern"
)

// openOutcome is the error of a change that may have happened, with the command line that
// determines its outcome.
type openOutcome struct {
	err     error
	command string
}

func (e *openOutcome) Error() string { return e.err.Error() + "; to find out: " + e.command }
func (e *openOutcome) Unwrap() error { return e.err }

// findOut returns the command line that reads the outcome of a change: check if the
// member alone matters, get if the role does or the membership has an id.
func findOut(f *connect.Flags, c *memberships.Client, op memberships.Operation, ch change) string {
	command := "check"
	if op == memberships.OpUpdate || ch.role != "" || ch.ref.ID != "" {
		command = "get"
	}
	args := []string{"memberships", command, "--provider", c.Name()}
	for _, own := range []struct{ flag, value string }{{"--profile", f.Profile}, {"--config", f.Config}, {"--base-url", f.BaseURL}} {
		if own.value != "" {
			args = append(args, own.flag, own.value)
		}
	}
	if ch.ref.ID != "" {
		if kinds := c.Capabilities().GroupKinds; ch.ref.Group.Kind != "" && ch.ref.Group.Kind != kinds[0] {
			args = append(args, "--group", string(ch.ref.Group.Kind)+":")
		}
		args = append(args, "--id", ch.ref.ID)
	} else {
		args = append(args, "--group", groupArgument(c, ch.ref.Group), "--member", ch.ref.Member.String())
	}
	for i, arg := range args {
		args[i] = shellWord(arg)
	}
	return strings.Join(args, " ")
}

// groupArgument returns the shortest --group argument for g.
func groupArgument(c *memberships.Client, g memberships.Group) string {
	g = argument.FullGroup(c, g)
	for _, text := range []string{g.ID, g.String(), "id:" + g.ID, string(g.Kind) + ":id:" + g.ID} {
		if read, err := argument.ParseGroup(c, text); err == nil && read.Name == "" && argument.SameGroup(c, read.Group, g) {
			return text
		}
	}
	return g.String()
}

// plainWord matches a word that no shell splits or expands.
var plainWord = pattern.New(`^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+:,./=-]*$`)

// shellWord quotes an argument for a shell if needed.
func shellWord(arg string) string {
	if plainWord.MatchString(arg) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
