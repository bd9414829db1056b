// Package corpus defines the members of the groups in the benchmarks. A group's id
// determines its members, so the server has no state and clients can be checked.
package corpus

import (
	"fmt"
	"strconv"
	"strings"
)

// Providers are the five providers in the order of reports.
var Providers = []string{"clerk", "webex", "box", "pubnub", "googlechat"}

// MaxPage is the maximum page size of a provider.
var MaxPage = map[string]int{"clerk": 500, "webex": 1000, "box": 1000, "pubnub": 100, "googlechat": 1000}

// BoxReach is the number of members of a Box group that pages of 1000 can list, because
// no page begins after offset 10,000.
const BoxReach = 10_000

// maxSize separates the member numbers of groups; a member's number begins with its
// group's index.
const maxSize = 1_000_000

// Group is one organization, room, group, channel or space.
type Group struct {
	Size  int // how many members it has
	Index int // tells groups of the same size apart
}

// ID returns the group's id in requests.
func (g Group) ID() string { return fmt.Sprintf("%d-%d", g.Size, g.Index) }

// ParseGroup parses an id.
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
	if g.Index, err = strconv.Atoi(index); err != nil || g.Index < 0 || g.Index > 9999 {
		return g, fmt.Errorf("no group is called %q", id)
	}
	return g, nil
}

// number returns the member's number, which is unique across groups.
func (g Group) number(member int) int { return g.Index*maxSize + member }

// Split distributes members over groups that a provider can list completely.
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
