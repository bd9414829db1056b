// Package corpus says who is in the groups that the benchmarks read. Everything follows
// from a group's id, so that the server holds no state and a client can be checked.
package corpus

import (
	"fmt"
	"strconv"
	"strings"
)

// Providers are the five, in the order of the reports.
var Providers = []string{"clerk", "webex", "box", "pubnub", "googlechat"}

// MaxPage is the largest page that a provider gives.
var MaxPage = map[string]int{"clerk": 500, "webex": 1000, "box": 1000, "pubnub": 100, "googlechat": 1000}

// BoxReach is how many members of a Box group can be listed in pages of 1000: no page
// begins after offset 10,000.
const BoxReach = 10_000

// maxSize keeps the numbers of members apart: a group's index stands before them.
const maxSize = 10_000_000

// Group is one organization, room, group, channel or space.
type Group struct {
	Size  int // how many members it has
	Index int // tells groups of the same size apart
}

// ID names the group in requests.
func (g Group) ID() string { return fmt.Sprintf("%d-%d", g.Size, g.Index) }

// ParseGroup is the inverse of ID.
func ParseGroup(id string) (Group, error) {
	size, index, ok := strings.Cut(id, "-")
	var g Group
	var err error
	if !ok {
		return g, fmt.Errorf("no group is called %q", id)
	}
	if g.Size, err = strconv.Atoi(size); err != nil || g.Size < 0 || g.Size > maxSize {
		return g, fmt.Errorf("no group is called %q", id)
	}
	if g.Index, err = strconv.Atoi(index); err != nil || g.Index < 0 || g.Index > 999 {
		return g, fmt.Errorf("no group is called %q", id)
	}
	return g, nil
}

// number is the member's own: no two members of any two groups share it.
func (g Group) number(member int) int { return g.Index*maxSize + member }

// Split spreads members over groups that a provider lists to their end.
func Split(provider string, members int) []Group {
	if provider != "box" {
		return []Group{{Size: members}}
	}
	var groups []Group
	for left := members; left > 0; left -= BoxReach {
		groups = append(groups, Group{Size: min(left, BoxReach), Index: len(groups)})
	}
	return groups
}
