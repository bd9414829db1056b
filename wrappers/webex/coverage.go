package webex

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/memberships-go/memberships"
)

// roomView records the members that a listing of a room has shown.
type roomView struct {
	// whole reports whether the listing started with the first page and had no filter.
	whole bool
	// ordinary reports whether an ordinary member was shown.
	ordinary bool
	shown    map[string]bool // by person id, while all are moderators
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

// hidden returns the gap of a moderated space in a team whose caller is not in the space:
// Webex then answers 200 with the moderators only. It sends nothing if the view has an
// ordinary member. A compliance officer outside of the space counts as such a caller,
// because the responses are equal.
func (p *provider) hidden(ctx context.Context, roomID string, view *roomView) (*memberships.Gap, error) {
	if view.ordinary {
		return nil, nil
	}
	room, err := p.c.Rooms.Get(ctx, roomID, p.opts...)
	switch {
	case errors.Is(err, memberships.ErrNotFound), errors.Is(err, memberships.ErrPermissionDenied):
		return moderatorsOnly("the room itself is not visible, so the listed members may be its moderators only"), nil
	case err != nil:
		return nil, err
	case !moderated(room) || room.TeamID == "":
		return nil, nil
	}
	me, err := p.c.People.GetMe(ctx, GetMeParams{}, p.opts...)
	switch {
	case errors.Is(err, memberships.ErrPermissionDenied):
		return moderatorsOnly("the credential cannot read the caller, and a moderated space of a team lists its moderators only to callers outside of it"), nil
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

// moderated reports whether a room is or may be moderated. An invalid flag is absent from
// the field and present in RawJSON.
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
