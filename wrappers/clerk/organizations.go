package clerk

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Organization is a group of users, each with a role. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.Organization].
type Organization = gen.Organization

// ListOrganizationsParams filters and orders a list of organizations, and selects
// optional fields. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListOrganizationsParams].
type ListOrganizationsParams = gen.ListOrganizationsParams

// GetOrganizationParams selects optional fields of an organization. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.GetOrganizationParams].
type GetOrganizationParams = gen.GetOrganizationParams

// CreateOrganizationRequest describes a new organization. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.CreateOrganizationRequest].
type CreateOrganizationRequest = gen.CreateOrganizationRequest

// OrganizationsService reads, creates and deletes organizations.
type OrganizationsService struct{ c *client.Client }

func organizationKey(o *Organization) string { return o.ID }

// List yields the organizations that match p, the oldest first by default. It restarts if
// organizations are created or deleted during the range. Clerk: GET /organizations.
func (s *OrganizationsService) List(ctx context.Context, p ListOrganizationsParams, opts ...option.Option) iter.Seq2[*Organization, error] {
	return listOrganizations(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *OrganizationsService) ListPage(ctx context.Context, p ListOrganizationsParams, token string, opts ...option.Option) (*memberships.Page[*Organization], error) {
	return listOrganizations(s, p, opts).Page(ctx, token)
}

func listOrganizations(s *OrganizationsService, p ListOrganizationsParams, opts []option.Option) *paging.List[Organization] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	return client.List(s.c, listing(client.Call{
		Name:     "Organizations.List",
		Check:    func() error { return checkList(p) },
		Endpoint: gen.ListOrganizations(p),
		Opts:     opts,
	}, func(p *gen.OrganizationPage) page[Organization] {
		return page[Organization]{p.Data, p.TotalCount}
	}, organizationKey))
}

// Create makes an organization and returns it. The user in CreatedBy is its
// administrator; without one it has no members. After a lost response, an organization
// with this slug, name and creator counts as made by the call; a request without a slug
// is memberships.ErrOutcomeUnknown. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Clerk: POST /organizations.
func (s *OrganizationsService) Create(ctx context.Context, r CreateOrganizationRequest, opts ...option.Option) (*Organization, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Organizations.Create",
		Check: func() error {
			if r.Name == "" {
				return errors.New("Name is empty")
			}
			return cmp.Or(checkObject("PublicMetadata", r.PublicMetadata), checkObject("PrivateMetadata", r.PrivateMetadata))
		},
		Endpoint: gen.CreateOrganization(r),
		Opts:     opts,
	}, organizationKey, func(ctx context.Context) (*Organization, bool, error) {
		if r.Slug == "" {
			return nil, false, errors.New("an organization without a slug cannot be found again")
		}
		o, err := s.Get(ctx, r.Slug, GetOrganizationParams{}, opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			return nil, false, nil
		}
		return o, err == nil && o.Slug == r.Slug && o.Name == r.Name && (r.CreatedBy == "" || o.CreatedBy == r.CreatedBy), err
	})
}

// Get returns one organization by its id or its slug. Clerk: GET
// /organizations/{organization_id}.
func (s *OrganizationsService) Get(ctx context.Context, idOrSlug string, p GetOrganizationParams, opts ...option.Option) (*Organization, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Organizations.Get",
		Endpoint: gen.GetOrganization(idOrSlug, p),
		Opts:     opts,
	}, organizationKey)
}

// Delete deletes an organization with all its memberships. [option.WithDeleted] stores
// the DeletedObject, with its id and type only if the response was lost. Clerk: DELETE
// /organizations/{organization_id}.
func (s *OrganizationsService) Delete(ctx context.Context, organizationID string, opts ...option.Option) error {
	_, err := client.RemoveOne(ctx, s.c, client.Call{
		Name:     "Organizations.Delete",
		Endpoint: gen.DeleteOrganization(organizationID),
		Opts:     opts,
	}, deletedKey, func(ctx context.Context) (*DeletedObject, bool, error) {
		gone, err := client.Gone(s.Get(ctx, organizationID, GetOrganizationParams{}, opts...))
		return &DeletedObject{ID: organizationID, Object: "organization", Deleted: true}, gone, err
	})
	return err
}
