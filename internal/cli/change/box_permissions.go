package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// permissionsFlag is the flag for the permissions of Box group admins.
type permissionsFlag struct {
	text string
	flag *pflag.Flag // nil if the command does not have it
}

func (b *permissionsFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.text, "box-permissions", "", "permissions of a manager of a Box group beside managing its members: none, all or `names`, with commas: "+strings.Join(box.AdminPermissions(), ", ")+" (default all for a new manager, no change for a present one)")
	b.flag = cmd.Flags().Lookup("box-permissions")
	complete.With(cmd, "box-permissions", func(string) []string { return append([]string{"none", "all"}, box.AdminPermissions()...) })
}

// boxName is the provider of the flag.
const boxName = "box"

// given reports whether the command line has the flag. An empty value differs from the
// default, which grants all permissions.
func (b *permissionsFlag) given() bool { return b.flag != nil && b.flag.Changed }

// options returns the options of the flag.
func (b *permissionsFlag) options(provider string) ([]option.Option, error) {
	switch {
	case !b.given() || provider == "": // connect reports a missing provider
		return nil, nil
	case provider != boxName:
		return nil, exit.Usagef("--box-permissions is for --provider box, found --provider %s", provider)
	case b.text == "":
		return nil, exit.Usagef("--box-permissions is empty; there are none, all, %s", phrase.And(box.AdminPermissions()))
	case b.text == "none":
		return []option.Option{box.WithAdminPermissions()}, nil
	case b.text == "all":
		return []option.Option{box.WithAdminPermissions(box.AdminPermissions()...)}, nil
	}
	names := strings.Split(b.text, ",")
	for i, n := range names {
		n = strings.TrimSpace(n)
		switch names[i] = n; {
		case n == "none" || n == "all":
			return nil, exit.Usagef("--box-permissions: %s stands alone, without other names", n)
		case !slices.Contains(box.AdminPermissions(), n):
			return nil, exit.Usagef("--box-permissions: there is no permission %s; there are none, all, %s", phrase.Quote(n), phrase.And(box.AdminPermissions()))
		}
	}
	return []option.Option{box.WithAdminPermissions(names...)}, nil
}

// check returns an error if the command line gives a role other than manager.
func (b *permissionsFlag) check(r memberships.Role) error {
	if b.given() && r != memberships.RoleManager {
		return exit.Usagef("--box-permissions is about managers: --role manager makes one")
	}
	return nil
}

// permissionWords are the permissions in prose.
var permissionWords = map[string]string{
	box.CanCreateAccounts: "create accounts",
	box.CanEditAccounts:   "edit accounts",
	box.CanInstantLogin:   "use instant login",
	box.CanRunReports:     "run reports",
}

// managerRights describes the permissions of a Box group's manager, "" for any other
// member. An unknown permission has Box's name.
func managerRights(m memberships.Membership) string {
	own, ok := memberships.Native[*box.Membership](m)
	if !ok || m.Role != memberships.RoleManager || !own.ConfigurablePermissions.IsSpecified() {
		return ""
	}
	allowed, _ := own.ConfigurablePermissions.Get() // null is none
	return rightsText(allowed)
}

// planned describes the permissions of a new manager, from the flag or Box's default. It
// returns "" for another provider.
func (b *permissionsFlag) planned(provider string) string {
	if provider != boxName {
		return ""
	}
	names := box.AdminPermissions()
	switch {
	case b.given() && b.text == "none":
		names = nil
	case b.given() && b.text != "all":
		names = strings.Split(b.text, ",")
	}
	allowed := map[string]bool{}
	for _, n := range names {
		allowed[strings.TrimSpace(n)] = true
	}
	return rightsText(allowed)
}

func rightsText(allowed map[string]bool) string {
	var rights, unknown []string
	for _, n := range box.AdminPermissions() {
		if allowed[n] {
			rights = append(rights, permissionWords[n])
		}
	}
	for _, n := range slices.Sorted(maps.Keys(allowed)) {
		if allowed[n] && permissionWords[n] == "" {
			unknown = append(unknown, strings.ReplaceAll(strings.TrimPrefix(n, "can_"), "_", " "))
		}
	}
	if rights = append(rights, unknown...); len(rights) == 0 {
		return "may manage the members and nothing else"
	}
	return "may also " + phrase.And(rights)
}
