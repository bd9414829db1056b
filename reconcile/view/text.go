// Package view shows plans and their results to people: as text for a terminal and as
// Markdown for a review. It reaches no provider.
package view

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// Text writes a plan as lines. A group has a title; below it, + is an addition, ~ a change
// of role, - a removal, ! a member whose change is left out, and # a reason that blocks the
// group. Groups without any of them are not shown. The last lines have the numbers.
func Text(w io.Writer, p *reconcile.Plan) error {
	b := bufio.NewWriter(w)
	for i := range p.Groups {
		g := &p.Groups[i]
		if !isShown(g) {
			continue
		}
		fmt.Fprintln(b, title(g))
		for _, line := range groupLines(g) {
			fmt.Fprintln(b, line)
		}
		fmt.Fprintln(b)
	}
	for _, line := range planLines(p) {
		fmt.Fprintln(b, line)
	}
	return b.Flush()
}

// isShown reports whether a group has anything to review.
func isShown(g *reconcile.GroupPlan) bool {
	return len(g.Changes) > 0 || len(g.Blocked) > 0 || slices.ContainsFunc(g.Left, func(l reconcile.LeftAlone) bool { return l.Blocked })
}

// title returns the line above the changes of a group.
func title(g *reconcile.GroupPlan) string {
	id := memberships.Group{Kind: g.Group.Kind, ID: g.Group.ID}.String()
	end := fmt.Sprintf("%s, %s", g.Mode, plural(len(g.Observed.Rows), "member"))
	switch g.Name {
	case g.Group.ID:
		return text.Line(fmt.Sprintf("%s in %s, %s", id, g.Provider, end))
	case g.Group.Name:
		return text.Line(fmt.Sprintf("%s in %s, %s, %s", g.Name, g.Provider, id, end))
	}
	if g.Group.Name != "" {
		id = g.Group.Name + ", " + id
	}
	return text.Line(fmt.Sprintf("%s in %s: %s, %s", g.Name, g.Provider, id, end))
}

// groupLines returns the lines of a group.
func groupLines(g *reconcile.GroupPlan) []string {
	var out []string
	for _, ch := range g.Changes {
		out = append(out, ChangeLine(ch))
	}
	for _, ch := range g.Effects {
		out = append(out, ChangeLine(ch))
	}
	for _, l := range g.Left {
		if l.Blocked {
			out = append(out, text.Line(fmt.Sprintf("! %s stays %s: %s", who(l.Member), l.Role, l.Why)))
		}
	}
	if left := leftCounts(g); left != "" {
		out = append(out, "  left alone: "+left)
	}
	for _, b := range g.Blocked {
		out = append(out, text.Line("# blocked: "+b.String()))
	}
	for _, ch := range g.Held {
		out = append(out, "#   "+ChangeLine(ch))
	}
	return out
}

// leftCounts returns the numbers of members that are left alone, by reason.
func leftCounts(g *reconcile.GroupPlan) string {
	counts := map[reconcile.Reason]int{}
	var order []reconcile.Reason
	for _, l := range g.Left {
		if l.Blocked {
			continue
		}
		if counts[l.Why.Reason]++; counts[l.Why.Reason] == 1 {
			order = append(order, l.Why.Reason)
		}
	}
	var parts []string
	for _, r := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[r], strings.ReplaceAll(string(r), "_", " ")))
	}
	return strings.Join(parts, ", ")
}

// ChangeLine returns the line of a change: its sign, the member, the role before and after,
// and the reason.
func ChangeLine(ch reconcile.PlannedChange) string {
	sign, roles := "~", ch.From.String()+" -> "+ch.To.String()
	switch ch.Op {
	case memberships.OpAdd:
		sign, roles = "+", "none -> "+ch.To.String()
		if ch.Invite {
			roles += ", invited"
		}
	case memberships.OpRemove:
		sign, roles = "-", ch.From.String()+" -> none"
		if ch.Invited {
			roles = "invited as " + roles
		}
	}
	return text.Line(fmt.Sprintf("%s %s  %s  (%s%s)", sign, who(ch.Member), roles, ch.Why, matched(ch)))
}

// matched returns the way in which the person of a change was found.
func matched(ch reconcile.PlannedChange) string {
	switch ch.Matched {
	case reconcile.MatchedByFileID:
		return "; found by the id in the file"
	case reconcile.MatchedByAddress:
		return "; found by address"
	case reconcile.MatchedByAlias:
		return "; found by an alias"
	case reconcile.MatchedByName:
		return "; by address, without a look-up"
	}
	return ""
}

// who returns the name and address of a member, or the id.
func who(m reconcile.PlanMember) string {
	id := m.Email
	if id == "" {
		id = m.Member().String()
	}
	if m.Name == "" {
		return id
	}
	return m.Name + " <" + id + ">"
}

// planLines returns the lines below the groups.
func planLines(p *reconcile.Plan) []string {
	var out []string
	for _, b := range p.Blocked {
		out = append(out, text.Line("# the plan is blocked: "+b.String()))
	}
	if p.Failed != "" {
		out = append(out, text.Line("# the plan cannot be applied: the groups were not read to the end: "+p.Failed))
	}
	if n := p.LiftedRemovals(); n > 0 && hasLimit(p) {
		out = append(out, fmt.Sprintf("# --allow-removals %d permits all removals of this plan", n))
	}
	return append(out, Summary(p))
}

// hasLimit reports whether a limit blocks the plan or one of its groups.
func hasLimit(p *reconcile.Plan) bool {
	isLimit := func(n reconcile.Note) bool { return n.Reason.IsLimit() }
	return slices.ContainsFunc(p.Blocked, isLimit) || slices.ContainsFunc(p.Groups, func(g reconcile.GroupPlan) bool { return slices.ContainsFunc(g.Blocked, isLimit) })
}

// Summary returns the numbers of a plan in one line.
func Summary(p *reconcile.Plan) string {
	s := p.Summary()
	out := "Plan"
	if len(p.Blocked) > 0 || p.Failed != "" {
		out = "Plan, blocked as a whole"
	}
	out += fmt.Sprintf(": %d to add, %d to change, %d to remove in %s", s.Add, s.Update, s.Remove, plural(s.Groups, "group"))
	if s.BlockedGroups > 0 {
		out += fmt.Sprintf("; %s blocked", plural(s.BlockedGroups, "group"))
	}
	if s.LeftBlocked > 0 {
		out += fmt.Sprintf("; %s left out", plural(s.LeftBlocked, "change"))
	}
	return out + "."
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
