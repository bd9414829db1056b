package seed

import (
	"fmt"
	"slices"
	"strings"
)

// Values of the state file.
const (
	typeDirect   = "direct"
	typeGroup    = "group"
	stateActive  = "active"
	stateInvited = "invited"

	addAgain, addConflicts = 200, 409

	statusPending = "pending"
)

// statuses are the values of the status of an invitation; the default is pending.
var statuses = []string{"", statusPending, "accepted", "revoked", "expired"}

// inviting are the providers that have invited members.
var inviting = []string{"googlechat", "pubnub"}

// maxHidden is the maximum number of hidden or anonymous members of a group.
const maxHidden = 100_000

// only returns an error if no provider of the group supports the field name.
func (p *stateParser) only(at, name string, g *Group, providers ...string) error {
	if slices.ContainsFunc(providers, g.In) {
		return nil
	}
	return p.fail(at+"."+name, "%s is for %s, and the group is in %s", name, strings.Join(providers, " and "), strings.Join(g.Providers, ", "))
}

// switches validates the provider-specific fields of a group.
func (p *stateParser) switches(at string, sg *stateGroup, g *Group) error {
	used := []struct {
		name, provider string
		set            bool
	}{
		{"type", "webex", sg.Type != ""},
		{"team", "webex", sg.Team != ""},
		{"moderated", "webex", sg.Moderated},
		{"anonymous", "googlechat", sg.Anonymous != 0},
		{"app", "googlechat", sg.App != nil},
		{"repeated_add", "googlechat", sg.Repeated != 0},
		{"hidden", "box", sg.Hidden != 0},
		{"invitations", "clerk", len(sg.Invited) != 0},
	}
	for _, u := range used {
		if !u.set {
			continue
		}
		if err := p.only(at, u.name, g, u.provider); err != nil {
			return err
		}
	}
	if n := sg.Anonymous; n < 0 || n > maxHidden {
		return p.fail(at+".anonymous", "expected 0 to %d, found %d", maxHidden, n)
	}
	if n := sg.Hidden; n < 0 || n > maxHidden {
		return p.fail(at+".hidden", "expected 0 to %d, found %d", maxHidden, n)
	}
	if n := sg.Repeated; n != 0 && n != addAgain && n != addConflicts {
		return p.fail(at+".repeated_add", "expected %d or %d, found %d", addAgain, addConflicts, n)
	}
	if sg.Type != "" && sg.Type != typeGroup && sg.Type != typeDirect {
		return p.fail(at+".type", "expected group or direct, found %q", sg.Type)
	}
	if sg.Kind == "team" {
		switch {
		case sg.Team != "":
			return p.fail(at+".team", "a team is in no other team")
		case sg.Type == typeDirect:
			return p.fail(at+".type", "a team is no direct room")
		case sg.Moderated:
			return p.fail(at+".moderated", "moderated is for rooms: everybody in a team is in its General room")
		}
	}
	if sg.Type == typeDirect {
		return p.direct(at, sg)
	}
	return nil
}

// direct validates a direct room, which has two members, no team and no moderators.
func (p *stateParser) direct(at string, sg *stateGroup) error {
	switch {
	case sg.Team != "":
		return p.fail(at+".team", "a direct room is in no team")
	case sg.Moderated:
		return p.fail(at+".moderated", "a direct room has no moderators")
	case sg.Count != 0:
		return p.fail(at+".count", "a direct room has two members, who are both named")
	case len(sg.Members) != 2:
		return p.fail(at+".members", "a direct room has two members, found %d", len(sg.Members))
	}
	for i, m := range sg.Members {
		if m.Role != "" && m.Role != string(RoleMember) {
			return p.fail(itemOf(at+".members", i)+".role", "a direct room has no moderators, found %q", m.Role)
		}
	}
	return nil
}

// memberSwitches validates the optional fields of a member.
func (p *stateParser) memberSwitches(at string, m *stateMember, g *Group) error {
	switch m.State {
	case "", stateActive:
	case stateInvited:
		if !slices.ContainsFunc(inviting, g.In) {
			return p.fail(at+".state", "%s has no members who are invited: state: invited is for %s",
				strings.Join(g.Providers, ", "), strings.Join(inviting, " and "))
		}
		if g.Direct {
			return p.fail(at+".state", "a direct room has two members, and invites nobody")
		}
	default:
		return p.fail(at+".state", "expected active or invited, found %q", m.State)
	}
	if m.Hidden && !g.In("box") {
		return p.fail(at+".hidden", "hidden is for box, and the group is in %s", strings.Join(g.Providers, ", "))
	}
	return nil
}

// teams replaces the team of each room with the team's name.
func (p *stateParser) teams(s *stateFile, d *Data) error {
	for i := range d.Groups {
		g := &d.Groups[i]
		if g.Team == "" {
			continue
		}
		t := slices.IndexFunc(d.Groups, func(t Group) bool {
			return t.Kind == "team" && t.In("webex") && (strings.EqualFold(t.Name, g.Team) || t.IDs["webex"] == g.Team)
		})
		if t < 0 {
			return p.fail(itemOf("$.groups", i)+".team", "expected the name of a group of kind team in webex, found %q", s.Groups[i].Team)
		}
		g.Team = d.Groups[t].Name
	}
	return nil
}

func (p *stateParser) credential(at, provider string, c *stateCredential, byMail map[string]Person) (*Credential, error) {
	if c.Token == "" {
		return nil, p.fail(at, "expected a token")
	}
	if _, ok := byMail[strings.ToLower(c.Email)]; c.Email != "" && !ok {
		return nil, p.fail(at+".email", "expected the address of one of the people, found %q", c.Email)
	}
	noApp := c.AppConfigured != nil && !*c.AppConfigured
	for name, set := range map[string]bool{"app": c.App, "chat_off": c.ChatOff, "app_configured": c.AppConfigured != nil} {
		if set && provider != "googlechat" {
			return nil, p.fail(at+"."+name, "%s is for googlechat, found in %s", name, provider)
		}
	}
	if c.App {
		if c.ChatOff {
			return nil, p.fail(at+".chat_off", "Chat is switched on and off for people, not for apps")
		}
		if c.Email != "" {
			return nil, p.fail(at+".email", "an app acts as none of the people")
		}
		for i, scope := range c.Scopes {
			name := strings.TrimPrefix(scope, "https://www.googleapis.com/auth/")
			if strings.HasPrefix(name, "chat.") && name != "chat.bot" && !strings.HasPrefix(name, "chat.app.") {
				return nil, p.fail(itemOf(at+".scopes", i), "%s is not a scope of an app: expected chat.bot or one that begins with chat.app.", scope)
			}
		}
	}
	return &Credential{Token: c.Token, Mail: c.Email, Scopes: c.Scopes, App: c.App, ChatOff: c.ChatOff, NoApp: noApp}, nil
}

// itemOf returns the path of the i-th item of a list.
func itemOf(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
