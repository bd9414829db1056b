package clerk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// memberOrders are the sort keys of memberships.
var memberOrders = []string{"phone_number", "email_address", "created_at", "first_name", "last_name", "username"}

func (s *server) membership(o *organization, n int64) gen.Membership {
	m, _ := o.members.Get(n)
	role := roles[m.role]
	return gen.Membership{
		ID: m.id, Object: "organization_membership", Role: m.role, RoleName: &role.name, Permissions: &role.permissions,
		PublicMetadata: new(object(m.public)), PrivateMetadata: new(object(m.private)),
		Organization: o.json(nil), PublicUserData: s.publicUserData(n),
		CreatedAt: m.joined.UnixMilli(), UpdatedAt: m.updated.UnixMilli(),
	}
}

func (s *server) publicUserData(n int64) *gen.PublicUserData {
	a, ok := s.account(n)
	if !ok {
		return nil
	}
	return &gen.PublicUserData{
		UserID: userID(n), Identifier: orNull(cmp.Or(first(a.mails), first(a.phones), a.username)),
		FirstName: orNull(a.Given), LastName: orNull(a.Family), Username: orNull(a.username),
		ImageURL: new(picture), HasImage: new(false), ProfileImageURL: orNull(picture),
		Banned: &a.banned, Deprovisioned: new(false),
	}
}

// memberships returns a page of memberships.
func (s *server) memberships(p page, rows []row) gen.MembershipPageJSONResponse {
	data := []gen.Membership{}
	for _, r := range cut(p, rows) {
		data = append(data, s.membership(r.organization, r.n))
	}
	return gen.MembershipPageJSONResponse{Data: data, TotalCount: int64(len(rows))}
}

func (s *server) ListMemberships(ctx context.Context, req gen.ListMembershipsRequestObject) (gen.ListMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by, err := orderOf(req.Params.OrderBy, memberOrders...)
	if err != nil {
		return nil, err
	}
	rows := s.rows(ctx, by, func(yield func(row)) {
		for _, o := range s.order {
			for n, m := range o.members.All() {
				yield(s.memberRow(o, n, m, by))
			}
		}
	})
	return gen.ListMemberships200JSONResponse{
		MembershipPageJSONResponse: s.memberships(pageOf(req.Params.Limit, req.Params.Offset), rows),
	}, nil
}

// memberRow returns a member's row. It looks the user up only if the sort key is a field
// of the user.
func (s *server) memberRow(o *organization, n int64, m member, by order) row {
	r := row{organization: o, n: n}
	a := &account{}
	if by.key != "created_at" {
		a, _ = s.account(n)
	}
	by.set(&r, a, m.joined)
	return r
}

func (s *server) ListOrganizationMemberships(ctx context.Context, req gen.ListOrganizationMembershipsRequestObject) (gen.ListOrganizationMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.organization(req.OrganizationID)
	if err != nil {
		return nil, err
	}
	by, err := orderOf(req.Params.OrderBy, memberOrders...)
	if err != nil {
		return nil, err
	}
	p := pageOf(req.Params.Limit, req.Params.Offset)
	f := s.filterOf(ctx)
	if by.key == "created_at" && f.all() {
		return gen.ListOrganizationMemberships200JSONResponse{MembershipPageJSONResponse: s.everybody(o, p, by.desc)}, nil
	}
	rows := s.rows(ctx, by, func(yield func(row)) {
		keep := func(n int64, m member) {
			if f.roles != nil && !slices.Contains(f.roles, m.role) {
				return
			}
			if a, known := s.account(n); known && f.keep(a) {
				yield(s.memberRow(o, n, m, by))
			}
		}
		for _, n := range f.named {
			if m, in := o.members.Get(n); in {
				keep(n, m)
			}
		}
		if f.named == nil {
			for n, m := range o.members.All() {
				keep(n, m)
			}
		}
	})
	return gen.ListOrganizationMemberships200JSONResponse{MembershipPageJSONResponse: s.memberships(p, rows)}, nil
}

// everybody returns a page of all members by creation time. Members are stored in that
// order, so it needs no sort however many there are.
func (s *server) everybody(o *organization, p page, desc bool) gen.MembershipPageJSONResponse {
	total := o.members.Len()
	from := min(p.offset, total)
	to := min(from+p.limit, total)
	if desc {
		from, to = total-to, total-from
	}
	data := make([]gen.Membership, 0, to-from)
	for n := range o.members.From(from) {
		if len(data) == to-from {
			break
		}
		data = append(data, s.membership(o, n))
	}
	if desc {
		slices.Reverse(data)
	}
	return gen.MembershipPageJSONResponse{Data: data, TotalCount: int64(total)}
}

