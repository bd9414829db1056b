package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// inBatches splits several removals or demotions so that the caller's own comes last,
// because the others may need the caller's membership. Each batch starts after the
// previous one has ended.
func inBatches(ctx context.Context, console *output.Console, f *connect.Flags, c *memberships.Client, op memberships.Operation, changes []change) ([][]change, error) {
	if op == memberships.OpAdd || len(changes) < 2 {
		return [][]change{changes}, nil
	}
	me, err := caller(ctx, f, c)
	if err != nil {
		return nil, fmt.Errorf("who the caller is could not be found out, and the caller has to come last: %w", err)
	}
	if me == (memberships.Member{}) {
		return managersLast(console, c, changes), nil
	}
	var others, own []change
	for _, ch := range changes {
		if ch.isOf(me) {
			own = append(own, ch)
		} else {
			others = append(others, ch)
		}
	}
	if len(own) > 0 && len(others) > 0 {
		console.Note("%s is the caller of this command and comes last", own[0].named)
	}
	return [][]change{others, own}, nil
}

// isOf reports whether a change concerns m, whose id or e-mail address may be empty.
func (ch change) isOf(m memberships.Member) bool {
	if ch.ref.Member.ID != "" && m.ID != "" {
		return ch.ref.Member.ID == m.ID
	}
	return ch.email != "" && strings.EqualFold(ch.email, m.Email)
}

// caller returns the credential's member, empty if neither the provider nor a setting
// names it.
func caller(ctx context.Context, f *connect.Flags, c *memberships.Client) (memberships.Member, error) {
	if !c.Capabilities().Caller {
		return memberships.Member{Email: subject(ctx, f)}, nil
	}
	me, err := c.Caller(ctx)
	if errors.Is(err, memberships.ErrPermissionDenied) { // a token may lack the permission to read its own user
		return memberships.Member{}, nil
	}
	return me, err
}

// subject returns the user that a service account acts for, "" if no setting names one.
func subject(ctx context.Context, f *connect.Flags) string {
	found, err := f.Credentials(ctx, f.Provider)
	if err != nil {
		return ""
	}
	return found.Caller()
}

// managersLast returns members first, then managers, then owners, by the roles in the
// rows. An unknown caller is probably a manager or owner.
func managersLast(console *output.Console, c *memberships.Client, changes []change) [][]change {
	batches := make([][]change, 3)
	for _, ch := range changes {
		batches[ch.rank] = append(batches[ch.rank], ch)
	}
	if credentials.TakesCaller(c.Name()) {
		console.Note("%s does not tell who the caller is: managers come behind members and owners behind managers, where the rows have a role", c.Name())
	}
	return slices.DeleteFunc(batches, func(b []change) bool { return len(b) == 0 })
}

// rank returns 0 for a member, 1 for a manager and 2 for an owner. text is a role as in a
// row.
func rank(c *memberships.Client, text string) int {
	r, ok := argument.RoleNames(c.Capabilities())[strings.ToLower(text)]
	switch {
	case r == memberships.RoleOwner:
		return 2
	case r == memberships.RoleMember, text == "":
		return 0
	case ok, text != string(memberships.RoleUnknown):
		return 1
	}
	return 0
}
