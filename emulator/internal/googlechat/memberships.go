package googlechat

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// membership returns a member as a caller sees it. A user's token shows the names and
// addresses of joined members; an app's token shows all names and no address.
func (s *server) membership(a *access, sp *space, k key, m member) gen.Membership {
	out := gen.Membership{
		Name: "spaces/" + sp.id + "/members/" + k.id(), State: httpapi.Ptr(gen.MembershipStateJoined),
		Role: httpapi.Ptr(m.role), CreateTime: &m.since,
	}
	if m.invited {
		out.State = httpapi.Ptr(gen.MembershipStateInvited)
	}
	switch {
	case k.group != "":
		out.GroupMember = &gen.Group{Name: "groups/" + k.group}
		return out
	case k == app:
		out.Member = &gen.User{Name: "users/" + k.id(), DisplayName: httpapi.Ptr("Emulated app"), Type: httpapi.Ptr(gen.UserTypeBot)}
		return out
	}
	out.Member = &gen.User{Name: "users/" + k.id(), Type: httpapi.Ptr(gen.UserTypeHuman)}
	if k.anonymous() {
		out.Member.IsAnonymous = httpapi.Ptr(true)
		return out
	}
	p, _ := s.people.Get(k.user)
	out.Affiliation = httpapi.Ptr(gen.AffiliationInternal)
	if outside(k.user) {
		out.Affiliation = httpapi.Ptr(gen.AffiliationExternal)
	}
	if a.isApp() || !m.invited {
		out.Member.DisplayName = httpapi.Ptr(p.Name())
	}
	if !a.isApp() && !m.invited {
		out.Member.Email = httpapi.Ptr(p.Mail)
	}
	return out
}

// gone returns the membership of a removed member.
func (s *server) gone(a *access, sp *space, k key, m member, at time.Time) gen.Membership {
	out := s.membership(a, sp, k, m)
	out.State, out.Role, out.DeleteTime = httpapi.Ptr(gen.MembershipStateNotAMember), nil, &at
	return out
}

func answer(m gen.Membership) gen.MembershipJSONResponse { return gen.MembershipJSONResponse(m) }

// ListMemberships examines one page of members and omits members that do not match the
// filter. Any page may be short or empty.
func (s *server) ListMemberships(ctx context.Context, req gen.ListMembershipsRequestObject) (gen.ListMembershipsResponseObject, error) {
	sp, a, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	if err := a.reaches(sp, false); err != nil {
		return nil, err
	}
	p := req.Params
	invited, groups := p.ShowInvited != nil && *p.ShowInvited, p.ShowGroups != nil && *p.ShowGroups
	if a.isApp() && (invited || groups) {
		return nil, failed(permissionDenied, "Invitations and groups are listed with user authentication only.")
	}
	var keep *filter
	if p.Filter != nil {
		if keep, err = membershipGrammar.parse(*p.Filter); err != nil {
			return nil, err
		}
	}
	if a.admin && (keep == nil || !keep.humansOnly()) {
		return nil, failed(invalidArgument, `With useAdminAccess the filter must demand member.type = "HUMAN" or member.type != "BOT".`)
	}
	pg, err := pageOf(ctx, p.PageSize, p.PageToken)
	if err != nil {
		return nil, err
	}
	var items []gen.Membership
	end := pg.start
	for k, m := range sp.members.From(pg.start) {
		if end == pg.start+pg.size {
			break
		}
		end++
		if m.invited && !invited || k.group != "" && !groups || k == app && a.isApp() {
			continue
		}
		if keep == nil || keep.match(func(field string) string { return property(k, m, field) }) {
			items = append(items, s.membership(a, sp, k, m))
		}
	}
	return gen.ListMemberships200JSONResponse{
		Memberships: optional(items), NextPageToken: pg.next(end, sp.members.Len()),
	}, nil
}

// property returns the value of a filter's field.
func property(k key, m member, field string) string {
	switch {
	case field == "role":
		return string(m.role)
	case k.group != "":
		return ""
	case k == app:
		return string(gen.UserTypeBot)
	}
	return string(gen.UserTypeHuman)
}

