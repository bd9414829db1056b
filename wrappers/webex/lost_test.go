package webex_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// lostState has a room and a team, both with Ada as the moderator and Bob as a member, the
// direct room of Ada and Bob, and Eve without a group. Ada is the caller.
const lostState = `
people:
  - {name: Ada, email: ada@example.com}
  - {name: Bob, email: bob@example.com}
  - {name: Eve, email: eve@example.com}
groups:
  - {name: Lobby, in: [webex], ids: {webex: lobby}, members: [{email: ada@example.com, role: manager}, {email: bob@example.com}]}
  - {name: Bob, in: [webex], type: direct, ids: {webex: pair}, members: [{email: ada@example.com}, {email: bob@example.com}]}
  - {name: Engine, in: [webex], kind: team, members: [{email: ada@example.com, role: manager}, {email: bob@example.com}]}
`

// The people and targets of the writes.
const (
	bob     = "bob@example.com"
	eve     = "eve@example.com"
	target  = "https://hooks.example.com/webex"
	target2 = "https://hooks.example.com/other"
	absent  = "not found"
)

// told returns a function that describes the result of a call.
func told[T any](describe func(*T) string) func(*T, error) (string, error) {
	return func(v *T, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return describe(v), nil
	}
}

// there returns text, or absent for ErrNotFound.
func there(text string, err error) string {
	if errors.Is(err, memberships.ErrNotFound) {
		return absent
	}
	return wrappertest.TextOrError(text, err)
}

// first returns the first item of a listing for which holds is true, or ErrNotFound.
func first[T any](seq func(func(*T, error) bool), holds func(*T) bool) (*T, error) {
	for v, err := range seq {
		if err != nil || holds(v) {
			return v, err
		}
	}
	return nil, memberships.ErrNotFound
}

func roomNamed(ctx context.Context, c *webex.Client, title string) (*webex.Room, error) {
	return first(c.Rooms.List(ctx, webex.ListRoomsParams{}), func(r *webex.Room) bool { return r.Title == title })
}

func teamNamed(ctx context.Context, c *webex.Client, name string) (*webex.Team, error) {
	return first(c.Teams.List(ctx, webex.ListTeamsParams{}), func(t *webex.Team) bool { return t.Name == name })
}

// inRoom and inTeam return a person's membership of a room or of the team of lostState.
func inRoom(ctx context.Context, c *webex.Client, title, email string) (*webex.Membership, error) {
	r, err := roomNamed(ctx, c, title)
	if err != nil {
		return nil, err
	}
	return first(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &r.ID}), func(m *webex.Membership) bool { return m.PersonEmail == email })
}

func inTeam(ctx context.Context, c *webex.Client, email string) (*webex.TeamMembership, error) {
	t, err := teamNamed(ctx, c, "Engine")
	if err != nil {
		return nil, err
	}
	return first(c.TeamMemberships.ListByTeam(ctx, t.ID, webex.ListTeamMembershipsParams{}), func(m *webex.TeamMembership) bool { return m.PersonEmail == email })
}

var (
	membership = told(func(m *webex.Membership) string {
		return fmt.Sprintf("%s, moderator %t, hidden %t", m.PersonEmail, m.IsModerator, m.IsRoomHidden)
	})
	teamMembership = told(func(m *webex.TeamMembership) string {
		return fmt.Sprintf("%s, moderator %t", m.PersonEmail, m.IsModerator)
	})
	room1 = told(func(r *webex.Room) string {
		return fmt.Sprintf("%s, %q, locked %t", r.Title, r.Description, r.IsLocked)
	})
	team1 = told(func(t *webex.Team) string { return fmt.Sprintf("%s, %q", t.Name, t.Description) })
	hook  = told(func(w *webex.Webhook) string { return w.Name + " to " + w.TargetURL })
)

var (
	membershipID     = told(func(m *webex.Membership) string { return m.ID })
	teamMembershipID = told(func(m *webex.TeamMembership) string { return m.ID })
	roomID           = told(func(r *webex.Room) string { return r.ID })
	teamID           = told(func(t *webex.Team) string { return t.ID })
	hookID           = told(func(w *webex.Webhook) string { return w.ID })
)

type (
	write = wrappertest.Write[*webex.Client]
	do    = func(context.Context, *webex.Client, string) (string, error)
	find  = func(context.Context, *webex.Client) (string, error)
	state = func(context.Context, *webex.Client) string
)

