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

// SpaceType is the type of a space, such as [SpaceTypeSpace].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.SpaceType].
type SpaceType = gen.SpaceType

// SpaceDetails has the description and the rules of a space.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.SpaceDetails].
type SpaceDetails = gen.SpaceDetails

// AccessSettings selects the audience that may find and join a space.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.AccessSettings].
type AccessSettings = gen.AccessSettings

// HistoryState is the retention of messages: [HistoryOn] or [HistoryOff].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.HistoryState].
type HistoryState = gen.HistoryState

// PredefinedPermissionSettings are the permissions of a new space: [CollaborationSpace] or
// [AnnouncementSpace].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.PredefinedPermissionSettings].
type PredefinedPermissionSettings = gen.PredefinedPermissionSettings

// The known types and settings of spaces. Other values pass through.
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

// GetSpaceParams selects an administrator's access for a read.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.GetSpaceParams].
type GetSpaceParams = gen.GetSpaceParams

// CreateSpaceRequest describes a new space.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateSpaceRequest].
type CreateSpaceRequest = gen.CreateSpaceRequest

// CreateSpaceParams has the request id, which makes a repeat safe.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateSpaceParams].
type CreateSpaceParams = gen.CreateSpaceParams

// SetUpSpaceRequest describes a new space and its members beside the caller.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.SetUpSpaceRequest].
type SetUpSpaceRequest = gen.SetUpSpaceRequest

// DeleteSpaceParams selects an administrator's access for a deletion.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.DeleteSpaceParams].
type DeleteSpaceParams = gen.DeleteSpaceParams

// SpacesService reads, creates and deletes spaces.
type SpacesService struct{ c *client.Client }

func spaceKey(s *Space) string { return s.Name }

// List yields the caller's spaces that match p. Google Chat lists group chats and direct
// messages only after their first message. Google Chat: GET /spaces.
func (s *SpacesService) List(ctx context.Context, p ListSpacesParams, opts ...option.Option) iter.Seq2[*Space, error] {
	return listSpaces(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *SpacesService) ListPage(ctx context.Context, p ListSpacesParams, token string, opts ...option.Option) (*memberships.Page[*Space], error) {
	return listSpaces(s, p, opts).Page(ctx, token)
}

func listSpaces(s *SpacesService, p ListSpacesParams, opts []option.Option) *paging.List[Space] {
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

// FindDirectMessage returns the direct message between the caller and a user. The user is
// an id, users/{id} or, with a user's token, an address. Without a direct message it fails
// with memberships.ErrNotFound. Google Chat: GET /spaces:findDirectMessage.
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

// Create makes a space with the caller as its first member and returns it; a space in import
// mode has no members. If another space of the organization has the name, it may fail with
// memberships.ErrAlreadyExists.
//
// If the response is lost, Create repeats a request with p.RequestID, which makes no second
// space. Without it, Create fails with memberships.ErrOutcomeUnknown, because names are not
// unique. Google Chat: POST /spaces.
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

// SetUp makes a space with members, or a direct message, and returns it. It returns an
// existing direct message. Google Chat silently omits members that the caller may not add;
// Memberships.ListBySpace shows the result.
//
// If the response is lost, SetUp repeats a request with r.RequestID or for a direct message.
// Any other request then fails with memberships.ErrOutcomeUnknown. Google Chat: POST
// /spaces:setup.
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

// mergedIf returns client.Merged if a repeat makes no second space.
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

// empty is a response without content: an object without fields. Any other body, such as an
// error with status 200, is malformed.
type empty struct{}

func (*empty) DecodeJSON(r *decode.Reader, p int) int {
	raw, next := r.Raw(p, nil)
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) > 0 {
		return r.Misfit(p, "an object without fields")
	}
	return next
}
