package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// boxPermissions is the flag that says what group admins of Box may do.
type boxPermissions struct{ text string }

func (b *boxPermissions) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.text, "box-permissions", "", "what a new manager of a Box group may do beside managing its members: none, all or `names`, with commas: "+strings.Join(box.AdminPermissions(), ", ")+" (default all for somebody who is added, and what was set before for a member)")
	completeWith(cmd, "box-permissions", func(string) []string { return append([]string{"none", "all"}, box.AdminPermissions()...) })
}

// options are those that the flag asks for.
func (b *boxPermissions) options(provider string) ([]option.Option, error) {
	switch {
	case b.text == "":
		return nil, nil
	case provider != "box":
		return nil, usage("--box-permissions is for --provider box, found --provider %s", provider)
	case b.text == "none":
		return []option.Option{box.WithAdminPermissions()}, nil
	case b.text == "all":
		return []option.Option{box.WithAdminPermissions(box.AdminPermissions()...)}, nil
	}
	names := strings.Split(b.text, ",")
	for _, n := range names {
		if !slices.Contains(box.AdminPermissions(), n) {
			return nil, usage("--box-permissions: there is no permission %s; there are none, all, %s", quoted(n), and(box.AdminPermissions()))
		}
	}
	return []option.Option{box.WithAdminPermissions(names...)}, nil
}

// boxRights tells what a manager of a Box group may do, "" for everybody else.
func boxRights(m memberships.Membership) string {
	own, ok := memberships.Native[*box.Membership](m)
	if !ok || m.Role != memberships.RoleManager || !own.ConfigurablePermissions.IsSpecified() {
		return ""
	}
	allowed, _ := own.ConfigurablePermissions.Get() // null is none
	var names []string
	for _, n := range box.AdminPermissions() {
		if allowed[n] {
			names = append(names, strings.ReplaceAll(strings.TrimPrefix(n, "can_"), "_", " "))
		}
	}
	if len(names) == 0 {
		return "may manage the members and nothing else"
	}
	return "may also " + and(names)
}
