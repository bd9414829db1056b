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

// MembershipInput is the new content of one membership. Give all fields: PubNub does not
// document whether an existing membership keeps a field that is left out.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MembershipInput].
type MembershipInput = gen.MembershipInput

// ChannelRef names a channel.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ChannelRef].
type ChannelRef = gen.ChannelRef

// MembershipRef names the membership of a known user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.MembershipRef].
type MembershipRef = gen.MembershipRef

// ListMembershipsParams selects memberships and their properties. Include takes the Include constants,
// Filter a Filter's Param or another expression, Sort the results of Asc and Desc, and
// Count takes CountNone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// ManageMembershipsRequest holds the memberships to set and to remove.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembershipsRequest].
type ManageMembershipsRequest = gen.ManageMembershipsRequest

// ManageMembershipsParams selects the page of the whole list that Manage returns.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ManageMembershipsParams].
type ManageMembershipsParams = gen.ManageMembershipsParams

// MembershipsService reads and changes the channels of a user (UUID). An empty user
// id means the client's own.
type MembershipsService struct {
	c     *client.Client
	limit entryLimit
}

// ListByUser yields the channels of a user, ordered by channel id unless p.Sort says
// otherwise. An unknown user has none. Cursors are positions, so a list that changes while
// it is read is read again: a channel that is present for the whole read is yielded once,
// or the error is memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return ofUser(s).list(userID, listParams(p), opts).All(ctx)
}

// ListByUserPage returns one page of ListByUser: the first for the token "", then the page
// that the Next of the page before names. Without a total, the page after the last one is
// empty.
func (s *MembershipsService) ListByUserPage(ctx context.Context, userID string, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return ofUser(s).list(userID, listParams(p), opts).Page(ctx, token)
}

// Add puts a user into channels and returns the memberships in the order of set. An
// existing membership gets the content in set: Add and Update are the same request. Long
// lists take several requests; memberships that come with an error have been set.
//
// The response shows the memberships. If PubNub accepts a membership and its response lacks
// it, the error is memberships.ErrOutcomeUnknown. A repeat can undo
// another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Add(ctx context.Context, userID string, set []MembershipInput, p WriteParams, opts ...option.Option) ([]*Membership, error) {
	return ofUser(s).write(ctx, client.Call{Name: "Memberships.Add", Opts: opts}, userID, set, nil, p.include())
}

// Update changes memberships of a user and returns them in the order of set. A missing
// one is added: see Add. A repeat can undo another caller's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Update(ctx context.Context, userID string, set []MembershipInput, p WriteParams, opts ...option.Option) ([]*Membership, error) {
	return ofUser(s).write(ctx, client.Call{Name: "Memberships.Update", Opts: opts}, userID, set, nil, p.include())
}

// Remove takes a user out of channels. A channel that the user is not in is ignored. Long
// lists take several requests; an error says which entries it is about. If PubNub accepts
// a removal and its response shows the membership, the error is
// memberships.ErrOutcomeUnknown. A repeat can undo
// another caller's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Remove(ctx context.Context, userID string, channelIDs []string, opts ...option.Option) error {
	_, err := ofUser(s).write(ctx, client.Call{Name: "Memberships.Remove", Opts: opts}, userID, nil, channelIDs, nil)
	return err
}

// Manage sets and removes up to 100 memberships of a user in one request. It returns
// a page of the whole list after the change, not the changed rows alone: the first page that
// p selects. Its Next continues in ListByUserPage with the same parameters.
//
// If PubNub accepts the change and the page contradicts it, the page comes with
// memberships.ErrOutcomeUnknown. A repeat can undo another caller's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Manage(ctx context.Context, userID string, r ManageMembershipsRequest, p ManageMembershipsParams, opts ...option.Option) (*memberships.Page[*Membership], error) {
	deleted := make([]string, len(r.Delete))
	for i, ref := range r.Delete {
		deleted[i] = ref.Channel.ID
	}
	return ofUser(s).manage(ctx, client.Call{Name: "Memberships.Manage", Opts: opts}, userID, r.Set, deleted, listParams(p))
}

// ofUser returns the API of the channels of users.
func ofUser(s *MembershipsService) *membershipAPI[gen.MembershipPage, Membership, MembershipInput] {
	return &membershipAPI[gen.MembershipPage, Membership, MembershipInput]{
		c:        s.c,
		limit:    &s.limit,
		listing:  "Memberships.ListByUser",
		parent:   "userID",
		ofCaller: true,
		entryOf:  "channel",
		rowID:    FieldChannelID,
		key:      func(m *Membership) string { return m.Channel.ID },
		page:     func(p gen.MembershipPage) page[Membership] { return page[Membership](p) },
		entry: func(in MembershipInput) (string, nullable.Nullable[json.RawMessage]) {
			return in.Channel.ID, in.Custom
		},
		get: func(key, userID string, p listParams) endpoint.Endpoint {
			return gen.ListMemberships(key, userID, ListMembershipsParams(p))
		},
		patch: func(key, userID string, p listParams, set []MembershipInput, deleted []string) endpoint.Endpoint {
			r := ManageMembershipsRequest{Set: set, Delete: make([]MembershipRef, len(deleted))}
			for i, id := range deleted {
				r.Delete[i].Channel.ID = id
			}
			return gen.ManageMemberships(key, userID, ManageMembershipsParams(p), r)
		},
	}
}
