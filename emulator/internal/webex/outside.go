package webex

import (
	"context"
	"iter"

	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// outside reports whether the room is moderated and the caller is a member of its team
// but not of the room.
func (s *server) outside(ctx context.Context, r *room) bool {
	n := s.caller(ctx)
	if _, in := r.members.Get(n); in || officer(ctx) || r.team != nil || r.data.TeamID == nil || !*r.data.IsLocked {
		return false
	}
	for _, t := range s.rooms {
		if t.team != nil && t.team.ID == *r.data.TeamID {
			_, in := t.members.Get(n)
			return in
		}
	}
	return false
}

// listable returns the room with an id if the caller may list its members. outside is set
// if the caller sees the moderators alone.
func (s *server) listable(ctx context.Context, id string) (r *room, outside bool, err error) {
	if u, ok := decodeID(typeRoom, id); ok && s.rooms[u] != nil && s.outside(ctx, s.rooms[u]) {
		return s.rooms[u], true, nil
	}
	r, err = s.visible(ctx, typeRoom, id)
	return r, false, err
}

// membersFrom yields the members of a room from position start. If outside is set, it
// yields moderators alone.
func (r *room) membersFrom(start int, outside bool) iter.Seq2[int64, member] {
	if !outside {
		return r.members.From(start)
	}
	return func(yield func(int64, member) bool) {
		i := 0
		for n, m := range r.members.All() {
			if !m.moderator {
				continue
			}
			if i++; i > start && !yield(n, m) {
				return
			}
		}
	}
}

// page returns one page of a room's memberships and whether there are more.
func (s *server) page(viewer int64, r *room, pg page, outside bool) (items []gen.Membership, more bool) {
	items = []gen.Membership{}
	for n, m := range r.membersFrom(pg.start, outside) {
		if len(items) == pg.max {
			return items, true
		}
		items = append(items, s.membership(viewer, r, n, m))
	}
	return items, false
}
