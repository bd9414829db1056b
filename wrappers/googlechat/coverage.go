package googlechat

import "github.com/memberships-go/memberships"

// view counts the members that hide people in a listing of a space: a group member stands
// for all people in it, and an anonymous one has no identity.
type view struct{ groups, anonymous int64 }

func (v *view) show(m *Membership) {
	switch {
	case m.GroupMember.Name != "":
		v.groups++
	case m.Member.IsAnonymous:
		v.anonymous++
	}
}

// gaps returns the gaps of the view, and the gap of an app's token if app is true.
func (v *view) gaps(app bool) []memberships.Gap {
	var gaps []memberships.Gap
	if v.groups > 0 {
		gaps = append(gaps, memberships.Gap{
			Level: memberships.GapHidden, Code: memberships.GapNestedGroups, Count: v.groups,
			Text: "the space has Google groups, whose members Google Chat does not list: %d",
		})
	}
	if v.anonymous > 0 {
		gaps = append(gaps, memberships.Gap{
			Level: memberships.GapHidden, Code: memberships.GapAnonymous, Count: v.anonymous,
			Text: "members are listed without an identity: %d",
		})
	}
	if app {
		gaps = append(gaps, appView)
	}
	return gaps
}

// appView is the gap of every listing with an app's token.
var appView = memberships.Gap{
	Level: memberships.GapHidden, Code: memberships.GapAppView,
	Text: "Google Chat hides groups, invited people and apps from an app's token",
}

// callersSpaces is the gap of every listing across spaces.
var callersSpaces = memberships.Gap{
	Level: memberships.GapScope, Code: memberships.GapCallersGroups,
	Text: "Google Chat lists only the caller's spaces, and no group chat or direct message before its first message",
}

// throughGroups and withoutName are the gaps of a search for a person's memberships.
var throughGroups = memberships.Gap{
	Level: memberships.GapScope, Code: memberships.GapNestedGroups,
	Text: "Google Chat does not show memberships that a person has only through a Google group",
}

var withoutName = memberships.Gap{
	Level: memberships.GapScope, Code: memberships.GapAnonymous,
	Text: "Google Chat does not show memberships that a person has as an anonymous member",
}
