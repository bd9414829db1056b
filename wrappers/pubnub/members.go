package pubnub

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/option"
)

// Member is one user of a channel. Its key is the channel with the user: ETag is a
// fingerprint that memberships with equal content share.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.Member].
type Member = gen.Member

// MemberInput is the new content of one member. Give all fields: PubNub does not document
// whether an existing member keeps a field that is left out.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MemberInput].
type MemberInput = gen.MemberInput

// UserRef names a user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.UserRef].
type UserRef = gen.UserRef

// MemberRef names the member of a known channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MemberRef].
type MemberRef = gen.MemberRef

// ListMembersParams selects members and their properties. Include takes the Include constants,
// Filter a Filter's Param or another expression, Sort the results of Asc and Desc, and
// Count takes CountNone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListMembersParams].
type ListMembersParams = gen.ListMembersParams

// ManageMembersRequest holds the members to set and to remove.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembersRequest].
type ManageMembersRequest = gen.ManageMembersRequest

// ManageMembersParams selects the page of the whole list that Manage returns.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembersParams].
type ManageMembersParams = gen.ManageMembersParams

// MembersService reads and changes the users of a channel (Space).
type MembersService struct {
	c     *client.Client
	limit entryLimit
}

// ListByChannel yields the users of a channel, ordered by user id unless p.Sort says
// otherwise. An unknown channel has none. Cursors are positions, so a list that changes
// while it is read is read again: a user who is present for the whole read is yielded
// once, or the error is memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) ListByChannel(ctx context.Context, channelID string, p ListMembersParams, opts ...option.Option) iter.Seq2[*Member, error] {
	return ofChannel(s).list(channelID, listParams(p), opts).All(ctx)
}

// ListByChannelPage returns one page of ListByChannel: the first for the token "", then the
// page that the Next of the page before names. Without a total, the page after the last one
// is empty.
func (s *MembersService) ListByChannelPage(ctx context.Context, channelID string, p ListMembersParams, token string, opts ...option.Option) (*memberships.Page[*Member], error) {
	return ofChannel(s).list(channelID, listParams(p), opts).Page(ctx, token)
}

// Add puts users into a channel and returns the members in the order of set. An existing
// member gets the content in set: Add and Update are the same request. Long lists take
// several requests; members that come with an error have been set.
//
// The response shows the members. If PubNub accepts a member and its response lacks it, the
// error is memberships.ErrOutcomeUnknown. A repeat can undo
// another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Add(ctx context.Context, channelID string, set []MemberInput, p WriteParams, opts ...option.Option) ([]*Member, error) {
	return ofChannel(s).write(ctx, client.Call{Name: "Members.Add", Opts: opts}, channelID, set, nil, p.include())
}

// Update changes members of a channel and returns them in the order of set. A missing
// one is added: see Add. A repeat can undo another caller's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Update(ctx context.Context, channelID string, set []MemberInput, p WriteParams, opts ...option.Option) ([]*Member, error) {
	return ofChannel(s).write(ctx, client.Call{Name: "Members.Update", Opts: opts}, channelID, set, nil, p.include())
}

// Remove takes users out of a channel. A user who is not in it is ignored. Long lists take
// several requests; an error says which entries it is about. If PubNub accepts a removal
// and its response shows the member, the error is memberships.ErrOutcomeUnknown. A repeat
// can undo another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Remove(ctx context.Context, channelID string, userIDs []string, opts ...option.Option) error {
	_, err := ofChannel(s).write(ctx, client.Call{Name: "Members.Remove", Opts: opts}, channelID, nil, userIDs, nil)
	return err
}

// Manage sets and removes up to 100 members of a channel in one request. It returns
// a page of the whole list after the change, not the changed rows alone: the first page that
// p selects. Its Next continues in ListByChannelPage with the same parameters.
//
// If PubNub accepts the change and the page contradicts it, the page comes with
// memberships.ErrOutcomeUnknown. A repeat can undo another caller's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Manage(ctx context.Context, channelID string, r ManageMembersRequest, p ManageMembersParams, opts ...option.Option) (*memberships.Page[*Member], error) {
	deleted := make([]string, len(r.Delete))
	for i, ref := range r.Delete {
		deleted[i] = ref.User.ID
	}
	return ofChannel(s).manage(ctx, client.Call{Name: "Members.Manage", Opts: opts}, channelID, r.Set, deleted, listParams(p))
}

// ofChannel returns the API of the members of channels.
func ofChannel(s *MembersService) *membershipAPI[gen.MemberPage, Member, MemberInput] {
	return &membershipAPI[gen.MemberPage, Member, MemberInput]{
		c:       s.c,
		limit:   &s.limit,
		listing: "Members.ListByChannel",
		parent:  "channelID",
		entryOf: "user",
		rowID:   FieldUserID,
		key:     func(m *Member) string { return m.User.ID },
		page:    func(p gen.MemberPage) page[Member] { return page[Member](p) },
		entry: func(in MemberInput) (string, nullable.Nullable[json.RawMessage]) {
			return in.User.ID, in.Custom
		},
		get: func(key, channelID string, p listParams) endpoint.Endpoint {
			return gen.ListMembers(key, channelID, ListMembersParams(p))
		},
		patch: func(key, channelID string, p listParams, set []MemberInput, deleted []string) endpoint.Endpoint {
			r := ManageMembersRequest{Set: set, Delete: make([]MemberRef, len(deleted))}
			for i, id := range deleted {
				r.Delete[i].User.ID = id
			}
			return gen.ManageMembers(key, channelID, ManageMembersParams(p), r)
		},
	}
}
