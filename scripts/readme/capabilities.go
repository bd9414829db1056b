package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// capabilities returns the table of portable capabilities that the providers declare.
func capabilities() (string, error) {
	var b strings.Builder
	b.WriteString("| provider | kinds of groups |")
	for _, op := range memberships.Operations() {
		fmt.Fprintf(&b, " %s |", op)
	}
	b.WriteString(" members added | by e-mail | total | page |\n|---|---|" + strings.Repeat("---|", len(memberships.Operations())+4) + "\n")
	err := each(func(name string, c memberships.Capabilities) {
		fmt.Fprintf(&b, "| %s | %s |", name, words(c.GroupKinds))
		for _, op := range memberships.Operations() {
			switch {
			case !c.Can(op):
				b.WriteString(" |")
			case op == memberships.OpListByMember && len(c.SearchedKinds) < len(c.GroupKinds):
				fmt.Fprintf(&b, " %s |", words(c.SearchedKinds))
			default:
				b.WriteString(" yes |")
			}
		}
		fmt.Fprintf(&b, " %s | %s | %s | %d |\n", words(c.MemberKinds), yes(c.Email), yes(c.Total), c.MaxPageSize)
	})
	return b.String(), err
}

// roles returns the table of the providers' names of portable roles.
func roles() (string, error) {
	var b strings.Builder
	all := []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}
	b.WriteString("| provider |")
	for _, r := range all {
		fmt.Fprintf(&b, " `%s` |", r)
	}
	b.WriteString(" other names |\n|---|" + strings.Repeat("---|", len(all)+1) + "\n")
	err := each(func(name string, c memberships.Capabilities) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, r := range all {
			if slices.Contains(c.Roles, r) {
				fmt.Fprintf(&b, " `%s` |", c.RoleNames[r])
			} else {
				b.WriteString(" |")
			}
		}
		own := "shown"
		if c.OwnRoles {
			own = "shown and given"
		}
		fmt.Fprintf(&b, " %s |\n", own)
	})
	return b.String(), err
}

func each(row func(name string, c memberships.Capabilities)) error {
	for _, name := range providers.Names() {
		opts := []option.Option{option.WithToken("none")}
		if name == "pubnub" {
			opts = append(opts, pubnub.WithKeys("none", "none"), pubnub.WithUserID("none"))
		}
		p, err := providers.Open(name, opts...)
		if err != nil {
			return err
		}
		row(name, p.Capabilities())
	}
	return nil
}

func words[S ~string](values []S) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = string(v)
	}
	return strings.Join(s, ", ")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
