package googlechat

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Space is a named space, a group chat or a direct message.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Space].
type Space = gen.Space

// SpaceType is [SpaceTypeSpace] and the like.
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.SpaceType].
type SpaceType = gen.SpaceType

// SpaceDetails says what a space is for.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.SpaceDetails].
type SpaceDetails = gen.SpaceDetails

// AccessSettings says who may find and join a space.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.AccessSettings].
type AccessSettings = gen.AccessSettings

// HistoryState says whether messages are kept: [HistoryOn] or [HistoryOff].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.HistoryState].
type HistoryState = gen.HistoryState

// PredefinedPermissionSettings says who may post in a new space: [CollaborationSpace]
// or [AnnouncementSpace].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.PredefinedPermissionSettings].
type PredefinedPermissionSettings = gen.PredefinedPermissionSettings

// Types and settings of spaces. Other values may come and are kept as they are.
const (
	SpaceTypeSpace         = gen.SpaceTypeSpace
	SpaceTypeGroupChat     = gen.SpaceTypeGroupChat
	SpaceTypeDirectMessage = gen.SpaceTypeDirectMessage
	HistoryOn              = gen.HistoryStateOn
	HistoryOff             = gen.HistoryStateOff
	CollaborationSpace     = gen.PredefinedPermissionSettingsCollaborationSpace
	AnnouncementSpace      = gen.PredefinedPermissionSettingsAnnouncementSpace
)

// ListSpacesParams filters a list of spaces; see [SpaceTypeFilter].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.ListSpacesParams].
type ListSpacesParams = gen.ListSpacesParams

// GetSpaceParams says with whose rights to read.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.GetSpaceParams].
type GetSpaceParams = gen.GetSpaceParams

// CreateSpaceRequest describes the space to make.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateSpaceRequest].
type CreateSpaceRequest = gen.CreateSpaceRequest

// CreateSpaceParams holds the id that makes it safe to ask again.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateSpaceParams].
type CreateSpaceParams = gen.CreateSpaceParams

// SetUpSpaceRequest describes the space to make, and who is in it beside the caller.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.SetUpSpaceRequest].
type SetUpSpaceRequest = gen.SetUpSpaceRequest

// DeleteSpaceParams says with whose rights to delete a space.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.DeleteSpaceParams].
type DeleteSpaceParams = gen.DeleteSpaceParams

// SpacesService looks spaces up, makes and deletes them.
type SpacesService struct{ c *client.Client }

func spaceKey(s *Space) string { return s.Name }

