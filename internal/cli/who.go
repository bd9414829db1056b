package cli

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
	groupHelp  = "`group`: its id, kind:id as in team:Y2lz, its URL, or its name"
	memberHelp = "`member`: an e-mail address or an id; id:, email:, group: or app: before it says which"
)

func addGroupFlag(cmd *cobra.Command, into *string, text string) {
	cmd.Flags().StringVarP(into, "group", "g", "", text)
	complete.With(cmd, "group", kindWords)
}

func addRoleFlag(cmd *cobra.Command, into *string, text string) {
	cmd.Flags().StringVarP(into, "role", "r", "", text)
	complete.With(cmd, "role", roleWords)
}

// valid returns what is wrong with a reference and a role, without the words that an
// error has for it everywhere.
func valid(c *memberships.Client, op memberships.Operation, ref memberships.Ref, r memberships.Role) error {
	err := c.Validate(op, ref, r)
	if e := (*memberships.Error)(nil); errors.As(err, &e) && e.Kind == memberships.ErrInvalidArgument && e.Err != nil {
		return e.Err
	}
	return err
}

// reference is the flags that name one membership.
type reference struct {
	group, member, id string
	known             memberships.Group // the group, where it has been looked up
}

// addPair puts the flags for group and member on a command.
func (r *reference) addPair(cmd *cobra.Command) {
	addGroupFlag(cmd, &r.group, groupHelp)
	cmd.Flags().StringVarP(&r.member, "member", "m", "", memberHelp)
}

// add puts all flags on a command.
func (r *reference) add(cmd *cobra.Command) {
	r.addPair(cmd)
	cmd.Flags().StringVar(&r.id, "id", "", "`id` of the membership, in place of group and member; --group team: says of which kind")
}

// open opens the provider of the flags and names the membership for op.
func (r *reference) open(ctx context.Context, f *connect.Flags, op memberships.Operation, errs ...error) (*memberships.Client, memberships.Ref, error) {
	c, err := f.Open(ctx, errs...)
	if err != nil {
		return nil, memberships.Ref{}, err
	}
	ref, err := r.parse(ctx, c, op)
	return c, ref, err
}

// parse reads the flags for op of c. A group's name is looked up when all else is in order.
func (r *reference) parse(ctx context.Context, c *memberships.Client, op memberships.Operation) (memberships.Ref, error) {
	ref := memberships.Ref{ID: r.id}
	switch {
	case r.id != "":
		ref.Group = memberships.ParseGroup(r.group)
		if r.member != "" || ref.Group.ID != "" {
			return ref, exit.Usagef("--id names the membership by itself; leave --member out, and of --group all but the kind, as in team:")
		}
	case r.group == "":
		return ref, exit.MissingFlag("group", "the group to look in")
	case r.member == "":
		return ref, exit.MissingFlag("member", "an e-mail address or an id")
	default:
		ref.Member = memberships.ParseMember(r.member)
		g, err := parseGroup(c, r.group)
		if err != nil {
			return ref, err
		}
		ref.Group = g.checkable()
	}
	if err := valid(c, op, ref, ""); err != nil {
		return ref, exit.Usagef("%w", err)
	}
	var err error
	switch {
	case r.id != "":
	case r.known.ID != "":
		ref.Group = r.known
	default:
		ref.Group, err = groupNamed(ctx, c, r.group)
	}
	return ref, err
}