func TestLostAnswers(t *testing.T) {
	all := map[string]write{}
	for _, some := range []map[string]write{membershipWrites(), teamMembershipWrites(), roomWrites(), teamWrites(), webhookWrites()} {
		for name, w := range some {
			all[name] = w
		}
	}
	wrappertest.RunLostResponses(t, wrappertest.LostResponses[*webex.Client]{New: webex.New, State: lostState, Writes: all, Duplicates: webex.Duplicates})
}

func membershipWrites() map[string]write {
	in := func(title, email string) find {
		return func(ctx context.Context, c *webex.Client) (string, error) {
			return membershipID(inRoom(ctx, c, title, email))
		}
	}
	stateOf := func(title, email string) state {
		return func(ctx context.Context, c *webex.Client) string {
			return there(membership(inRoom(ctx, c, title, email)))
		}
	}
	lobby := func(ctx context.Context, c *webex.Client) (string, error) { return roomID(roomNamed(ctx, c, "Lobby")) }
	add := func(email string, moderator bool) do {
		return func(ctx context.Context, c *webex.Client, id string) (string, error) {
			return membership(c.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: id, PersonEmail: email, IsModerator: moderator}))
		}
	}
	update := func(r webex.UpdateMembershipRequest) do {
		return func(ctx context.Context, c *webex.Client, id string) (string, error) {
			return membership(c.Memberships.Update(ctx, id, r))
		}
	}
	remove := func(ctx context.Context, c *webex.Client, id string) (string, error) {
		return "", c.Memberships.Delete(ctx, id)
	}
	const (
		eveMember    = eve + ", moderator false, hidden false"
		eveModerator = eve + ", moderator true, hidden false"
		bobMember    = bob + ", moderator false, hidden false"
		bobModerator = bob + ", moderator true, hidden false"
		adaShown     = "ada@example.com, moderator false, hidden false"
		adaHidden    = "ada@example.com, moderator false, hidden true"
	)
	return map[string]write{
		"Memberships.Create": {
			Before: lobby, Do: add(eve, false), Want: eveMember, State: stateOf("Lobby", eve), After: eveMember, Without: absent,
		},
		"Memberships.Create, a moderator": {
			Before: lobby, Do: add(strings.ToUpper(eve), true), Want: eveModerator, State: stateOf("Lobby", eve), After: eveModerator, Without: absent,
		},
		"Memberships.Update, a moderator": {
			Before: in("Lobby", bob), Do: update(webex.UpdateMembershipRequest{IsModerator: new(true)}),
			Want: bobModerator, State: stateOf("Lobby", bob), After: bobModerator, Without: bobMember,
		},
		"Memberships.Update, a hidden room": {
			Before: in("Bob", "ada@example.com"), Do: update(webex.UpdateMembershipRequest{IsRoomHidden: new(true)}),
			Want: adaHidden, State: stateOf("Bob", "ada@example.com"), After: adaHidden, Without: adaShown,
		},
		"Memberships.Delete": {
			Before: in("Lobby", bob), Do: remove, State: stateOf("Lobby", bob), After: absent, Without: bobMember,
		},
	}
}

func teamMembershipWrites() map[string]write {
	in := func(ctx context.Context, c *webex.Client) (string, error) {
		return teamMembershipID(inTeam(ctx, c, bob))
	}
	stateOf := func(email string) state {
		return func(ctx context.Context, c *webex.Client) string { return there(teamMembership(inTeam(ctx, c, email))) }
	}
	engine := func(ctx context.Context, c *webex.Client) (string, error) { return teamID(teamNamed(ctx, c, "Engine")) }
	add := func(email string, moderator bool) do {
		return func(ctx context.Context, c *webex.Client, id string) (string, error) {
			return teamMembership(c.TeamMemberships.Create(ctx, webex.CreateTeamMembershipRequest{TeamID: id, PersonEmail: email, IsModerator: moderator}))
		}
	}
	const (
		eveMember    = eve + ", moderator false"
		eveModerator = eve + ", moderator true"
		bobMember    = bob + ", moderator false"
		bobModerator = bob + ", moderator true"
	)
	return map[string]write{
		"TeamMemberships.Create": {
			Before: engine, Do: add(strings.ToUpper(eve), false), Want: eveMember, State: stateOf(eve), After: eveMember, Without: absent,
		},
		"TeamMemberships.Create, a moderator": {
			Before: engine, Do: add(eve, true), Want: eveModerator, State: stateOf(eve), After: eveModerator, Without: absent,
		},
		"TeamMemberships.Update": {
			Before: in, Want: bobModerator, State: stateOf(bob), After: bobModerator, Without: bobMember,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return teamMembership(c.TeamMemberships.Update(ctx, id, webex.UpdateTeamMembershipRequest{IsModerator: new(true)}))
			},
		},
		"TeamMemberships.Delete": {
			Before: in, State: stateOf(bob), After: absent, Without: bobMember,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return "", c.TeamMemberships.Delete(ctx, id)
			},
		},
	}
}

