package googlechat

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// ListSpaces omits spaces in import mode, and direct messages and group chats without a
// message.
func (s *server) ListSpaces(ctx context.Context, req gen.ListSpacesRequestObject) (gen.ListSpacesResponseObject, error) {
	p, a := req.Params, accessOf(ctx)
	var keep *filter
	if p.Filter != nil {
		var err error
		if keep, err = spaceGrammar.parse(*p.Filter); err != nil {
			return nil, err
		}
	}
	pg, err := pageOf(ctx, p.PageSize, p.PageToken)
	if err != nil {
		return nil, err
	}
	var all []gen.Space
	for _, id := range s.order {
		sp := s.spaces[id]
		m, in := sp.members.Get(a.caller)
		if !in || m.invited || !sp.is(gen.SpaceTypeSpace) || sp.importing() {
			continue
		}
		if keep == nil || keep.match(func(string) string { return string(*sp.data.SpaceType) }) {
			all = append(all, sp.answer())
		}
	}
	from := min(pg.start, len(all))
	to := min(from+pg.size, len(all))
	return gen.ListSpaces200JSONResponse{Spaces: optional(all[from:to]), NextPageToken: pg.next(to, len(all))}, nil
}

func (s *server) GetSpace(ctx context.Context, req gen.GetSpaceRequestObject) (gen.GetSpaceResponseObject, error) {
	sp, _, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	return gen.GetSpace200JSONResponse{SpaceJSONResponse: gen.SpaceJSONResponse(sp.answer())}, nil
}

func (s *server) FindDirectMessage(ctx context.Context, req gen.FindDirectMessageRequestObject) (gen.FindDirectMessageResponseObject, error) {
	a := accessOf(ctx)
	id, ok := strings.CutPrefix(req.Params.Name, "users/")
	k, known := s.member(id)
	switch {
	case !ok || id == "" || k.group != "":
		return nil, failed(invalidArgument, "A user's name must follow this format: users/{user}.")
	case a.isApp() && strings.Contains(id, "@"):
		return nil, failed(invalidArgument, "An address stands for a user with user authentication only.")
	case !known || k == a.caller:
		return nil, notFound()
	}
	if sp := s.between(a.caller, k); sp != nil {
		return gen.FindDirectMessage200JSONResponse{SpaceJSONResponse: gen.SpaceJSONResponse(sp.answer())}, nil
	}
	return nil, notFound()
}

// CreateSpace returns the existing space for a known request id.
func (s *server) CreateSpace(ctx context.Context, req gen.CreateSpaceRequestObject) (gen.CreateSpaceResponseObject, error) {
	a, b := accessOf(ctx), req.Body
	imports := b.ImportMode != nil && *b.ImportMode
	if imports && !a.imports || !imports && a.only {
		return nil, scopeInsufficient()
	}
	if earlier, err := s.earlier(a, req.Params.RequestID); err != nil {
		return nil, err
	} else if earlier != nil {
		return madeSpace(earlier), nil
	}
	if err := s.mayMake(a, b, imports); err != nil {
		return nil, err
	}
	now := s.now()
	data := gen.Space{
		DisplayName: b.DisplayName, SpaceType: &b.SpaceType, SpaceDetails: b.SpaceDetails,
		ExternalUserAllowed: b.ExternalUserAllowed, SpaceHistoryState: b.SpaceHistoryState, ImportMode: b.ImportMode, CreateTime: &now,
	}
	if imports && b.CreateTime != nil {
		data.CreateTime = b.CreateTime
	}
	if settings := b.AccessSettings; settings != nil {
		settings.AccessState = httpapi.Ptr(gen.AccessStatePrivate)
		if settings.Audience != nil && *settings.Audience != "" {
			settings.AccessState = httpapi.Ptr(gen.AccessStateDiscoverable)
		}
		data.AccessSettings = settings
	}
	sp := s.add(s.nextID(), a.caller, data)
	switch {
	case imports: // an import starts without members
	case a.isApp():
		sp.put(app, member{role: gen.MembershipRoleMember, since: now})
	default:
		sp.put(a.caller, member{role: gen.MembershipRoleManager, since: now})
	}
	s.record(sp, created, a.caller)
	s.remember(a, req.Params.RequestID, sp)
	return madeSpace(sp), nil
}

// earlier returns the space that a request id created, nil if there is none.
func (s *server) earlier(a *access, id *string) (*space, error) {
	if id == nil {
		return nil, nil
	}
	r, ok := s.requests[*id]
	switch {
	case !ok:
		return nil, nil
	case r.caller != a.caller:
		return nil, failed(invalidArgument, "The requestId is another caller's.")
	}
	return s.spaces[r.space], nil
}

func (s *server) remember(a *access, id *string, sp *space) {
	if id != nil {
		s.requests[*id] = request{caller: a.caller, space: sp.id}
	}
}

func madeSpace(sp *space) gen.CreateSpace200JSONResponse {
	return gen.CreateSpace200JSONResponse{SpaceJSONResponse: gen.SpaceJSONResponse(sp.answer())}
}

// mayMake returns an error for a space that Google does not create, such as one with a
// used name.
func (s *server) mayMake(a *access, b *gen.CreateSpaceRequest, imports bool) error {
	named := b.SpaceType == gen.SpaceTypeSpace
	name := ""
	if b.DisplayName != nil {
		name = strings.TrimSpace(*b.DisplayName)
	}
	hasCustomer := b.Customer != nil && *b.Customer != ""
	switch {
	case !named && (b.SpaceType != gen.SpaceTypeGroupChat || !imports):
		return failed(invalidArgument, "A space is of type SPACE or, in import mode, GROUP_CHAT.")
	case named && name == "":
		return failed(invalidArgument, "A space of type SPACE needs a displayName.")
	case hasCustomer != (named && a.isApp()):
		return failed(invalidArgument, "The customer is given with app authentication, and only then.")
	}
	for _, sp := range s.spaces {
		if named && sp.is(gen.SpaceTypeSpace) && *sp.data.DisplayName == *b.DisplayName {
			return failed(alreadyExists, "A space with this displayName exists already.")
		}
	}
	return nil
}

// nextID returns an unused id. The state file may have set some ids.
func (s *server) nextID() string {
	for {
		s.made++
		if id := spaceID(s.made); s.spaces[id] == nil {
			return id
		}
	}
}

func (s *server) DeleteSpace(ctx context.Context, req gen.DeleteSpaceRequestObject) (gen.DeleteSpaceResponseObject, error) {
	sp, a, err := s.open(ctx, req.Space)
	if err != nil {
		return nil, err
	}
	if err := a.reaches(sp, false); err != nil {
		return nil, err
	}
	own, _ := sp.members.Get(a.caller)
	made := sp.creator == a.caller && (a.isApp() || sp.importing())
	switch {
	case !sp.is(gen.SpaceTypeSpace) && !sp.importing():
		return nil, failed(invalidArgument, "Only a named space can be deleted.")
	case !a.admin && !made && own.role != gen.MembershipRoleManager:
		return nil, failed(permissionDenied, "A space is deleted by a manager, or by the app that made it.")
	}
	s.suspend(sp, nil, gen.SuspensionReasonResourceDeleted)
	delete(s.spaces, sp.id)
	s.order = slices.DeleteFunc(s.order, func(id string) bool { return id == sp.id })
	maps.DeleteFunc(s.requests, func(_ string, r request) bool { return r.space == sp.id })
	return gen.DeleteSpace200JSONResponse{}, nil
}
