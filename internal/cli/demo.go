package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// newcomer is added, promoted and removed in every provider.
const newcomer = "niklaus@example.com"

// demoResult is the demo's result for one provider.
type demoResult struct {
	provider        string
	group           memberships.Group
	before, after   int
	added, promoted memberships.Membership
}

var demoSchema = output.Schema[demoResult]{Fields: []output.Field[demoResult]{
	{Name: "provider", Text: func(t demoResult) string { return t.provider }},
	{Name: "group_kind", Text: func(t demoResult) string { return string(t.group.Kind) }},
	{Name: "group_id", Text: func(t demoResult) string { return t.group.ID }},
	{Name: "group_name", Text: func(t demoResult) string { return t.group.Name }},
	{Name: "members", Text: func(t demoResult) string { return strconv.Itoa(t.before) }},
	{Name: "added_role", Text: func(t demoResult) string { return string(t.added.Role) }},
	{Name: "promoted_role", Text: func(t demoResult) string { return string(t.promoted.Role) }},
	{Name: "left", Text: func(t demoResult) string { return strconv.Itoa(t.after) }},
}, Columns: []output.Field[demoResult]{
	{Name: "provider", Text: func(t demoResult) string { return t.provider }},
	{Name: "group", Text: func(t demoResult) string { return string(t.group.Kind) + " " + t.group.Name }},
	{Name: "members", Text: func(t demoResult) string { return strconv.Itoa(t.before) }},
	{Name: "added as", Text: func(t demoResult) string { return output.RoleText(t.added.Role, t.added.RoleName) }},
	{Name: "promoted to", Text: func(t demoResult) string { return output.RoleText(t.promoted.Role, t.promoted.RoleName) }},
	{Name: "left when removed", Text: func(t demoResult) string { return strconv.Itoa(t.after) }},
}}

func (a *app) demoCommand() *cobra.Command {
	var out output.Flags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show all five providers at work, offline",
		Long: `Start the emulator inside this process, list a group in each of the five
providers, add ` + newcomer + `, promote and remove him, and print the
results. The same code runs for all five.`,
		Example: `  memberships demo
  memberships demo --jq '.[].group_id'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			srv := emulator.NewServer()
			defer srv.Close()
			s := output.Open(a.Console, &out, demoSchema, "providers")
			for _, name := range providers.Names() {
				t, err := visit(cmd.Context(), name, srv.URL)
				if err == nil {
					err = s.Print(t)
				}
				if err != nil {
					return s.Close(fmt.Errorf("demo of %s: %w", name, err))
				}
			}
			return s.Close(nil)
		},
	}
	out.Add(a.Console, cmd, "table")
	return cmd
}

// visit runs the demo on a provider's first group.
func visit(ctx context.Context, name, url string) (demoResult, error) {
	t := demoResult{provider: name}
	c, err := credentials.OpenEmulator(name, option.WithBaseURL(url))
	if err != nil {
		return t, err
	}
	if t.group, err = firstGroup(ctx, c); err != nil {
		return t, err
	}
	if t.before, err = count(ctx, c, t.group); err != nil {
		return t, err
	}
	if t.added, err = c.Add(ctx, t.group, memberships.ParseMember(newcomer), ""); err != nil {
		return t, err
	}
	if t.promoted, err = c.Update(ctx, t.added.Ref(), memberships.RoleManager); err != nil {
		return t, err
	}
	if _, err = c.Remove(ctx, t.promoted.Ref()); err != nil {
		return t, err
	}
	t.after, err = count(ctx, c, t.group)
	return t, err
}

func firstGroup(ctx context.Context, c *memberships.Client) (memberships.Group, error) {
	for g, err := range c.Groups(ctx) {
		return g, err
	}
	return memberships.Group{}, errors.New("there is no group")
}

// count returns the number of members in a group.
func count(ctx context.Context, c *memberships.Client, g memberships.Group) (n int, _ error) {
	for _, err := range c.List(ctx, memberships.Filter{Group: g}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
