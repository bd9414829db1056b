package box

import (
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/oapi-codegen/nullable"

	gen "github.com/memberships-go/memberships/generated/box/server"
)

// permissionNames are the configurable permissions of a group's admin.
var permissionNames = [...]string{"can_create_accounts", "can_edit_accounts", "can_instant_login", "can_run_reports"}

// permissions are the values of permissionNames, in that order.
type permissions [len(permissionNames)]bool

var allPermissions = permissions{true, true, true, true}

// configured returns p with a request's permissions applied. An absent value changes
// nothing, null disables all, and a map sets the named permissions and enables the
// others.
func (p permissions) configured(v nullable.Nullable[map[string]bool]) permissions {
	switch {
	case !v.IsSpecified():
		return p
	case v.IsNull():
		return permissions{}
	}
	named, set := v.MustGet(), allPermissions
	for i, name := range permissionNames {
		if on, ok := named[name]; ok {
			set[i] = on
		}
	}
	return set
}

func (p permissions) byName() map[string]bool {
	out := map[string]bool{}
	for i, name := range permissionNames {
		out[name] = p[i]
	}
	return out
}

func membershipID(g *group, n int64, m member) string {
	if m.id != 0 {
		return strconv.FormatInt(m.id, 10)
	}
	return strconv.FormatInt(g.serial*perGroup+n, 10)
}

// entry returns a membership as a list shows it.
func (s *server) entry(g *group, n int64, m member) gen.Membership {
	p, _ := s.people.Get(n)
	name, role := p.Name(), gen.MembershipRoleMember
	if m.admin {
		role = gen.MembershipRoleAdmin
	}
	return gen.Membership{
		ID: membershipID(g, n, m), Type: "group_membership", Role: &role,
		User:  &gen.UserMini{ID: userID(n), Type: "user", Name: &name, Login: &p.Mail},
		Group: &gen.GroupMini{ID: g.data.ID, Type: "group", Name: g.data.Name, GroupType: g.data.GroupType},
	}
}

// membership returns a membership with the requested fields.
func (s *server) membership(g *group, n int64, fields *gen.Fields) (gen.MembershipJSONResponse, error) {
	m, _ := g.members.Get(n)
	out := s.entry(g, n, m)
	out.ConfigurablePermissions.SetNull()
	if m.admin {
		out.ConfigurablePermissions.Set(m.permissions.byName())
	}
	joined, changed := date(m.joined), date(m.changed)
	out.CreatedAt, out.ModifiedAt = &joined, &changed
	out, err := pick(out, fields)
	return gen.MembershipJSONResponse(out), err
}

func (s *server) ListGroupMembers(ctx context.Context, req gen.ListGroupMembersRequestObject) (gen.ListGroupMembersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(ctx, req.GroupID)
	if err != nil {
		return nil, err
	}
	if err := s.maySee(ctx, g); err != nil {
		return nil, err
	}
	w, err := windowOf(req.Params.Limit, req.Params.Offset)
	if err != nil {
		return nil, err
	}
	entries, total := s.entriesOf(g, w), int64(g.members.Len()+g.hidden)
	return gen.ListGroupMembers200JSONResponse{MembershipPageJSONResponse: membershipPage(w, entries, total)}, nil
}

func (s *server) ListUserGroups(ctx context.Context, req gen.ListUserGroupsRequestObject) (gen.ListUserGroupsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := scoped(ctx, manageGroups); err != nil {
		return nil, err
	}
	p, err := s.user(ctx, req.UserID)
	if err != nil {
		return nil, err
	}
	if n := s.caller(ctx); n != p.N && !s.isAdmin(n) {
		return nil, refuse(http.StatusForbidden)
	}
	w, err := windowOf(req.Params.Limit, req.Params.Offset)
	if err != nil {
		return nil, err
	}
	places, total := cut(w, s.groupsOf(p.N))
	entries := []gen.Membership{}
	for _, g := range places {
		if m, _ := g.members.Get(p.N); !m.hidden {
			entries = append(entries, s.entry(g, p.N, m))
		}
	}
	return gen.ListUserGroups200JSONResponse{MembershipPageJSONResponse: membershipPage(w, entries, total)}, nil
}

func (s *server) groupsOf(n int64) iter.Seq[*group] {
	return func(yield func(*group) bool) {
		for _, g := range s.order {
			if _, in := g.members.Get(n); in && !yield(g) {
				return
			}
		}
	}
}