// List yields the caller's spaces. Group chats and direct messages are missing until
// their first message. Google Chat: GET /spaces.
func (s *SpacesService) List(ctx context.Context, p ListSpacesParams, opts ...option.Option) iter.Seq2[*Space, error] {
	return s.list(p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *SpacesService) ListPage(ctx context.Context, p ListSpacesParams, token string, opts ...option.Option) (*memberships.Page[*Space], error) {
	return s.list(p, opts).Page(ctx, token)
}

func (s *SpacesService) list(p ListSpacesParams, opts []option.Option) *paging.List[Space] {
	return client.List(s.c, listing(client.Call{
		Name:     "Spaces.List",
		Endpoint: gen.ListSpaces(p),
		Opts:     opts,
	}, "spaces", func(p *gen.SpacePage) page[Space] { return page[Space]{p.Spaces, p.NextPageToken, p.Error} }, spaceKey))
}

// Get returns one space. Google Chat: GET /spaces/{space}.
func (s *SpacesService) Get(ctx context.Context, space string, p GetSpaceParams, opts ...option.Option) (*Space, error) {
	of := spaceOf(space)
	return client.One(ctx, s.c, client.Call{
		Name:     "Spaces.Get",
		Check:    of.check,
		Endpoint: gen.GetSpace(of.id(0), p),
		Opts:     opts,
	}, spaceKey)
}

// FindDirectMessage returns the direct message between the caller and a user, who is
// given by id, as users/{id} or, with a user's token, by address. None yet is
// memberships.ErrNotFound. Google Chat: GET /spaces:findDirectMessage.
func (s *SpacesService) FindDirectMessage(ctx context.Context, user string, opts ...option.Option) (*Space, error) {
	p := gen.FindDirectMessageParams{Name: userName(user)}
	return client.One(ctx, s.c, client.Call{
		Name:  "Spaces.FindDirectMessage",
		Named: true, // the person
		Check: func() error {
			_, err := checkName("user", p.Name, "users/{user}")
			return err
		},
		Endpoint: gen.FindDirectMessage(p),
		Opts:     opts,
	}, spaceKey)
}

// Create makes a space with the caller as its first member; a space that is being
// imported has none. A name that the organization uses already may be
// memberships.ErrAlreadyExists.
//
// With p.RequestID, which makes no second space, a request whose answer is lost is sent
// again. Without it such a call is memberships.ErrOutcomeUnknown: a name does not tell
// one's own space from another's. Google Chat: POST /spaces.
func (s *SpacesService) Create(ctx context.Context, r CreateSpaceRequest, p CreateSpaceParams, opts ...option.Option) (*Space, error) {
	return client.One(ctx, s.c, client.Call{
		Name: "Spaces.Create",
		Check: func() error {
			switch {
			case r.SpaceType == "":
				return errors.New("SpaceType is empty")
			case r.SpaceType == SpaceTypeSpace && r.DisplayName == "":
				return errors.New("DisplayName is empty")
			}
			return nil
		},
		Endpoint:  gen.CreateSpace(p, r),
		Opts:      opts,
		Duplicate: mergedIf(p.RequestID != nil),
	}, spaceKey)
}

// SetUp makes a space with members, or a direct message; one that is there already is
// the answer. Members whom the caller may not add are left out silently, so who is in the
// space is for Memberships.ListBySpace to say.
//
// With r.RequestID, and for a direct message, a request whose answer is lost is sent
// again. Without it such a call is memberships.ErrOutcomeUnknown.
// Google Chat: POST /spaces:setup.
func (s *SpacesService) SetUp(ctx context.Context, r SetUpSpaceRequest, opts ...option.Option) (*Space, error) {
	return client.One(ctx, s.c, client.Call{
		Name: "Spaces.SetUp",
		Check: func() error {
			switch {
			case r.Space.SpaceType == "":
				return errors.New("Space.SpaceType is empty")
			case r.Space.SpaceType == SpaceTypeSpace && r.Space.DisplayName == "":
				return errors.New("Space.DisplayName is empty")
			}
			return nil
		},
		Endpoint:  gen.SetUpSpace(r),
		Opts:      opts,
		Duplicate: mergedIf(r.RequestID != "" || r.Space.SpaceType == SpaceTypeDirectMessage),
	}, spaceKey)
}

// mergedIf is client.Merged for a request that makes no second space.
func mergedIf(once bool) client.Duplicate {
	if once {
		return client.Merged
	}
	return client.Harms
}

// Delete deletes a named space with its messages and memberships.
// Google Chat: DELETE /spaces/{space}.
func (s *SpacesService) Delete(ctx context.Context, space string, p DeleteSpaceParams, opts ...option.Option) error {
	of := spaceOf(space)
	_, err := client.RemoveOne(ctx, s.c, client.Call{
		Name:     "Spaces.Delete",
		Check:    of.check,
		Endpoint: gen.DeleteSpace(of.id(0), p),
		Opts:     opts,
	}, func(*empty) string { return "{}" }, func(ctx context.Context) (*empty, bool, error) {
		done, err := client.Gone(s.Get(ctx, space, GetSpaceParams{UseAdminAccess: p.UseAdminAccess}, opts...))
		return new(empty), done, err
	})
	return err
}

// empty is the answer where there is nothing to say: an object without fields. Anything
// else, such as an error under status 200, is not that answer.
type empty struct{}

func (*empty) DecodeJSON(r *decode.Reader, p int) int {
	raw, next := r.Raw(p, nil)
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) > 0 {
		return r.Misfit(p, "an object without fields")
	}
	return next
}