// CreateMembership returns the existing membership if there is one. It ignores a role in
// the request.
func (s *server) CreateMembership(ctx context.Context, req gen.CreateMembershipRequestObject) (gen.CreateMembershipResponseObject, error) {
	sp, a, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	if err := a.reaches(sp, req.Body.Member != nil && req.Body.Member.Name == "users/app"); err != nil {
		return nil, err
	}
	k, err := s.newMember(sp, a, req.Body)
	if err != nil {
		return nil, err
	}
	m, in := sp.members.Get(k)
	if in && sp.conflicts {
		return nil, failed(alreadyExists, "The membership exists already.")
	}
	if !in {
		m = s.addedMember(k)
		if sp.importing() && req.Body.CreateTime != nil {
			m.since = *req.Body.CreateTime
		}
		if sp.importing() && req.Body.DeleteTime != nil { // a historical member
			return gen.CreateMembership200JSONResponse{MembershipJSONResponse: answer(s.gone(a, sp, k, m, *req.Body.DeleteTime))}, nil
		}
		sp.put(k, m)
		s.record(sp, created, k)
	}
	return gen.CreateMembership200JSONResponse{MembershipJSONResponse: answer(s.membership(a, sp, k, m))}, nil
}

// addedMember returns the membership of a new member.
func (s *server) addedMember(k key) member {
	m := member{since: s.now(), invited: outside(k.user) || s.asksFirst(k)}
	if k.group == "" && !outside(k.user) {
		m.role = gen.MembershipRoleMember
	}
	return m
}

// chatOff reports whether Google Chat is disabled for a member.
func (s *server) chatOff(k key) bool {
	p, ok := s.people.Get(k.user)
	return ok && k.group == "" && p.ChatOff
}

// asksFirst reports whether a member does not accept invitations automatically.
func (s *server) asksFirst(k key) bool {
	p, ok := s.people.Get(k.user)
	return ok && k.group == "" && p.AsksFirst
}

// newMember returns the member that a request adds, or an error if the space does not
// accept it.
func (s *server) newMember(sp *space, a *access, b *gen.CreateMembershipRequest) (key, error) {
	switch {
	case b.GroupMember != nil && b.Member != nil:
		return key{}, failed(invalidArgument, "A membership has a member or a groupMember.")
	case b.GroupMember != nil:
		return newGroup(sp, a, b.GroupMember.Name)
	case b.Member == nil:
		return key{}, failed(invalidArgument, "A membership needs a member or a groupMember.")
	}
	id, ok := strings.CutPrefix(b.Member.Name, "users/")
	k, known := s.member(id)
	bot := b.Member.Type != nil && *b.Member.Type == gen.UserTypeBot
	switch {
	case !ok || id == "" || strings.Contains(id, "/") || k.group != "":
		return key{}, failed(invalidArgument, "Missing or malformed user resource name in the request. "+
			"Human user resource name must follow this format: users/{user}. App user resource name must be set as users/app.")
	case k == app:
		if a.isApp() || a.admin {
			return key{}, failed(permissionDenied, "An app is added with user authentication only.")
		}
		return app, nil
	case bot:
		return key{}, failed(permissionDenied, "An app other than the calling one cannot be added.")
	case sp.is(gen.SpaceTypeDirectMessage):
		return key{}, failed(invalidArgument, "People cannot be added to a direct message.")
	}
	if known {
		_, known = s.people.Get(k.user)
	}
	if !known && !strings.Contains(id, "@") {
		return key{}, notFound()
	}
	if (!known || outside(k.user)) && (a.isApp() || a.admin) {
		return key{}, failed(permissionDenied, "People of other organizations are invited with user authentication only.")
	}
	if known && s.chatOff(k) {
		return key{}, preconditionFailed()
	}
	if !known {
		k = key{user: s.people.Create(seed.Person{Given: id, Mail: strings.ToLower(id)}).N}
	}
	return k, nil
}

func newGroup(sp *space, a *access, name string) (key, error) {
	id, ok := strings.CutPrefix(name, "groups/")
	switch {
	case !ok || id == "" || strings.ContainsAny(id, "/@"):
		return key{}, failed(invalidArgument, "A group's name must follow this format: groups/{group}, with the group's id.")
	case a.isApp():
		return key{}, failed(permissionDenied, "A group is added with user authentication only.")
	case !sp.is(gen.SpaceTypeSpace):
		return key{}, failed(invalidArgument, "A group can be added to a named space only.")
	}
	return key{group: id}, nil
}