func membershipPage(w window, entries []gen.Membership, total int64) gen.MembershipPageJSONResponse {
	return gen.MembershipPageJSONResponse{TotalCount: &total, Limit: &w.limit, Offset: &w.offset, Entries: entries}
}

func (s *server) CreateMembership(ctx context.Context, req gen.CreateMembershipRequestObject) (gen.CreateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	g, err := s.group(ctx, b.Group.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.user(ctx, b.User.ID)
	if err != nil {
		return nil, err
	}
	if err := s.mayManage(ctx, g); err != nil {
		return nil, err
	}
	if _, in := g.members.Get(p.N); in {
		return nil, refuse(http.StatusConflict)
	}
	s.joined++
	now := s.now()
	m := member{id: firstAdded + s.joined, joined: now, changed: now}
	if b.Role != nil && *b.Role == gen.MembershipRoleAdmin {
		m.admin, m.permissions = true, allPermissions.configured(b.ConfigurablePermissions)
	}
	g.members.Put(p.N, m)
	s.added[m.id] = place{g.serial, p.N}
	s.record(ctx, "GROUP_ADD_USER", &p, g)
	if m.admin {
		s.record(ctx, "GROUP_ADMIN_CREATED", &p, g)
	}
	out, err := s.membership(g, p.N, req.Params.Fields)
	return gen.CreateMembership201JSONResponse{MembershipJSONResponse: out}, err
}

// find returns the group, the user and the member of a membership's id. Callers who may
// not manage the group get an error.
func (s *server) find(ctx context.Context, id string) (*group, int64, member, error) {
	none := func(err error) (*group, int64, member, error) { return nil, 0, member{}, err }
	if err := scoped(ctx, manageGroups); err != nil {
		return none(err)
	}
	v, ok := digits(id)
	at := place{v / perGroup, v % perGroup}
	if v < perGroup {
		at = s.added[v]
	}
	g := s.bySerial[at.serial]
	if !ok || g == nil {
		return none(noSuch("group_membership", id))
	}
	m, in := g.members.Get(at.user)
	if !in || membershipID(g, at.user, m) != id {
		return none(noSuch("group_membership", id))
	}
	if err := s.mayManage(ctx, g); err != nil {
		return none(err)
	}
	return g, at.user, m, nil
}

func (s *server) GetMembership(ctx context.Context, req gen.GetMembershipRequestObject) (gen.GetMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, n, _, err := s.find(ctx, req.GroupMembershipID)
	if err != nil {
		return nil, err
	}
	out, err := s.membership(g, n, req.Params.Fields)
	return gen.GetMembership200JSONResponse{MembershipJSONResponse: out}, err
}

func (s *server) UpdateMembership(ctx context.Context, req gen.UpdateMembershipRequestObject) (gen.UpdateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, n, m, err := s.find(ctx, req.GroupMembershipID)
	if err != nil {
		return nil, err
	}
	was := m
	if b := req.Body; b != nil {
		if b.Role != nil {
			admin := *b.Role == gen.MembershipRoleAdmin
			if admin && !m.admin {
				m.permissions = allPermissions
			}
			m.admin = admin
		}
		if m.admin {
			m.permissions = m.permissions.configured(b.ConfigurablePermissions)
		}
		m.changed = s.now()
		g.members.Put(n, m)
	}
	p, _ := s.people.Get(n)
	switch {
	case m.admin && !was.admin:
		s.record(ctx, "GROUP_ADMIN_CREATED", &p, g)
	case !m.admin && was.admin:
		s.record(ctx, "GROUP_ADMIN_DELETED", &p, g)
	case m.admin && m.permissions != was.permissions:
		s.record(ctx, "GROUP_ADMIN_PERMISSIONS_UPDATED", &p, g)
	}
	out, err := s.membership(g, n, req.Params.Fields)
	return gen.UpdateMembership200JSONResponse{MembershipJSONResponse: out}, err
}

func (s *server) DeleteMembership(ctx context.Context, req gen.DeleteMembershipRequestObject) (gen.DeleteMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, n, _, err := s.find(ctx, req.GroupMembershipID)
	if err != nil {
		return nil, err
	}
	p, _ := s.people.Get(n)
	s.leave(g, n)
	s.record(ctx, "GROUP_REMOVE_USER", &p, g)
	return gen.DeleteMembership204Response{}, nil
}

func (s *server) leave(g *group, n int64) {
	m, _ := g.members.Get(n)
	delete(s.added, m.id)
	g.members.Delete(n)
}
