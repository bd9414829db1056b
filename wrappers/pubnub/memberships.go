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

// Membership is one channel of a user. Its key is the user with the channel: ETag is
// a fingerprint that memberships with equal content share.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.Membership].
type Membership = gen.Membership

// MembershipInput is one membership as it is to be. Give it whole: whether the service
// keeps a field of an existing membership that is left out is not known.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MembershipInput].
type MembershipInput = gen.MembershipInput

// ChannelRef names a channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ChannelRef].
type ChannelRef = gen.ChannelRef

// MembershipRef names the membership of a known user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MembershipRef].
type MembershipRef = gen.MembershipRef

// ListMembershipsParams says which memberships to list and what to show of them: Include takes
// the Include constants, Filter a Filter's Param or an expression of one's own, Sort
// what Asc and Desc give, Count CountTotal.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// ManageMembershipsRequest holds what is to be set and removed.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembershipsRequest].
type ManageMembershipsRequest = gen.ManageMembershipsRequest

// ManageMembershipsParams says which page of the whole list Manage answers with.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembershipsParams].
type ManageMembershipsParams = gen.ManageMembershipsParams

// MembershipsService reads and changes the channels of a user (UUID). An empty user
// id means the client's own.
type MembershipsService struct {
	membershipAPI[gen.MembershipPage, Membership, MembershipInput]
}

// ListByUser yields the channels of a user, ordered by channel id unless p.Sort says
// otherwise. An unknown user has none. Pages are counted off by position; a list that
// changes while it is read is read again, so that every channel that was there throughout
// comes once, or ends with memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return s.list(userID, listParams(p), opts).All(ctx)
}

// ListByUserPage returns one page of ListByUser: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *MembershipsService) ListByUserPage(ctx context.Context, userID string, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return s.list(userID, listParams(p), opts).Page(ctx, token)
}

// Add puts a user into channels and returns the memberships in the order of set. A
// membership that is there already becomes what set says: Add and Update are the same
// request. Long lists take several requests; memberships that come with an error have
// been set.
//
// The memberships are read back in the same request. One that is missing there though the
// service accepted it makes the error memberships.ErrOutcomeUnknown. A repeat can undo
// somebody else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Add(ctx context.Context, userID string, set []MembershipInput, p WriteParams, opts ...option.Option) ([]*Membership, error) {
	return s.write(ctx, "Memberships.Add", userID, set, nil, p.include(), opts)
}

// Update changes memberships of a user and returns them in the order of set. One that is
// not there is added: see Add. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Update(ctx context.Context, userID string, set []MembershipInput, p WriteParams, opts ...option.Option) ([]*Membership, error) {
	return s.write(ctx, "Memberships.Update", userID, set, nil, p.include(), opts)
}

// Remove takes a user out of channels. Where the user is not in one nothing happens. Long
// lists take several requests; an error says which entries it is about. A membership that is still there though the service
// accepted its removal makes the error memberships.ErrOutcomeUnknown. A repeat can undo
// somebody else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Remove(ctx context.Context, userID string, channelIDs []string, opts ...option.Option) error {
	_, err := s.write(ctx, "Memberships.Remove", userID, nil, channelIDs, nil, opts)
	return err
}

// Manage sets and removes up to 100 memberships of a user in one request, and returns
// what the service answers: not what changed, but the page of the whole list after the
// change that p asks for, the first one as a rule. Its Next continues in ListPage with
// the same parameters.
//
// Where the page shows that the service did not do what it accepted, it comes with
// memberships.ErrOutcomeUnknown. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Manage(ctx context.Context, userID string, r ManageMembershipsRequest, p ManageMembershipsParams, opts ...option.Option) (*memberships.Page[*Membership], error) {
	deleted := make([]string, len(r.Delete))
	for i, ref := range r.Delete {
		deleted[i] = ref.Channel.ID
	}
	return s.manage(ctx, "Memberships.Manage", userID, r.Set, deleted, listParams(p), opts)
}

func newMembershipsService(c *client.Client) *MembershipsService {
	return &MembershipsService{membershipAPI[gen.MembershipPage, Membership, MembershipInput]{
		c:        c,
		listOp:   "Memberships.ListByUser",
		parent:   "userID",
		ofCaller: true,
		entryOf:  "channel",
		rowID:    FieldChannelID,
		key:      func(m *Membership) string { return m.Channel.ID },
		page:     func(p gen.MembershipPage) page[Membership] { return page[Membership](p) },
		entry: func(in MembershipInput) (string, nullable.Nullable[json.RawMessage]) {
			return in.Channel.ID, in.Custom
		},
		listPath: func(key, userID string, p listParams) endpoint.Endpoint {
			return gen.ListMemberships(key, userID, ListMembershipsParams(p))
		},
		changePath: func(key, userID string, p listParams, set []MembershipInput, deleted []string) endpoint.Endpoint {
			r := ManageMembershipsRequest{Set: set, Delete: make([]MembershipRef, len(deleted))}
			for i, id := range deleted {
				r.Delete[i].Channel.ID = id
			}
			return gen.ManageMemberships(key, userID, ManageMembershipsParams(p), r)
		},
	}}
}
