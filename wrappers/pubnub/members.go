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

// MemberInput is one member as it is to be. Give it whole: whether the service keeps a
// field of an existing member that is left out is not known.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MemberInput].
type MemberInput = gen.MemberInput

// UserRef names a user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.UserRef].
type UserRef = gen.UserRef

// MemberRef names the member of a known channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MemberRef].
type MemberRef = gen.MemberRef

// ListMembersParams says which members to list and what to show of them: Include takes
// the Include constants, Filter a Filter's Param or an expression of one's own, Sort
// what Asc and Desc give, Count CountTotal.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListMembersParams].
type ListMembersParams = gen.ListMembersParams

// ManageMembersRequest holds what is to be set and removed.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembersRequest].
type ManageMembersRequest = gen.ManageMembersRequest

// ManageMembersParams says which page of the whole list Manage answers with.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembersParams].
type ManageMembersParams = gen.ManageMembersParams

// MembersService reads and changes the users of a channel (Space).
type MembersService struct {
	membershipAPI[gen.MemberPage, Member, MemberInput]
}

// ListByChannel yields the users of a channel, ordered by user id unless p.Sort says
// otherwise. An unknown channel has none. Pages are counted off by position; a list that
// changes while it is read is read again, so that every user who was there throughout
// comes once, or ends with memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) ListByChannel(ctx context.Context, channelID string, p ListMembersParams, opts ...option.Option) iter.Seq2[*Member, error] {
	return s.list(channelID, listParams(p), opts).All(ctx)
}

// ListByChannelPage returns one page of ListByChannel: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *MembersService) ListByChannelPage(ctx context.Context, channelID string, p ListMembersParams, token string, opts ...option.Option) (*memberships.Page[*Member], error) {
	return s.list(channelID, listParams(p), opts).Page(ctx, token)
}

// Add puts users into a channel and returns the members in the order of set. A member
// that is there already becomes what set says: Add and Update are the same request.
// Long lists take several requests; members that come with an error have been set.
//
// The members are read back in the same request. One that is missing there though the
// service accepted it makes the error memberships.ErrOutcomeUnknown. A repeat can undo
// somebody else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Add(ctx context.Context, channelID string, set []MemberInput, p WriteParams, opts ...option.Option) ([]*Member, error) {
	return s.write(ctx, "Members.Add", channelID, set, nil, p.include(), opts)
}

// Update changes members of a channel and returns them in the order of set. One that is
// not there is added: see Add. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Update(ctx context.Context, channelID string, set []MemberInput, p WriteParams, opts ...option.Option) ([]*Member, error) {
	return s.write(ctx, "Members.Update", channelID, set, nil, p.include(), opts)
}

// Remove takes users out of a channel. Where one is not in it nothing happens. Long lists
// take several requests; an error says which entries it is about. A member who is still there though the service accepted the
// removal makes the error memberships.ErrOutcomeUnknown. A repeat can undo somebody else's
// change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Remove(ctx context.Context, channelID string, userIDs []string, opts ...option.Option) error {
	_, err := s.write(ctx, "Members.Remove", channelID, nil, userIDs, nil, opts)
	return err
}

// Manage sets and removes up to 100 members of a channel in one request, and returns
// what the service answers: not what changed, but the page of the whole list after the
// change that p asks for, the first one as a rule. Its Next continues in ListPage with
// the same parameters.
//
// Where the page shows that the service did not do what it accepted, it comes with
// memberships.ErrOutcomeUnknown. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Manage(ctx context.Context, channelID string, r ManageMembersRequest, p ManageMembersParams, opts ...option.Option) (*memberships.Page[*Member], error) {
	deleted := make([]string, len(r.Delete))
	for i, ref := range r.Delete {
		deleted[i] = ref.User.ID
	}
	return s.manage(ctx, "Members.Manage", channelID, r.Set, deleted, listParams(p), opts)
}

func newMembersService(c *client.Client) *MembersService {
	return &MembersService{membershipAPI[gen.MemberPage, Member, MemberInput]{
		c:       c,
		listOp:  "Members.ListByChannel",
		parent:  "channelID",
		entryOf: "user",
		rowID:   FieldUserID,
		key:     func(m *Member) string { return m.User.ID },
		page:    func(p gen.MemberPage) page[Member] { return page[Member](p) },
		entry: func(in MemberInput) (string, nullable.Nullable[json.RawMessage]) {
			return in.User.ID, in.Custom
		},
		listPath: func(key, channelID string, p listParams) endpoint.Endpoint {
			return gen.ListMembers(key, channelID, ListMembersParams(p))
		},
		changePath: func(key, channelID string, p listParams, set []MemberInput, deleted []string) endpoint.Endpoint {
			r := ManageMembersRequest{Set: set, Delete: make([]MemberRef, len(deleted))}
			for i, id := range deleted {
				r.Delete[i].User.ID = id
			}
			return gen.ManageMembers(key, channelID, ManageMembersParams(p), r)
		},
	}}
}
