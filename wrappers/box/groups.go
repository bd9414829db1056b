package box

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Group is a set of users. Lists have its first four fields, Get also both times; Fields
// selects the others. A directory manages a group that has a Provenance.
// Its fields are in [github.com/memberships-go/memberships/generated/box.Group].
type Group = gen.Group

// GroupType is the type of a group: an ordinary group, or the group of all users, which
// Box manages.
// Its values are in [github.com/memberships-go/memberships/generated/box.GroupType].
type GroupType = gen.GroupType

// The types of groups.
const (
	GroupTypeManaged  = gen.GroupTypeManagedGroup
	GroupTypeAllUsers = gen.GroupTypeAllUsersGroup
)

// GroupAudience is the set of users that may see a group's members, or invite it to
// content.
// Its values are in [github.com/memberships-go/memberships/generated/box.GroupAudience].
type GroupAudience = gen.GroupAudience

// The audiences. All of them include administrators of the group and of the enterprise.
const (
	AudienceAdmins           = gen.GroupAudienceAdminsOnly
	AudienceAdminsAndMembers = gen.GroupAudienceAdminsAndMembers
	AudienceAllManagedUsers  = gen.GroupAudienceAllManagedUsers
)

// ListGroupsParams filters a list of groups.
// Its fields are in [github.com/memberships-go/memberships/generated/box.ListGroupsParams].
type ListGroupsParams = gen.ListGroupsParams

// GetGroupParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetGroupParams].
type GetGroupParams = gen.GetGroupParams

// CreateGroupRequest describes a new group.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateGroupRequest].
type CreateGroupRequest = gen.CreateGroupRequest

// CreateGroupParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateGroupParams].
type CreateGroupParams = gen.CreateGroupParams

// GroupsService reads, creates and deletes groups.
type GroupsService struct{ c *client.Client }

func groupKey(g *Group) string { return g.ID }

// List yields the groups that match p in the provider's order. If groups are created or
// deleted during a range, the list restarts. After about 11,000 groups it ends with
// memberships.ErrListLimit. Box: GET /groups.
func (s *GroupsService) List(ctx context.Context, p ListGroupsParams, opts ...option.Option) iter.Seq2[*Group, error] {
	return fullList(s.c, listGroups(p, opts)).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *GroupsService) ListPage(ctx context.Context, p ListGroupsParams, token string, opts ...option.Option) (*memberships.Page[*Group], error) {
	return client.List(s.c, listGroups(p, opts)).Page(ctx, token)
}

func listGroups(p ListGroupsParams, opts []option.Option) client.Listing[gen.GroupPage, Group] {
	return listing(client.Call{
		Name:     "Groups.List",
		Endpoint: gen.ListGroups(p),
		Opts:     opts,
	}, func(p *gen.GroupPage) page[Group] { return page[Group]{p.Entries, p.Limit, p.TotalCount} }, groupKey)
}

// Get returns one group. Box: GET /groups/{group_id}.
func (s *GroupsService) Get(ctx context.Context, groupID string, p GetGroupParams, opts ...option.Option) (*Group, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Groups.Get",
		Endpoint: gen.GetGroup(groupID, p),
		Opts:     opts,
	}, groupKey)
}

// Create makes a group without members and returns it. If another group of the enterprise
// has the name, it fails with memberships.ErrAlreadyExists. If the response is lost, Create
// takes a group with the name and the values of r for its own. A repeat can undo another
// caller's change: see [option.WithoutRepeat]. Box: POST /groups.
func (s *GroupsService) Create(ctx context.Context, r CreateGroupRequest, p CreateGroupParams, opts ...option.Option) (*Group, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Groups.Create",
		Check: func() error {
			if r.Name == "" {
				return errors.New("Name is empty")
			}
			return nil
		},
		Endpoint: gen.CreateGroup(p, r),
		Opts:     opts,
	}, groupKey, func(ctx context.Context) (*Group, bool, error) {
		return s.find(ctx, r, p, opts)
	})
}

// find reads the group that a creation would have made. Names are unique.
func (s *GroupsService) find(ctx context.Context, r CreateGroupRequest, p CreateGroupParams, opts []option.Option) (*Group, bool, error) {
	params := ListGroupsParams{FilterTerm: &r.Name, Fields: []string{
		"name", "provenance", "external_sync_identifier", "description", "invitability_level", "member_viewability_level",
	}}
	for g, err := range s.List(ctx, params, client.SearchOptions(opts)...) {
		if err != nil {
			return nil, false, err
		}
		if g.Name != r.Name { // the filter matches prefixes
			continue
		}
		if !isOr(g.Provenance, r.Provenance) || !isOr(g.ExternalSyncIdentifier, r.ExternalSyncIdentifier) || !isOr(g.Description, r.Description) ||
			!isOr(g.InvitabilityLevel, r.InvitabilityLevel) || !isOr(g.MemberViewabilityLevel, r.MemberViewabilityLevel) {
			return g, false, nil
		}
		g, err = s.Get(ctx, g.ID, GetGroupParams(p), opts...)
		return g, err == nil, err
	}
	return nil, false, nil
}

// isOr reports whether a field has the requested value. An empty request matches any value.
func isOr[T ~string](is, asked T) bool { return asked == "" || is == asked }

// Delete deletes a group with all its memberships. Box: DELETE /groups/{group_id}.
func (s *GroupsService) Delete(ctx context.Context, groupID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Groups.Delete",
		Endpoint: gen.DeleteGroup(groupID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, groupID, GetGroupParams{}, opts...))
	})
}
