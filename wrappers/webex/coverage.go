package webex

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/memberships-go/memberships"
)

// roomView is what a listing has shown of a room.
type roomView struct {
	// whole says that the listing began with its first page and had no filter.
	whole bool
	// ordinary says that somebody was shown who is no moderator.
	ordinary bool
	shown    map[string]bool // by the person's id, as long as all are moderators
}

func (v *roomView) show(m memberships.Membership) {
	switch {
	case v.ordinary:
	case m.Role != memberships.RoleManager:
		v.ordinary, v.shown = true, nil
	default:
		if v.shown == nil {
			v.shown = map[string]bool{}
		}
		v.shown[m.Member.ID] = true
	}
}

// hidden is the gap of a room whose caller is shown its moderators only: a moderated
// space of a team, seen by a member of the team who is not in the space. Webex answers
// 200 with a part then. Nothing is asked if the view shows an ordinary member. A
// compliance officer who is not in the space counts as such a caller, as nothing tells
// them apart.
func (p *provider) hidden(ctx context.Context, roomID string, view *roomView) (*memberships.Gap, error) {
	if view.ordinary {
		return nil, nil
	}
	room, err := p.c.Rooms.Get(ctx, roomID, p.opts...)
	switch {
	case errors.Is(err, memberships.ErrNotFound), errors.Is(err, memberships.ErrPermissionDenied):
		return moderatorsOnly("Webex shows the members of this room and not the room, so they may be its moderators only"), nil
	case err != nil:
		return nil, err
	case !moderated(room) || room.TeamID == "":
		return nil, nil
	}
	me, err := p.c.People.GetMe(ctx, GetMeParams{}, p.opts...)
	switch {
	case errors.Is(err, memberships.ErrPermissionDenied):
		return moderatorsOnly("the credential may not ask who the caller is, and this moderated space of a team shows its moderators only to those outside"), nil
	case err != nil || view.shown[me.ID]:
		return nil, err
	}
	if !view.whole {
		for m, err := range p.c.Memberships.List(ctx, ListMembershipsParams{RoomID: &roomID, PersonID: &me.ID}, p.opts...) {
			if err != nil {
				return nil, err
			}
			if m.PersonID == me.ID {
				return nil, nil
			}
		}
	}
	return moderatorsOnly("the caller is not in this moderated space of a team, so Webex shows its moderators only"), nil
}

// moderated reports whether a room is or may be moderated: a flag that made no sense was
// left out, and stands in RawJSON alone.
func moderated(r *Room) bool {
	var sent struct {
		IsLocked any `json:"isLocked"`
	}
	if r.IsLocked || r.RawJSON == nil || json.Unmarshal(r.RawJSON, &sent) != nil {
		return r.IsLocked
	}
	return sent.IsLocked != nil && sent.IsLocked != false && sent.IsLocked != "false"
}

func moderatorsOnly(text string) *memberships.Gap {
	return &memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapModeratorsOnly, Text: text}
}
