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

// TeamMembership is one person in one team.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.TeamMembership].
type TeamMembership = gen.TeamMembership

// ListTeamMembershipsParams has no field: the list has no filters.
type ListTeamMembershipsParams struct{}

// CreateTeamMembershipRequest has a team and a person, by id or by e-mail address. Its
// fields are in
// [github.com/memberships-go/memberships/generated/webex.CreateTeamMembershipRequest].
type CreateTeamMembershipRequest = gen.CreateTeamMembershipRequest

// UpdateTeamMembershipRequest holds what is to change.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.UpdateTeamMembershipRequest].
type UpdateTeamMembershipRequest = gen.UpdateTeamMembershipRequest

// TeamMembershipsService reads and changes team memberships. A team and its General room
// have the same members.
type TeamMembershipsService struct{ c *client.Client }

func teamMembershipKey(m *TeamMembership) string { return m.ID }

// ListByTeam yields the members of a team, in the provider's order.
// Webex: GET /team/memberships.
func (s *TeamMembershipsService) ListByTeam(ctx context.Context, teamID string, p ListTeamMembershipsParams, opts ...option.Option) iter.Seq2[*TeamMembership, error] {
	return listTeamMemberships(s, teamID, p, opts).All(ctx)
}

// ListByTeamPage returns one page of ListByTeam. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *TeamMembershipsService) ListByTeamPage(ctx context.Context, teamID string, p ListTeamMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*TeamMembership], error) {
	return listTeamMemberships(s, teamID, p, opts).Page(ctx, token)
}

func listTeamMemberships(s *TeamMembershipsService, teamID string, _ ListTeamMembershipsParams, opts []option.Option) *paging.List[TeamMembership] {
	return client.List(s.c, listing(client.Call{
		Name:     "TeamMemberships.ListByTeam",
		Named:    true, // the team
		Endpoint: gen.ListTeamMemberships(gen.ListTeamMembershipsParams{TeamID: teamID}),
		Opts:     opts,
	}, func(page *gen.TeamMembershipPage) []TeamMembership { return page.Items }, teamMembershipKey))
}

// Create adds a person to a team and returns the membership. For an existing member of
// the team it fails with memberships.ErrAlreadyExists. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Webex: POST /team/memberships.
func (s *TeamMembershipsService) Create(ctx context.Context, r CreateTeamMembershipRequest, opts ...option.Option) (*TeamMembership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     "TeamMemberships.Create",
		Check:    func() error { return checkPerson(r.TeamID, "TeamID", r.PersonID, r.PersonEmail) },
		Endpoint: gen.CreateTeamMembership(r),
		Opts:     opts,
	}, teamMembershipKey, func(ctx context.Context) (*TeamMembership, bool, error) {
		return s.find(ctx, r, opts)
	})
}

// find reads the membership that a creation would have made; the list has no filter by
// person.
func (s *TeamMembershipsService) find(ctx context.Context, r CreateTeamMembershipRequest, opts []option.Option) (*TeamMembership, bool, error) {
	for m, err := range s.ListByTeam(ctx, r.TeamID, ListTeamMembershipsParams{}, client.SearchOptions(opts)...) {
		if err != nil {
			return nil, false, err
		}
		if m.TeamID == r.TeamID && matchesPerson(m.PersonID, m.PersonEmail, r.PersonID, r.PersonEmail) {
			return m, m.IsModerator == r.IsModerator, nil
		}
	}
	return nil, false, nil
}

// Get returns one team membership. Webex: GET /team/memberships/{membershipId}.
func (s *TeamMembershipsService) Get(ctx context.Context, membershipID string, opts ...option.Option) (*TeamMembership, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "TeamMemberships.Get",
		Endpoint: gen.GetTeamMembership(membershipID),
		Opts:     opts,
	}, teamMembershipKey)
}

// Update sets or clears the moderator role. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Webex: PUT /team/memberships/{membershipId}.
func (s *TeamMembershipsService) Update(ctx context.Context, membershipID string, r UpdateTeamMembershipRequest, opts ...option.Option) (*TeamMembership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "TeamMemberships.Update",
		Check: func() error {
			if r.IsModerator == nil {
				return errors.New("the request is empty: IsModerator is nil")
			}
			return nil
		},
		Endpoint: gen.UpdateTeamMembership(membershipID, r),
		Opts:     opts,
	}, teamMembershipKey, func(ctx context.Context) (*TeamMembership, bool, error) {
		m, err := s.Get(ctx, membershipID, opts...)
		return m, err == nil && m.IsModerator == *r.IsModerator, err
	})
}

// Delete removes a person from a team. Webex refuses to remove the last moderator. A
// repeat can undo another caller's change: see [option.WithoutRepeat]. Webex: DELETE
// /team/memberships/{membershipId}.
func (s *TeamMembershipsService) Delete(ctx context.Context, membershipID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "TeamMemberships.Delete",
		Endpoint: gen.DeleteTeamMembership(membershipID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, membershipID, opts...))
	})
}
