package clerk

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
	"github.com/memberships-go/memberships/internal/pattern"
)

// picture is the image URL of every user and organization.
const picture = "https://img.example.com/default.png"

// json returns the organization as a response shows it. missing is an optional field, nil
// if the request does not ask for it.
func (o *organization) json(missing *bool) gen.Organization {
	return gen.Organization{
		ID: o.id, Object: "organization", Name: o.name, Slug: o.slug, ImageURL: new(picture), HasImage: new(false),
		MissingMemberWithElevatedPermissions: missing,
		MaxAllowedMemberships:                &o.max, AdminDeleteEnabled: new(true),
		PublicMetadata: object(o.public), PrivateMetadata: new(object(o.private)),
		CreatedBy: httpapi.Ptr(o.createdBy), RoleSetKey: nullable.NewNullableWithValue(roleSet),
		CreatedAt: o.created.UnixMilli(), UpdatedAt: o.updated.UnixMilli(),
	}
}

// asked returns the organization with the optional fields that a request asks for.
func (s *server) asked(o *organization, count, missing *bool) gen.Organization {
	var without *bool
	if missing != nil && *missing {
		without = new(o.admins == 0)
	}
	out := o.json(without)
	if count != nil && *count {
		out.MembersCount, out.PendingInvitationsCount = new(int64(o.members.Len())), new(int64(o.outstanding(s.now())))
	}
	return out
}

func (s *server) ListOrganizations(_ context.Context, req gen.ListOrganizationsRequestObject) (gen.ListOrganizationsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	by, err := orderOf(p.OrderBy, "name", "created_at", "members_count")
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Clone(s.order), func(o *organization) bool { return !o.keep(p) })
	slices.SortStableFunc(all, func(a, b *organization) int {
		c := 0
		switch by.key {
		case "name":
			c = strings.Compare(a.name, b.name)
		case "members_count":
			c = cmp.Compare(a.members.Len(), b.members.Len())
		default:
			c = a.created.Compare(b.created)
		}
		if by.desc {
			return -c
		}
		return c
	})
	data := []gen.Organization{}
	for _, o := range cut(pageOf(p.Limit, p.Offset), all) {
		data = append(data, s.asked(o, p.IncludeMembersCount, p.IncludeMissingMemberWithElevatedPermissions))
	}
	return gen.ListOrganizations200JSONResponse{Data: data, TotalCount: int64(len(all))}, nil
}

// keep reports whether a list's filters accept the organization.
func (o *organization) keep(p gen.ListOrganizationsParams) bool {
	if p.Query != nil && o.id != *p.Query {
		part := strings.ToLower(*p.Query)
		if !strings.Contains(strings.ToLower(o.name), part) && !strings.Contains(o.slug, part) {
			return false
		}
	}
	has := func(id string) bool {
		n, ok := userNumber(id)
		_, in := o.members.Get(n)
		return ok && in
	}
	is := func(id string) bool { return o.id == id }
	return pick(list(p.UserID), has) && pick(list(p.OrganizationID), is)
}

var slugForm = pattern.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (s *server) CreateOrganization(_ context.Context, req gen.CreateOrganizationRequestObject) (gen.CreateOrganizationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	now := s.now()
	o := &organization{name: b.Name, createdBy: value(b.CreatedBy), max: value(b.MaxAllowedMemberships), created: now, updated: now}
	slug := value(b.Slug)
	var owner *account
	var err error
	switch {
	case b.Name == "":
		return nil, invalid("name", "name is empty")
	case slug != "" && !slugForm.MatchString(slug):
		return nil, badFormat("slug", "slug has something other than small letters, digits and hyphens between them")
	case slug != "" && s.bySlug(slug) != nil:
		return nil, taken("slug", slug)
	case value(b.RoleSetKey) != "" && value(b.RoleSetKey) != roleSet:
		return nil, notFound("there is no role set %s", value(b.RoleSetKey))
	}
	if o.createdBy != "" {
		if owner, err = s.user(o.createdBy); err != nil {
			return nil, &failure{
				status: http.StatusBadRequest, code: "organization_creator_not_found", short: "creator not found",
				message: "there is no user with id " + o.createdBy, param: "created_by",
			}
		}
	}
	if o.public, err = metadata("public_metadata", nil, b.PublicMetadata); err != nil {
		return nil, err
	}
	if o.private, err = metadata("private_metadata", nil, b.PrivateMetadata); err != nil {
		return nil, err
	}
	if at := value(b.CreatedAt); !at.IsZero() {
		o.created = at
	}
	s.changes++
	s.add(o)
	o.slug = cmp.Or(slug, s.freeSlug(o.name, o.number))
	s.byID[o.id] = o
	s.emit("organization.created", s.counted(o))
	if owner != nil {
		s.join(o, owner.N, roleAdmin, nil, nil)
	}
	return gen.CreateOrganization200JSONResponse{OrganizationJSONResponse: gen.OrganizationJSONResponse(o.json(nil))}, nil
}

// freeSlug returns an unused slug of a name and, as in Clerk, a number.
func (s *server) freeSlug(name string, number int64) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	slug := strings.Join(append(words, fmt.Sprint(number)), "-")
	for s.bySlug(slug) != nil {
		slug += "-1"
	}
	return slug
}

func (s *server) GetOrganization(_ context.Context, req gen.GetOrganizationRequestObject) (gen.GetOrganizationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.bySlug(req.OrganizationID)
	if o == nil {
		var err error
		if o, err = s.organization(req.OrganizationID); err != nil {
			return nil, err
		}
	}
	return gen.GetOrganization200JSONResponse{OrganizationJSONResponse: gen.OrganizationJSONResponse(
		s.asked(o, req.Params.IncludeMembersCount, req.Params.IncludeMissingMemberWithElevatedPermissions),
	)}, nil
}

func (s *server) DeleteOrganization(_ context.Context, req gen.DeleteOrganizationRequestObject) (gen.DeleteOrganizationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.organization(req.OrganizationID)
	if err != nil {
		return nil, err
	}
	s.changes++
	s.drop(o)
	s.emit("organization.deleted", gen.DeletedObject{ID: &o.id, Object: "organization", Slug: &o.slug, Deleted: true})
	return gen.DeleteOrganization200JSONResponse{DeletedObjectJSONResponse: gen.DeletedObjectJSONResponse{
		ID: &o.id, Object: "organization", Deleted: true,
	}}, nil
}

// value returns the value of a nullable field, the zero value for null and absent.
func value[T any](n nullable.Nullable[T]) T {
	v, _ := n.Get()
	return v
}

// list returns the values of an optional list.
func list(p *[]string) []string {
	if p == nil {
		return nil
	}
	return *p
}

// orNull returns s, or null if s is "".
func orNull(s string) nullable.Nullable[string] {
	if s == "" {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(s)
}