func roomWrites() map[string]write {
	stateOf := func(titles ...string) state {
		return func(ctx context.Context, c *webex.Client) string {
			for _, title := range titles {
				if text := there(room1(roomNamed(ctx, c, title))); text != absent {
					return text
				}
			}
			return absent
		}
	}
	made := func(ctx context.Context, c *webex.Client) (string, error) {
		return roomID(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "Old"}))
	}
	const old, changed = `Old, "", locked false`, `New, "why", locked true`
	return map[string]write{
		"Rooms.Create": {
			Repeat: wrappertest.Never, State: stateOf("New"), After: `New, "", locked false`, Without: absent,
			Do: func(ctx context.Context, c *webex.Client, _ string) (string, error) {
				return room1(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "New"}))
			},
		},
		"Rooms.Update": {
			Before: made, Want: changed, State: stateOf("New", "Old"), After: changed, Without: old,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return room1(c.Rooms.Update(ctx, id, webex.UpdateRoomRequest{Title: "New", Description: "why", IsLocked: new(true)}))
			},
		},
		"Rooms.Delete": {
			Before: made, State: stateOf("Old"), After: absent, Without: old,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return "", c.Rooms.Delete(ctx, id)
			},
		},
	}
}

func teamWrites() map[string]write {
	stateOf := func(names ...string) state {
		return func(ctx context.Context, c *webex.Client) string {
			for _, name := range names {
				if text := there(team1(teamNamed(ctx, c, name))); text != absent {
					return text
				}
			}
			return absent
		}
	}
	made := func(ctx context.Context, c *webex.Client) (string, error) {
		return teamID(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "Old"}))
	}
	const old, changed = `Old, ""`, `New, "why"`
	return map[string]write{
		"Teams.Create": {
			Repeat: wrappertest.Never, State: stateOf("New"), After: `New, ""`, Without: absent,
			Do: func(ctx context.Context, c *webex.Client, _ string) (string, error) {
				return team1(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "New"}))
			},
		},
		"Teams.Update": {
			Before: made, Want: changed, State: stateOf("New", "Old"), After: changed, Without: old,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return team1(c.Teams.Update(ctx, id, webex.UpdateTeamRequest{Name: "New", Description: "why"}))
			},
		},
		"Teams.Delete": {
			Before: made, State: stateOf("Old"), After: absent, Without: old,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return "", c.Teams.Delete(ctx, id)
			},
		},
	}
}

func webhookWrites() map[string]write {
	stateOf := func(ctx context.Context, c *webex.Client) string {
		return there(hook(first(c.Webhooks.List(ctx, webex.ListWebhooksParams{}), func(*webex.Webhook) bool { return true })))
	}
	create := webex.CreateWebhookRequest{Name: "Old", TargetURL: target, Resource: webex.ResourceMemberships, Event: webex.EventAll}
	made := func(ctx context.Context, c *webex.Client) (string, error) {
		return hookID(c.Webhooks.Create(ctx, create))
	}
	update := func(r webex.UpdateWebhookRequest) do {
		return func(ctx context.Context, c *webex.Client, id string) (string, error) {
			return hook(c.Webhooks.Update(ctx, id, r))
		}
	}
	const old, changed = "Old to " + target, "New to " + target2
	return map[string]write{
		"Webhooks.Create": {
			Repeat: wrappertest.Never, State: stateOf, After: old, Without: absent,
			Do: func(ctx context.Context, c *webex.Client, _ string) (string, error) {
				return hook(c.Webhooks.Create(ctx, create))
			},
		},
		"Webhooks.Update": {
			Before: made, Do: update(webex.UpdateWebhookRequest{Name: "New", TargetURL: target2}), Want: changed,
			State: stateOf, After: changed, Without: old,
		},
		"Webhooks.Update, a secret": { // which no answer has to repeat
			Before: made, Do: update(webex.UpdateWebhookRequest{Name: "New", TargetURL: target2, Secret: "hush"}), Want: changed,
			Repeat: wrappertest.Always, State: stateOf, After: changed, Without: old,
		},
		"Webhooks.Delete": {
			Before: made, State: stateOf, After: absent, Without: old,
			Do: func(ctx context.Context, c *webex.Client, id string) (string, error) {
				return "", c.Webhooks.Delete(ctx, id)
			},
		},
	}
}
