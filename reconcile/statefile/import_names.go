package statefile

import (
	"cmp"
	"strings"

	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// groupNames returns the names of observed groups in the file, in their order. Groups with
// the same name get the provider's, and the id if that is not enough.
func groupNames(seen *reconcile.Observed) []string {
	names := make([]string, len(seen.Groups))
	for i := range seen.Groups {
		o := &seen.Groups[i]
		names[i] = cmp.Or(shortName(o.Group.Name), groupPlace(o))
	}
	for _, addition := range []func(*reconcile.Observation) string{
		func(o *reconcile.Observation) string { return o.Provider },
		func(o *reconcile.Observation) string { return o.Group.ID },
	} {
		count := map[string]int{}
		for _, n := range names {
			count[n]++
		}
		for i := range names {
			if count[names[i]] > 1 {
				names[i] += " (" + text.Line(addition(&seen.Groups[i])) + ")"
			}
		}
	}
	taken := map[string]bool{}
	for i := range names { // a name may look like another one with an addition
		if taken[names[i]] || len(names[i]) > maxName {
			names[i] = groupPlace(&seen.Groups[i])
		}
		taken[names[i]] = true
	}
	return names
}

// groupPlace returns a text that no other group has.
func groupPlace(o *reconcile.Observation) string {
	return text.Line(o.Provider + "/" + o.Group.String())
}

// shortName returns a name on one line, at most half as long as a file may have it.
func shortName(name string) string {
	name = strings.TrimSpace(text.Line(name))
	if len(name) > maxName/2 {
		name = strings.TrimSpace(strings.ToValidUTF8(name[:maxName/2], ""))
	}
	return name
}
