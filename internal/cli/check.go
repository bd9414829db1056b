package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// presence is the result of check.
type presence struct {
	provider string
	group    memberships.Group
	member   string
	answer   memberships.Presence
}

var presenceSchema = output.Schema[presence]{
	Fields: []output.Field[presence]{
		{Name: "provider", Text: func(p presence) string { return p.provider }},
		{Name: "group_kind", Text: func(p presence) string { return string(p.group.Kind) }},
		{Name: "group_id", Text: func(p presence) string { return p.group.ID }},
		{Name: "member", Text: func(p presence) string { return p.member }},
		{Name: "presence", Text: func(p presence) string { return p.answer.String() }},
	},
}

func (a *app) checkCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var named argument.Reference
	var exitCode bool
	cmd := &cobra.Command{
		Use:   "check --provider NAME --group GROUP --member MEMBER",
		Short: "Check whether a person is a member",
		Long: `Print "member", "invited" or "not a member" and exit with 0: the answer is
certain. Without a certain answer nothing is printed, stderr has the reason and
the exit code is 1. The reason is that the look-up failed, that the group or the
person is not known, or that the provider hides a part of the group in which the
person may be.

With --exit-code, the exit code is the answer:

` + helpList(statusFacts(checkStatuses)),
		Example: `  memberships check --provider clerk --group org_demo --member ada@example.com
  memberships check -p webex -g Y2lz -m ada@example.com --exit-code \
    > /dev/null && echo in`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, ref, err := named.Open(cmd.Context(), &conn, memberships.OpGet, out.Check())
			if err != nil {
				return err
			}
			p := presence{provider: c.Name(), group: argument.FullGroup(c, ref.Group), member: named.Member}
			if p.answer, err = c.Check(cmd.Context(), ref.Group, ref.Member); err != nil {
				return err
			}
			if err := a.printPresence(&out, p); err != nil || !exitCode {
				return err
			}
			switch p.answer {
			case memberships.PresenceNotMember:
				return exit.With(exit.NotMember, nil)
			case memberships.PresenceInvited:
				return exit.With(exit.Invited, nil)
			}
			return nil
		},
	}
	conn.Add(a.Console, a.Getenv, cmd)
	named.AddPair(cmd)
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "give the answer in the exit code too")
	out.Add(a.Console, cmd, "table")
	return cmd
}

// printPresence prints the result as one word or as a record.
func (a *app) printPresence(out *output.Flags, p presence) error {
	if out.Format == "table" {
		_, err := a.Stdout.Write([]byte(p.answer.String() + "\n"))
		return err
	}
	return output.One(a.Console, out, presenceSchema, p)
}
