package webex_test

import (
	"context"
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The read-back of Update finds a change if the room has every field of the request. Webex
// strips white space around a text.
func TestRoomsUpdateIsFound(t *testing.T) {
	type change struct {
		request webex.UpdateRoomRequest
		is      string // besides id and title
		found   bool
	}
	title := webex.UpdateRoomRequest{Title: "New"}
	with := func(edit func(*webex.UpdateRoomRequest)) webex.UpdateRoomRequest {
		r := title
		edit(&r)
		return r
	}
	describe := with(func(r *webex.UpdateRoomRequest) { r.Description = " why " })
	classify := with(func(r *webex.UpdateRoomRequest) { r.ClassificationID = "c" })
	move := with(func(r *webex.UpdateRoomRequest) { r.TeamID = "t" })
	lock := with(func(r *webex.UpdateRoomRequest) { r.IsLocked = new(true) })
	unlock := with(func(r *webex.UpdateRoomRequest) { r.IsLocked = new(false) })
	publish := with(func(r *webex.UpdateRoomRequest) { r.IsPublic = new(true) })
	announce := with(func(r *webex.UpdateRoomRequest) { r.IsAnnouncementOnly = new(true) })
	freeze := with(func(r *webex.UpdateRoomRequest) { r.IsReadOnly = new(true) })
	wrappertest.RunSynctest(t, map[string]change{
		"title alone":           {title, `,"isLocked":true,"description":"any"`, true},
		"another title":         {webex.UpdateRoomRequest{Title: "Newer"}, ``, false},
		"described":             {describe, `,"description":"why"`, true},
		"not described":         {describe, ``, false},
		"described otherwise":   {describe, `,"description":"because"`, false},
		"classified":            {classify, `,"classificationId":"c"`, true},
		"classified otherwise":  {classify, `,"classificationId":"d"`, false},
		"moved to a team":       {move, `,"teamId":"t"`, true},
		"in no team":            {move, ``, false},
		"locked":                {lock, `,"isLocked":true`, true},
		"not locked":            {lock, `,"isLocked":false`, false},
		"unlocked":              {unlock, ``, true},
		"not unlocked":          {unlock, `,"isLocked":true`, false},
		"made public":           {publish, `,"isPublic":true`, true},
		"not made public":       {publish, ``, false},
		"for announcements":     {announce, `,"isAnnouncementOnly":true`, true},
		"not for announcements": {announce, ``, false},
		"frozen":                {freeze, `,"isReadOnly":true`, true},
		"not frozen":            {freeze, ``, false},
	}, func(t *testing.T, tc change) {
		read := step{200, `{"id":"r","title":"New","type":"group"` + tc.is + `}`}
		c, asked := wrappertest.Scripted(t, webex.New, lostOne, read, step{200, `{"id":"again","title":"New"}`})
		r, err := c.Rooms.Update(t.Context(), "r", tc.request)
		if err != nil || len(*asked) == 2 != tc.found || (r.ID == "r") != tc.found {
			t.Errorf("got %+v, %v after %q, want found %t", r, err, *asked, tc.found)
		}
	})
}

// A request without a title fails before it is sent.
func TestRoomsNeedATitle(t *testing.T) {
	for name, do := range map[string]func(context.Context, *webex.Client) error{
		"create": func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Rooms.Create(ctx, webex.CreateRoomRequest{TeamID: "t"}))
		},
		"update": func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Rooms.Update(ctx, "r", webex.UpdateRoomRequest{IsLocked: new(true)}))
		},
	} {
		c, asked := wrappertest.Scripted(t, webex.New)
		if err := do(t.Context(), c); !errors.Is(err, memberships.ErrInvalidArgument) || len(*asked) > 0 {
			t.Errorf("%s: got %v after %q", name, err, *asked)
		}
	}
}

// Errors has the errors of the fields that Webex could not fill in.
func TestRoomsListItemErrors(t *testing.T) {
	c, _ := wrappertest.Scripted(t, webex.New, items(`{"id":"a","title":"","errors":{"title":{"code":"kms_failure","reason":"Key management server failed."}},"brandNew":[1]}`))
	all := collect(t, c.Rooms.List(t.Context(), webex.ListRoomsParams{}))
	if e := all[0].Errors["title"]; len(all) != 1 || e.Code != "kms_failure" || e.Reason == "" {
		t.Errorf("got %+v", all[0])
	}
}
