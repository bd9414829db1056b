package webex_test

import (
	"testing"
	"time"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// A change whose answer is lost is found by reading, and one that did not happen is made
// again.
func TestUpdatesWhoseAnswerIsLost(t *testing.T) {
	for _, applied := range []bool{true, false} {
		for _, path := range []string{"/v1/rooms/*", "/v1/teams/*"} {
			e, err := emulator.New(emulator.WithFaults(emulator.Fault{Method: "PUT", Path: path, Drop: true, Apply: applied, Times: 1}))
			if err != nil {
				t.Fatal(err)
			}
			c, err := webex.New(option.WithHTTPClient(e.Client()), option.WithToken("t"), option.WithBackoff(time.Millisecond, time.Millisecond))
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			room := must[*webex.Room](t)(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "old"}))
			team := must[*webex.Team](t)(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "old"}))
			if r, err := c.Rooms.Update(ctx, room.ID, webex.UpdateRoomRequest{Title: "new", IsLocked: new(true), Description: "why"}); err != nil || r.Title != "new" || !r.IsLocked || r.Description != "why" {
				t.Errorf("%s, applied %t: got %+v, %v", path, applied, r, err)
			}
			if g, err := c.Teams.Update(ctx, team.ID, webex.UpdateTeamRequest{Name: "new", Description: "why"}); err != nil || g.Name != "new" || g.Description != "why" {
				t.Errorf("%s, applied %t: got %+v, %v", path, applied, g, err)
			}
		}
	}
}