func (s *server) ListUserMemberships(ctx context.Context, req gen.ListUserMembershipsRequestObject) (gen.ListUserMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.user(req.UserID)
	if err != nil {
		return nil, err
	}
	rows := s.rows(ctx, newestFirst, func(yield func(row)) {
		for _, o := range s.order {
			if m, in := o.members.Get(a.N); in {
				yield(s.memberRow(o, a.N, m, newestFirst))
			}
		}
	})
	return gen.ListUserMemberships200JSONResponse{
		MembershipPageJSONResponse: s.memberships(pageOf(req.Params.Limit, req.Params.Offset), rows),
	}, nil
}

// checkRole returns an error for a role outside the organization's role set. Clerk
// documents both 422 and this 404.
func checkRole(role string) error {
	if _, ok := roles[role]; !ok {
		f := notFound("the organization has no role %s", role)
		f.param = "role"
		return f
	}
	return nil
}

func (s *server) CreateMembership(_ context.Context, req gen.CreateMembershipRequestObject) (gen.CreateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	o, err := s.organization(req.OrganizationID)
	if err != nil {
		return nil, err
	}
	if err := checkRole(b.Role); err != nil {
		return nil, err
	}
	a, err := s.user(b.UserID)
	if err != nil {
		return nil, err
	}
	if _, in := o.members.Get(a.N); in {
		return nil, alreadyMember(b.UserID)
	}
	public, err := metadata("public_metadata", nil, b.PublicMetadata)
	if err != nil {
		return nil, err
	}
	private, err := metadata("private_metadata", nil, b.PrivateMetadata)
	if err != nil {
		return nil, err
	}
	if err := o.full(1, s.now()); err != nil {
		return nil, err
	}
	s.join(o, a.N, b.Role, public, private)
	return gen.CreateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(o, a.N))}, nil
}

// join adds a user as a member.
func (s *server) join(o *organization, n int64, role string, public, private []byte) {
	s.changes++
	s.made++
	now := s.now()
	o.put(n, member{id: membershipID(0, s.made), role: role, public: public, private: private, joined: now, updated: now})
	s.emitMembership("created", o, s.membership(o, n))
}

// find returns the organization and the member that a path names.
func (s *server) find(organizationID, id string) (*organization, int64, member, error) {
	o, err := s.organization(organizationID)
	if err != nil {
		return nil, 0, member{}, err
	}
	n, ok := userNumber(id)
	m, in := o.members.Get(n)
	if !ok || !in {
		return nil, 0, member{}, notFound("%s is not a member of the organization", id)
	}
	return o, n, m, nil
}

// mayStepDown returns an error if the member is the organization's last administrator.
func mayStepDown(o *organization, m member) error {
	if m.role != roleAdmin || o.admins > 1 {
		return nil
	}
	return &failure{
		status: http.StatusBadRequest, code: "organization_minimum_permissions_needed",
		short: "minimum organization permissions needed", message: "the organization needs another administrator first",
	}
}

func (s *server) UpdateMembership(_ context.Context, req gen.UpdateMembershipRequestObject) (gen.UpdateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, n, m, err := s.find(req.OrganizationID, req.UserID)
	if err != nil {
		return nil, err
	}
	if err := checkRole(req.Body.Role); err != nil {
		return nil, err
	}
	if req.Body.Role != roleAdmin {
		if err := mayStepDown(o, m); err != nil {
			return nil, err
		}
	}
	m.role = req.Body.Role
	s.change(o, n, m)
	return gen.UpdateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(o, n))}, nil
}

func (s *server) change(o *organization, n int64, m member) {
	s.changes++
	m.updated = s.now()
	o.put(n, m)
	s.emitMembership("updated", o, s.membership(o, n))
}

func (s *server) UpdateMembershipMetadata(_ context.Context, req gen.UpdateMembershipMetadataRequestObject) (gen.UpdateMembershipMetadataResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, n, m, err := s.find(req.OrganizationID, req.UserID)
	if err != nil {
		return nil, err
	}
	if req.Body != nil {
		if m.public, err = metadata("public_metadata", m.public, req.Body.PublicMetadata); err != nil {
			return nil, err
		}
		if m.private, err = metadata("private_metadata", m.private, req.Body.PrivateMetadata); err != nil {
			return nil, err
		}
		s.change(o, n, m)
	}
	return gen.UpdateMembershipMetadata200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(o, n))}, nil
}

func (s *server) DeleteMembership(_ context.Context, req gen.DeleteMembershipRequestObject) (gen.DeleteMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, n, m, err := s.find(req.OrganizationID, req.UserID)
	if err != nil {
		return nil, err
	}
	if err := mayStepDown(o, m); err != nil {
		return nil, err
	}
	was := s.membership(o, n)
	s.changes++
	o.remove(n)
	s.emitMembership("deleted", o, was)
	return gen.DeleteMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(was)}, nil
}
