package webex

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Team is a set of people with rooms of their own, a General room first.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.Team].
type Team = gen.Team

// ListTeamsParams has no field: the list has no filters.
type ListTeamsParams struct{}

// CreateTeamRequest describes a new team. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.CreateTeamRequest].
type CreateTeamRequest = gen.CreateTeamRequest

// UpdateTeamRequest has the required name of a team, and its description. Its fields are
// in [github.com/memberships-go/memberships/generated/webex.UpdateTeamRequest].
type UpdateTeamRequest = gen.UpdateTeamRequest

// GetTeamParams has one field, whose effect Webex does not document. Its field is in
// [github.com/memberships-go/memberships/generated/webex.GetTeamParams].
type GetTeamParams = gen.GetTeamParams

// TeamsService reads, creates, updates and deletes teams.
type TeamsService struct{ c *client.Client }

func teamKey(t *Team) string { return t.ID }

// List yields the caller's teams. Webex: GET /teams.
func (s *TeamsService) List(ctx context.Context, p ListTeamsParams, opts ...option.Option) iter.Seq2[*Team, error] {
	return listTeams(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *TeamsService) ListPage(ctx context.Context, p ListTeamsParams, token string, opts ...option.Option) (*memberships.Page[*Team], error) {
	return listTeams(s, p, opts).Page(ctx, token)
}

func listTeams(s *TeamsService, _ ListTeamsParams, opts []option.Option) *paging.List[Team] {
	return client.List(s.c, listing(client.Call{
		Name:     "Teams.List",
		Endpoint: gen.ListTeams(),
		Opts:     opts,
	}, func(page *gen.TeamPage) []Team { return page.Items }, teamKey))
}

// Get returns one team. Webex: GET /teams/{teamId}.
func (s *TeamsService) Get(ctx context.Context, teamID string, p GetTeamParams, opts ...option.Option) (*Team, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Teams.Get",
		Endpoint: gen.GetTeam(teamID, p),
		Opts:     opts,
	}, teamKey)
}

// Create makes a team with the caller as its first member. Webex: POST /teams.
func (s *TeamsService) Create(ctx context.Context, r CreateTeamRequest, opts ...option.Option) (*Team, error) {
	return client.One(ctx, s.c, client.Call{
		Name: "Teams.Create",
		Check: func() error {
			if r.Name == "" {
				return errors.New("Name is empty")
			}
			return nil
		},
		Endpoint: gen.CreateTeam(r),
		Opts:     opts,
	}, teamKey)
}

// Update changes a team and returns it. An empty Description stays as it is; the Name is
// always sent. A repeat can undo another caller's change: see [option.WithoutRepeat].
// Webex: PUT /teams/{teamId}.
func (s *TeamsService) Update(ctx context.Context, teamID string, r UpdateTeamRequest, opts ...option.Option) (*Team, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Teams.Update",
		Check: func() error {
			if r.Name == "" {
				return errors.New("Name is empty")
			}
			return nil
		},
		Endpoint: gen.UpdateTeam(teamID, r),
		Opts:     opts,
	}, teamKey, func(ctx context.Context) (*Team, bool, error) {
		team, err := s.Get(ctx, teamID, GetTeamParams{}, opts...)
		return team, err == nil && team.Name == r.Name && (r.Description == "" || team.Description == r.Description), err
	})
}

// Delete deletes a team with its rooms. Webex: DELETE /teams/{teamId}.
func (s *TeamsService) Delete(ctx context.Context, teamID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Teams.Delete",
		Endpoint: gen.DeleteTeam(teamID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, teamID, GetTeamParams{}, opts...))
	})
}
