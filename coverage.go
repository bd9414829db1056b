package memberships

import (
	"slices"
	"strconv"
	"strings"
)

// Coverage lists the gaps of one range over a listing. The zero value is complete.
type Coverage struct {
	// Gaps are in the order of their discovery; no two have the same Level, Code and
	// Group.
	Gaps []Gap
}

// Gap is one part of a listing that the provider did not show.
type Gap struct {
	Level GapLevel
	Code  GapCode
	// Group is the group with the hidden part, zero if the gap concerns no single group.
	Group Group
	// Count is the number of hidden entries, or of entries that hide others; 0 if
	// unknown.
	Count int64
	// Text describes the gap to people, without a capital letter and full stop. A %d in
	// it stands for Count.
	Text string
}

// GapLevel is the severity of a gap.
type GapLevel string

// The levels of gaps.
const (
	// GapScope is outside the scope of the credential: no call would show it. The listing
	// is complete within the scope.
	GapScope GapLevel = "scope"
	// GapHidden is a part of the requested listing that was left out. Absence from the
	// listing proves nothing about the members in it.
	GapHidden GapLevel = "hidden"
)

// GapCode names a kind of gap for programs. Providers may define other values.
type GapCode string

// The codes of gaps.
const (
	// GapCallersGroups: the search covered only the groups that the caller belongs to or
	// sees.
	GapCallersGroups GapCode = "callers_groups"
	// GapUnlistedGroups: the provider lists only some groups, such as channels with
	// metadata.
	GapUnlistedGroups GapCode = "unlisted_groups"
	// GapInvitations: the provider keeps invitations in another resource, which was not
	// listed.
	GapInvitations GapCode = "invitations"
	// GapGroupKinds: the search left out some kinds of groups.
	GapGroupKinds GapCode = "group_kinds"
	// GapNestedGroups: members that are groups were not expanded.
	GapNestedGroups GapCode = "nested_groups"
	// GapAnonymous: members were listed without an identity.
	GapAnonymous GapCode = "anonymous_members"
	// GapAppView: the provider shows only some members to an app's token.
	GapAppView GapCode = "app_view"
	// GapModeratorsOnly: the caller is not in the group, so the provider lists its
	// moderators only.
	GapModeratorsOnly GapCode = "moderators_only"
	// GapWithheld: the provider counts entries that it hides from this caller.
	GapWithheld GapCode = "withheld_entries"
	// GapUnreadGroup: reading one of several groups failed.
	GapUnreadGroup GapCode = "unread_group"
)

// String returns Text with Count filled in, after the group if the gap concerns one.
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

// Hidden returns the gaps at the level GapHidden.
func (c Coverage) Hidden() []Gap { return c.level(GapHidden) }

// Scope returns the gaps at the level GapScope.
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

// Add appends gaps. A gap with the Level, Code and Group of an earlier one adds to its
// Count instead.
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

// Summary is the total and the coverage of one range over a listing; see WithSummary.
// Concurrent ranges may share a Summary: it then describes one of them, and callers read
// it after all have ended.
type Summary struct {
	// Total is the provider's count of items in the whole listing, whatever Filter.Role
	// leaves out. It is set before the first item of the page that states it, and may
	// change during a listing. ListMany adds up the totals of its groups.
	Total Total
	// Coverage has the gaps of the range. It is final once the range has ended without an
	// error and without a break, and partial otherwise.
	Coverage Coverage
}

// Add appends gaps to the coverage, for implementers of Provider. It does nothing on a
// nil Summary.
func (p *Summary) Add(gaps ...Gap) {
	if p != nil && len(gaps) > 0 {
		summaryMu.Lock()
		defer summaryMu.Unlock()
		p.Coverage.Add(gaps...)
	}
}

// SetTotal sets the total, for implementers of Provider. It does nothing on a nil Summary
// and for an unknown total.
func (p *Summary) SetTotal(total Total) {
	if p != nil && total.known {
		summaryMu.Lock()
		defer summaryMu.Unlock()
		p.Total = total
	}
}

// HiddenError is the cause of an ErrUndetermined: the provider did not show the member,
// and the hidden part may hold it.
type HiddenError struct {
	// Coverage has at least one gap at the level GapHidden.
	Coverage Coverage
}

// Error lists the hidden gaps.
func (e *HiddenError) Error() string {
	texts := make([]string, 0, len(e.Coverage.Gaps))
	for _, g := range e.Coverage.Hidden() {
		texts = append(texts, g.String())
	}
	return "not in the visible part; " + strings.Join(texts, "; ")
}
