package webex_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The read-back of Update finds a change by the name, and by the description if the request
// has one.
func TestTeamsUpdateIsFound(t *testing.T) {
	type change struct {
		request webex.UpdateTeamRequest
		is      string
		found   bool
	}
	named, described := webex.UpdateTeamRequest{Name: "New"}, webex.UpdateTeamRequest{Name: "New", Description: "why"}
	wrappertest.RunSynctest(t, map[string]change{
		"named":                {named, `"name":"New","description":"any"`, true},
		"not named":            {named, `"name":"Old"`, false},
		"described":            {described, `"name":"New","description":"why"`, true},
		"not described":        {described, `"name":"New"`, false},
		"described, not named": {described, `"name":"Old","description":"why"`, false},
	}, func(t *testing.T, tc change) {
		c, asked := wrappertest.Scripted(t, webex.New, lostOne, step{200, `{"id":"t",` + tc.is + `}`}, step{200, `{"id":"again","name":"New"}`})
		team, err := c.Teams.Update(t.Context(), "t", tc.request)
		if err != nil || len(*asked) == 2 != tc.found || (team.ID == "t") != tc.found {
			t.Errorf("got %+v, %v after %q, found is to be %t", team, err, *asked, tc.found)
		}
	})
}

// A request without a name fails before it is sent.
func TestTeamsNeedAName(t *testing.T) {
	for name, do := range map[string]func(context.Context, *webex.Client) error{
		"create": func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Teams.Create(ctx, webex.CreateTeamRequest{Description: "why"}))
		},
		"update": func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Teams.Update(ctx, "t", webex.UpdateTeamRequest{Description: "why"}))
		},
	} {
		c, asked := wrappertest.Scripted(t, webex.New)
		if err := do(t.Context(), c); !errors.Is(err, memberships.ErrInvalidArgument) || len(*asked) > 0 {
			t.Errorf("%s: got %v after %q", name, err, *asked)
		}
	}
}

// Get sends the description of its params, and refuses an empty one before a request.
func TestTeamsGetParams(t *testing.T) {
	c, asked := wrappertest.Scripted(t, webex.New, step{200, `{"id":"t","name":"Engine"}`})
	team, err := c.Teams.Get(t.Context(), "t", webex.GetTeamParams{Description: new("The A team")})
	if err != nil || team.Name != "Engine" {
		t.Errorf("got %+v, %v", team, err)
	}
	if _, err := c.Teams.Get(t.Context(), "t", webex.GetTeamParams{Description: new("")}); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("empty description: got %v, want %v", err, memberships.ErrInvalidArgument)
	}
	if want := []string{"GET /v1/teams/t?description=The+A+team"}; !slices.Equal(*asked, want) {
		t.Errorf("sent %q, want %q", *asked, want)
	}
}
