package webex_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The read-back of Create searches all members, because the list of a team has no filter.
func TestTeamMembershipsCreateIsFound(t *testing.T) {
	ada, boss := row("t", "p", "ada@example.com", false), row("t", "p", "ada@example.com", true)
	alan := row("t", "q", "alan@example.com", true)
	wrappertest.RunSynctest(t, map[string]late{
		"created":                              {"p", "", false, []step{lostOne, items(alan, ada)}, nil},
		"created, moderator":                   {"p", "", true, []step{lostOne, items(alan, boss)}, nil},
		"created by address":                   {"", "ADA@example.com", false, []step{lostOne, items(alan, ada)}, nil},
		"created late":                         {"p", "", false, []step{lostOne, items(alan), already, items(alan, ada)}, nil},
		"created by another caller, moderator": {"p", "", false, []step{lostOne, items(boss), already, items(boss)}, memberships.ErrAlreadyExists},
		"created by another caller, member":    {"p", "", true, []step{lostOne, items(ada), already, items(ada)}, memberships.ErrAlreadyExists},
		"existing before":                      {"p", "", false, []step{already}, memberships.ErrAlreadyExists},
		"absent, sent again":                   {"p", "", false, []step{lostOne, items(alan), {200, ada}}, nil},
		"a row of another team":                {"p", "", false, []step{lostOne, items(row("other", "p", "ada@example.com", false)), {200, ada}}, nil},
		"the id of another person":             {"p", "", false, []step{lostOne, items(row("t", "q", "ada@example.com", false)), {200, ada}}, nil},
		"an absent team":                       {"p", "", false, []step{lostOne, missing}, memberships.ErrOutcomeUnknown},
	}, func(t *testing.T, l late) {
		c, asked := wrappertest.Scripted(t, webex.New, l.steps...)
		m, err := c.TeamMemberships.Create(t.Context(), webex.CreateTeamMembershipRequest{TeamID: "t", PersonID: l.personID, PersonEmail: l.email, IsModerator: l.moderator})
		l.check(t, *asked, err)
		if err == nil && (m.ID != "m-p" || m.IsModerator != l.moderator) {
			t.Errorf("got %+v", m)
		}
		if len(*asked) > 1 && (*asked)[1] != "GET /v1/team/memberships?max=1000&teamId=t" {
			t.Errorf("looked with %s", (*asked)[1])
		}
	})
}

// The read-back of Update finds a change by its role.
func TestTeamMembershipsUpdateIsFound(t *testing.T) {
	for _, asked := range []bool{true, false} {
		for _, is := range []bool{true, false} {
			wrappertest.RunSynctest(t, map[string]step{
				fmt.Sprintf("asked %t, is %t", asked, is): {200, row("t", "p", "ada@example.com", is)},
			}, func(t *testing.T, read step) {
				c, requests := wrappertest.Scripted(t, webex.New, lostOne, read, step{200, row("t", "again", "ada@example.com", asked)})
				m, err := c.TeamMemberships.Update(t.Context(), "m", webex.UpdateTeamMembershipRequest{IsModerator: &asked})
				if found := asked == is; err != nil || len(*requests) == 2 != found || (m.PersonID == "p") != found {
					t.Errorf("got %+v, %v after %q", m, err, *requests)
				}
			})
		}
	}
}

func TestTeamMembershipsInvalidArguments(t *testing.T) {
	for name, r := range map[string]webex.CreateTeamMembershipRequest{
		"no team":             {PersonID: "p"},
		"no person":           {TeamID: "t"},
		"a team of two lines": {TeamID: "t\nt", PersonID: "p"},
		"a dot":               {TeamID: "t", PersonID: "."},
	} {
		c, asked := wrappertest.Scripted(t, webex.New)
		if _, err := c.TeamMemberships.Create(t.Context(), r); !errors.Is(err, memberships.ErrInvalidArgument) || len(*asked) > 0 {
			t.Errorf("%s: got %v after %q", name, err, *asked)
		}
	}
}
