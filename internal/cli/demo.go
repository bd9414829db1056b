package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// newcomer is added, promoted and removed in every provider.
const newcomer = "niklaus@example.com"

// tour is what the demo has seen of one provider.
type tour struct {
	provider        string
	group           memberships.Group
	before, after   int
	added, promoted memberships.Membership
}

var tourSchema = schema[tour]{fields: []field[tour]{
	{name: "provider", text: func(t tour) string { return t.provider }},
	{name: "group_kind", text: func(t tour) string { return string(t.group.Kind) }},
	{name: "group_id", text: func(t tour) string { return t.group.ID }},
	{name: "group_name", text: func(t tour) string { return t.group.Name }},
	{name: "members", text: func(t tour) string { return strconv.Itoa(t.before) }},
	{name: "added_role", text: func(t tour) string { return string(t.added.Role) }},
	{name: "promoted_role", text: func(t tour) string { return string(t.promoted.Role) }},
	{name: "left", text: func(t tour) string { return strconv.Itoa(t.after) }},
}, columns: []field[tour]{
	{name: "provider", text: func(t tour) string { return t.provider }},
	{name: "group", text: func(t tour) string { return string(t.group.Kind) + " " + t.group.Name }},
	{name: "members", text: func(t tour) string { return strconv.Itoa(t.before) }},
	{name: "added as", text: func(t tour) string { return roleText(t.added.Role, t.added.RoleName) }},
	{name: "promoted to", text: func(t tour) string { return roleText(t.promoted.Role, t.promoted.RoleName) }},
	{name: "left when removed", text: func(t tour) string { return strconv.Itoa(t.after) }},
}}

func (a *app) demoCommand() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show all five providers at work, offline",
		Long: `Start the emulator inside this process, list a group in each of the five
providers, add ` + newcomer + `, promote and remove him, and print what
happened. The same code does it in all five.`,
		Example: `  memberships demo
  memberships demo --jq '.[].group_id'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			srv := emulator.NewServer()
			defer srv.Close()
			s := openStream(a, &out, tourSchema, "providers")
			for _, name := range providers.Names() {
				t, err := visit(cmd.Context(), name, srv.URL)
				if err == nil {
					err = s.print(t)
				}
				if err != nil {
					return s.close(fmt.Errorf("demo of %s: %w", name, err))
				}
			}
			return s.close(nil)
		},
	}
	out.add(a, cmd, "table")
	return cmd
}

// visit takes a provider's first group.
func visit(ctx context.Context, name, url string) (tour, error) {
	t := tour{provider: name}
	c, err := emulated(name, option.WithBaseURL(url))
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

// count reads a listing to its end.
func count(ctx context.Context, c *memberships.Client, g memberships.Group) (n int, _ error) {
	for _, err := range c.List(ctx, memberships.Filter{Group: g}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
