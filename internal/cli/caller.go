package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
)

// callerLast splits removals and demotions, if there are several, into those of others and
// those of the caller: whoever gives up the own membership first may not be allowed the
// rest.
func (a *app) callerLast(ctx context.Context, c *memberships.Client, op memberships.Operation, changes []change) (others, own []change, _ error) {
	if op == memberships.OpAdd || len(changes) < 2 || !c.Capabilities().Caller {
		return changes, nil, nil
	}
	me, err := c.Caller(ctx)
	if errors.Is(err, memberships.ErrPermissionDenied) { // a token may do without knowing whose it is
		return changes, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("who the caller is could not be found out, and the caller has to come last: %w", err)
	}
	for _, ch := range changes {
		m := ch.ref.Member
		if m.ID != "" && m.ID == me.ID || m.ID == "" && m.Email != "" && strings.EqualFold(m.Email, me.Email) {
			own = append(own, ch)
		} else {
			others = append(others, ch)
		}
	}
	if len(own) > 0 && len(others) > 0 {
		a.say("%s is the caller of this command and comes last", own[0].named)
	}
	return others, own, nil
}
