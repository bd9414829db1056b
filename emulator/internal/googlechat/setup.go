package googlechat

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// SetUpSpace creates a space with members, or returns the existing direct message.
func (s *server) SetUpSpace(ctx context.Context, req gen.SetUpSpaceRequestObject) (gen.SetUpSpaceResponseObject, error) {
	a, b := accessOf(ctx), req.Body
	var members []gen.CreateMembershipRequest
	if b.Memberships != nil {
		members = *b.Memberships
	}
	answer := func(sp *space) gen.SetUpSpace200JSONResponse {
		return gen.SetUpSpace200JSONResponse{SpaceJSONResponse: gen.SpaceJSONResponse(sp.answer())}
	}
	if earlier, err := s.earlier(a, b.RequestID); err != nil {
		return nil, err
	} else if earlier != nil {
		return answer(earlier), nil
	}
	if err := s.maySetUp(a, &b.Space, members); err != nil {
		return nil, err
	}
	now := s.now()
	planned := &space{creator: a.caller, data: gen.Space{SpaceType: &b.Space.SpaceType}}
	var sp *space
	if planned.is(gen.SpaceTypeDirectMessage) {
		other, err := s.otherSide(a, members)
		if err != nil {
			return nil, err
		}
		if sp = s.between(a.caller, other); sp == nil {
			sp = s.direct(a.caller, other, now)
		}
	} else {
		others, err := s.others(planned, a, members)
		if err != nil {
			return nil, err
		}
		sp = s.add(s.nextID(), a.caller, gen.Space{
			DisplayName: b.Space.DisplayName, SpaceType: &b.Space.SpaceType, SpaceDetails: b.Space.SpaceDetails,
			ExternalUserAllowed: b.Space.ExternalUserAllowed, SpaceHistoryState: b.Space.SpaceHistoryState, CreateTime: &now,
		})
		own := gen.MembershipRoleMember
		if sp.is(gen.SpaceTypeSpace) {
			own = gen.MembershipRoleManager
		}
		sp.put(a.caller, member{role: own, since: now})
		for _, k := range others {
			sp.put(k, s.addedMember(k))
		}
		s.record(sp, created, append([]key{a.caller}, others...)...)
	}
	s.remember(a, b.RequestID, sp)
	return answer(sp), nil
}

// maySetUp returns an error for a space that Google does not set up.
func (s *server) maySetUp(a *access, b *gen.CreateSpaceRequest, members []gen.CreateMembershipRequest) error {
	named := b.DisplayName != nil && *b.DisplayName != ""
	app := b.SingleUserBotDM != nil && *b.SingleUserBotDM
	direct := b.SpaceType == gen.SpaceTypeDirectMessage
	switch {
	case b.ImportMode != nil && *b.ImportMode:
		return failed(invalidArgument, "An import is not set up with members.")
	case app && !direct:
		return failed(invalidArgument, "singleUserBotDm is for a direct message.")
	case b.SpaceType == gen.SpaceTypeSpace:
		return s.mayMake(a, b, false)
	case !direct && b.SpaceType != gen.SpaceTypeGroupChat:
		return failed(invalidArgument, "The spaceType must be SPACE, GROUP_CHAT or DIRECT_MESSAGE.")
	case named:
		return failed(invalidArgument, "A group chat and a direct message have no displayName.")
	case direct && b.SpaceDetails != nil:
		return failed(invalidArgument, "A direct message has no spaceDetails.")
	case direct && app && len(members) != 0:
		return failed(invalidArgument, "A direct message with the app is set up without memberships.")
	case direct && !app && len(members) != 1:
		return failed(invalidArgument, "A direct message is set up with one membership.")
	case !direct && len(members) < 2:
		return failed(invalidArgument, "A group chat is set up with two memberships or more.")
	}
	return nil
}

// otherSide returns the other member of a direct message, the app if the request names
// none.
func (s *server) otherSide(a *access, members []gen.CreateMembershipRequest) (key, error) {
	if len(members) == 0 {
		return app, nil
	}
	chat := &space{data: gen.Space{SpaceType: httpapi.Ptr(gen.SpaceTypeGroupChat)}} // accepts people only, as a new direct message does
	k, err := s.newMember(chat, a, &members[0])
	switch {
	case err != nil:
		return key{}, err
	case k == app || k == a.caller:
		return key{}, failed(invalidArgument, "The membership of a direct message is another person's.")
	}
	return k, nil
}

// others returns the members that the caller may add, and omits the rest. An invalid
// request for one of them is an error.
func (s *server) others(sp *space, a *access, members []gen.CreateMembershipRequest) ([]key, error) {
	var all []key
	for i := range members {
		k, err := s.newMember(sp, a, &members[i])
		var refused *status
		switch {
		case errors.As(err, &refused) && refused.word != invalidArgument, err == nil && k == a.caller:
			continue
		case err != nil:
			return nil, err
		case k == app:
			return nil, failed(invalidArgument, "An app is not set up as a member.")
		}
		all = append(all, k)
	}
	return all, nil
}

// between returns the direct message of two members, nil if there is none.
func (s *server) between(a, b key) *space {
	for _, id := range s.order {
		if sp := s.spaces[id]; sp.pair == [2]key{a, b} || sp.pair == [2]key{b, a} {
			return sp
		}
	}
	return nil
}
