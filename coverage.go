package memberships

import (
	"slices"
	"strconv"
	"strings"
)

// Coverage tells what one range of a listing could not see. Its zero value is complete.
type Coverage struct {
	// Gaps are in the order in which they were found; no two have the same Level, Code
	// and Group.
	Gaps []Gap
}

// Gap is one thing that a listing could not see.
type Gap struct {
	Level GapLevel
	Code  GapCode
	// Group is the group in which something is hidden, zero where the gap is not about one.
	Group Group
	// Count is how many entries are hidden, or how many hide others; 0 where nobody counts.
	Count int64
	// Text says it to people, without a capital letter and full stop. A %d in it stands
	// for Count.
	Text string
}

// GapLevel tells how much a gap takes away from an answer.
type GapLevel string

// The levels of gaps.
const (
	// GapScope is outside of what any call with this credential shows. The answer is
	// whole within the scope.
	GapScope GapLevel = "scope"
	// GapHidden is inside of what was asked for and was left out. Whoever is not in the
	// answer may be in the hidden part.
	GapHidden GapLevel = "hidden"
)

// GapCode names a kind of gap for programs. Other values may come.
type GapCode string

// The codes of gaps.
const (
	// GapCallersGroups: only the groups that the caller belongs to, or sees, were searched.
	GapCallersGroups GapCode = "callers_groups"
	// GapUnlistedGroups: the provider lists some groups only, such as channels with metadata.
	GapUnlistedGroups GapCode = "unlisted_groups"
	// GapInvitations: invitations are another resource of the provider and were not listed.
	GapInvitations GapCode = "invitations"
	// GapGroupKinds: groups of some kinds were not searched.
	GapGroupKinds GapCode = "group_kinds"
	// GapNestedGroups: members that are groups were not looked into.
	GapNestedGroups GapCode = "nested_groups"
	// GapAnonymous: members were shown without saying who they are.
	GapAnonymous GapCode = "anonymous_members"
	// GapAppView: an app's token is shown a part of the members.
	GapAppView GapCode = "app_view"
	// GapModeratorsOnly: the caller is not in the group and is shown its moderators only.
	GapModeratorsOnly GapCode = "moderators_only"
	// GapWithheld: the provider counts entries that it does not show to this caller.
	GapWithheld GapCode = "withheld_entries"
	// GapUnreadGroup: a group was listed, or asked for among others, and could not be read.
	GapUnreadGroup GapCode = "unread_group"
)

// String is Text with Count in it, behind the group if the gap is about one.
func (g Gap) String() string {
	text := strings.Replace(g.Text, "%d", strconv.FormatInt(g.Count, 10), 1)
	if text == "" {
		text = string(g.Code)
	}
	if g.Group != (Group{}) {
		text = g.Group.String() + ": " + text
	}
	return text
}

// Complete reports whether there are no gaps.
func (c Coverage) Complete() bool { return len(c.Gaps) == 0 }

// Hidden returns the gaps inside of what was asked for.
func (c Coverage) Hidden() []Gap { return c.level(GapHidden) }

// Scope returns the gaps outside of what the credential can see.
func (c Coverage) Scope() []Gap { return c.level(GapScope) }

func (c Coverage) level(l GapLevel) []Gap {
	var found []Gap
	for _, g := range c.Gaps {
		if g.Level == l {
			found = append(found, g)
		}
	}
	return found
}

// Add puts gaps in. One that is there already, with the same Level, Code and Group, has
// its Count raised.
func (c *Coverage) Add(gaps ...Gap) {
	for _, g := range gaps {
		i := slices.IndexFunc(c.Gaps, func(o Gap) bool { return o.Level == g.Level && o.Code == g.Code && o.Group.same(g.Group) })
		if i < 0 {
			c.Gaps = append(c.Gaps, g)
			continue
		}
		c.Gaps[i].Count += g.Count
	}
}

// Pass tells about one range of a listing; see WithPass. Where several ranges that go on at
// once have the same Pass, it tells about one of them, and may be read when all have ended.
type Pass struct {
	// Total is how many items the provider counts in the whole listing, those of other
	// roles included. It is set before the first item of the page that says it, and may
	// change while a listing moves. That of ListMany adds up those that the groups have said.
	Total Total
	// Coverage is what the range could not see. It is final when the range has ended
	// without an error and without a break; before that, and after those, it holds what
	// has been found so far.
	Coverage Coverage
}

// Add puts gaps into the coverage, for implementers of Provider. It does nothing if p is
// nil.
func (p *Pass) Add(gaps ...Gap) {
	if p != nil && len(gaps) > 0 {
		passes.Lock()
		defer passes.Unlock()
		p.Coverage.Add(gaps...)
	}
}

// Count sets the total, for implementers of Provider. It does nothing if p is nil or the
// total is not known.
func (p *Pass) Count(total Total) {
	if p != nil && total.known {
		passes.Lock()
		defer passes.Unlock()
		p.Total = total
	}
}

// HiddenError is why an ErrUndetermined is one: what was asked for is not among what was
// shown, and may be in what was not.
type HiddenError struct {
	// Coverage has at least one gap at the level hidden.
	Coverage Coverage
}

// Error tells the gaps.
func (e *HiddenError) Error() string {
	texts := make([]string, 0, len(e.Coverage.Gaps))
	for _, g := range e.Coverage.Hidden() {
		texts = append(texts, g.String())
	}
	return "not among what is shown; " + strings.Join(texts, "; ")
}
