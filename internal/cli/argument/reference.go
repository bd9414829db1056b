// Package argument parses the groups, members and roles of a command line.
package argument

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

const (
	GroupHelp  = "`group`: its id, kind:id as in team:Y2lz, its URL, or its name"
	MemberHelp = "`member`: an e-mail address or an id; the prefix id:, email:, group: or app: tells which"
)

// AddGroupFlag adds --group to a command.
func AddGroupFlag(cmd *cobra.Command, into *string, text string) {
	cmd.Flags().StringVarP(into, "group", "g", "", text)
	complete.With(cmd, "group", kindWords)
}

// AddRoleFlag adds --role to a command.
func AddRoleFlag(cmd *cobra.Command, into *string, text string) {
	cmd.Flags().StringVarP(into, "role", "r", "", text)
	complete.With(cmd, "role", roleWords)
}

// Validate returns the cause of an invalid reference or role for op, nil if both are
// valid.
func Validate(c *memberships.Client, op memberships.Operation, ref memberships.Ref, r memberships.Role) error {
	err := c.Validate(op, ref, r)
	if e := (*memberships.Error)(nil); errors.As(err, &e) && e.Kind == memberships.ErrInvalidArgument && e.Err != nil {
		return e.Err
	}
	return err
}

// Reference holds the flags that name one membership.
type Reference struct {
	Group, Member, ID string
	Known             memberships.Group // the group, if it was looked up
}

// AddPair adds the flags for group and member to a command.
func (r *Reference) AddPair(cmd *cobra.Command) {
	AddGroupFlag(cmd, &r.Group, GroupHelp)
	cmd.Flags().StringVarP(&r.Member, "member", "m", "", MemberHelp)
}

// Add adds all flags to a command.
func (r *Reference) Add(cmd *cobra.Command) {
	r.AddPair(cmd)
	cmd.Flags().StringVar(&r.ID, "id", "", "`id` of the membership, in place of group and member; --group team: gives its kind")
}

// Open opens the provider of the flags and returns the membership that they name for op.
func (r *Reference) Open(ctx context.Context, f *connect.Flags, op memberships.Operation, errs ...error) (*memberships.Client, memberships.Ref, error) {
	c, err := f.Open(ctx, errs...)
	if err != nil {
		return nil, memberships.Ref{}, err
	}
	ref, err := r.Parse(ctx, c, op)
	return c, ref, err
}

// Parse parses the flags for op of c. It looks up a group's name after all else is valid.
func (r *Reference) Parse(ctx context.Context, c *memberships.Client, op memberships.Operation) (memberships.Ref, error) {
	ref := memberships.Ref{ID: r.ID}
	switch {
	case r.ID != "":
		ref.Group = memberships.ParseGroup(r.Group)
		if r.Member != "" || ref.Group.ID != "" {
			return ref, exit.Usagef("--id names the membership by itself; leave --member out, and of --group all but the kind, as in team:")
		}
	case r.Group == "":
		return ref, exit.MissingFlag("group", "the group to look in")
	case r.Member == "":
		return ref, exit.MissingFlag("member", "an e-mail address or an id")
	default:
		ref.Member = memberships.ParseMember(r.Member)
		g, err := ParseGroup(c, r.Group)
		if err != nil {
			return ref, err
		}
		ref.Group = g.Checkable()
	}
	if err := Validate(c, op, ref, ""); err != nil {
		return ref, exit.Usagef("%w", err)
	}
	var err error
	switch {
	case r.ID != "":
	case r.Known.ID != "":
		ref.Group = r.Known
	default:
		ref.Group, err = GroupNamed(ctx, c, r.Group)
	}
	return ref, err
}