// find returns the member that a name identifies.
func (s *server) find(ctx context.Context, spaceID, memberID string) (*space, *access, key, member, error) {
	none := func(err error) (*space, *access, key, member, error) { return nil, nil, key{}, member{}, err }
	sp, a, err := s.open(ctx, spaceID)
	if err != nil {
		return none(err)
	}
	k, known := s.member(memberID)
	if err := a.reaches(sp, k == app); err != nil {
		return none(err)
	}
	m, in := sp.members.Get(k)
	switch {
	case !known || !in:
		return none(notFound())
	case a.admin && k == app:
		return none(failed(permissionDenied, "Memberships of apps are out of reach for useAdminAccess."))
	case a.isApp() && k.group != "":
		return none(failed(permissionDenied, "Memberships of groups are reached with user authentication only."))
	}
	return sp, a, k, m, nil
}

func (s *server) GetMembership(ctx context.Context, req gen.GetMembershipRequestObject) (gen.GetMembershipResponseObject, error) {
	sp, a, k, m, err := s.find(ctx, req.Space, req.Member)
	if err != nil {
		return nil, err
	}
	return gen.GetMembership200JSONResponse{MembershipJSONResponse: answer(s.membership(a, sp, k, m))}, nil
}

func (s *server) UpdateMembership(ctx context.Context, req gen.UpdateMembershipRequestObject) (gen.UpdateMembershipResponseObject, error) {
	for field := range strings.SplitSeq(req.Params.UpdateMask, ",") {
		if field != "role" && field != "*" {
			return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "query", Param: "updateMask", Detail: "role alone can be updated"}
		}
	}
	sp, a, k, m, err := s.find(ctx, req.Space, req.Member)
	if err != nil {
		return nil, err
	}
	role := req.Body.Role
	switch {
	case role == gen.MembershipRoleUnspecified:
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "body", Param: "role", Detail: "the role must be specified"}
	case !sp.is(gen.SpaceTypeSpace):
		return nil, failed(invalidArgument, "Roles can be changed in named spaces only.")
	case k == app || k.group != "" || m.invited:
		return nil, failed(invalidArgument, "Only people who have joined have a role that can be changed.")
	case !mayPromote(sp, a, m.role, role):
		return nil, failed(permissionDenied, "The caller may not change this role.")
	}
	if m.role != role {
		m.role = role
		sp.put(k, m)
		s.record(sp, updated, k)
	}
	return gen.UpdateMembership200JSONResponse{MembershipJSONResponse: answer(s.membership(a, sp, k, m))}, nil
}

// mayPromote reports whether the caller may change a role. A manager may change any, an
// assistant manager those below a manager, an app all roles in a space that it created.
func mayPromote(sp *space, a *access, from, to gen.MembershipRole) bool {
	switch own, _ := sp.members.Get(a.caller); {
	case a.admin, own.role == gen.MembershipRoleManager:
		return true
	case a.isApp():
		return sp.creator == app
	case own.role == gen.MembershipRoleAssistantManager:
		return from != gen.MembershipRoleManager && to != gen.MembershipRoleManager
	}
	return sp.importing()
}

func (s *server) DeleteMembership(ctx context.Context, req gen.DeleteMembershipRequestObject) (gen.DeleteMembershipResponseObject, error) {
	sp, a, k, m, err := s.find(ctx, req.Space, req.Member)
	if err != nil {
		return nil, err
	}
	own, _ := sp.members.Get(a.caller)
	made := sp.creator == a.caller && a.isApp()
	switch {
	case a.isApp() && k == app:
		return nil, failed(permissionDenied, "An app is removed with user authentication only.")
	case sp.is(gen.SpaceTypeDirectMessage) && k != app, sp.data.SingleUserBotDM != nil:
		return nil, failed(invalidArgument, "Nobody can be removed from a direct message.")
	case m.role == gen.MembershipRoleManager && !a.admin && !made && own.role != gen.MembershipRoleManager:
		return nil, failed(permissionDenied, "A manager is removed by a manager only.")
	}
	sp.remove(k)
	s.record(sp, deleted, k)
	s.suspend(sp, &k, gen.SuspensionReasonUserAuthorizationFailure)
	return gen.DeleteMembership200JSONResponse{MembershipJSONResponse: answer(s.gone(a, sp, k, m, s.now()))}, nil
}
