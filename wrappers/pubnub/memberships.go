package pubnub

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
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
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.Channel.ID }

// ListByUser yields the channels of a user, ordered by channel id unless p.Sort says
// otherwise. An unknown user has none. Pages are counted off by position; a list that
// changes while it is read is read again, so that every channel that was there throughout
// comes once, or ends with memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return s.list(userID, p, opts).All(ctx)
}

// ListByUserPage returns one page of ListByUser: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *MembershipsService) ListByUserPage(ctx context.Context, userID string, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return s.list(userID, p, opts).Page(ctx, token)
}

func (s *MembershipsService) list(userID string, p ListMembershipsParams, opts []option.Option) *paging.List[Membership] {
	id := scope(s.c, opts)
	user := cmp.Or(userID, id.userID)
	return client.List(s.c, membershipListing(client.Call{
		Name:     "Memberships.ListByUser",
		Check:    func() error { return checkID("userID", user) },
		Endpoint: gen.ListMemberships(id.subscribeKey, user, p),
		Opts:     opts,
	}))
}

func membershipListing(call client.Call) client.Listing[gen.MembershipPage, Membership] {
	return listing(call, func(p gen.MembershipPage) page[Membership] { return page[Membership](p) }, membershipKey)
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
	return s.write(ctx, client.Call{
		Name: "Memberships.Add",
		Opts: opts,
	}, userID, ManageMembershipsRequest{Set: set}, p.include())
}

// Update changes memberships of a user and returns them in the order of set. One that is
// not there is added: see Add. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Update(ctx context.Context, userID string, set []MembershipInput, p WriteParams, opts ...option.Option) ([]*Membership, error) {
	return s.write(ctx, client.Call{
		Name: "Memberships.Update",
		Opts: opts,
	}, userID, ManageMembershipsRequest{Set: set}, p.include())
}

// Remove takes a user out of channels. Where the user is not in one nothing happens. Long
// lists take several requests; an error says which entries it is about. A membership that is still there though the service
// accepted its removal makes the error memberships.ErrOutcomeUnknown. A repeat can undo
// somebody else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}/channels.
func (s *MembershipsService) Remove(ctx context.Context, userID string, channelIDs []string, opts ...option.Option) error {
	r := ManageMembershipsRequest{Delete: make([]MembershipRef, len(channelIDs))}
	for i, id := range channelIDs {
		r.Delete[i].Channel.ID = id
	}
	_, err := s.write(ctx, client.Call{
		Name: "Memberships.Remove",
		Opts: opts,
	}, userID, r, nil)
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
	call := client.Call{
		Name: "Memberships.Manage",
		Check: func() error {
			if n := len(r.Set) + len(r.Delete); n > maxEntries {
				return fmt.Errorf("%d entries are more than the %d of one request", n, maxEntries)
			}
			return checkMemberships(r)
		},
		Opts: opts,
	}
	c := s.change(call, userID, r, nil)
	answer, err := client.WritePage(ctx, s.c, s.patch(call, userID, r, p), func(ctx context.Context) (*memberships.Page[*Membership], bool, error) {
		_, done, err := c.made(ctx, span{0, len(c.set)}, span{0, len(c.deleted)}, c.filter(0, len(c.set)+len(c.deleted)))
		if !done {
			return nil, false, err
		}
		page, err := s.ListByUserPage(ctx, userID, ListMembershipsParams(p), "", opts...)
		return page, err == nil, err
	})
	if err != nil {
		return nil, err
	}
	set, deleted := c.set, c.deleted
	n := len(answer.Items)
	whole := p.Filter == nil && n < s.c.PageSize(opts, maxPageSize) && (n > 0 || answer.Next == "")
	_, err = confirm(call.Name, answer.Items, membershipKey, set, deleted, whole)
	return answer, err
}

// write makes a change of any size.
func (s *MembershipsService) write(ctx context.Context, call client.Call, userID string, r ManageMembershipsRequest, include []string) ([]*Membership, error) {
	call.Check = sync.OnceValue(func() error { return checkMemberships(r) }) // all of it before the first request
	return s.change(call, userID, r, include).run(ctx)
}

// change describes a change of any size.
func (s *MembershipsService) change(call client.Call, userID string, r ManageMembershipsRequest, include []string) change[Membership] {
	call.Opts = client.SizedOptions(call.Opts, maxPageSize) // whatever the size of listings
	c := change[Membership]{op: call.Name, field: FieldChannelID, key: membershipKey}
	c.set, c.deleted = membershipIDs(r)
	c.send = func(ctx context.Context, set, deleted span, filter *string, confirm client.Confirm[memberships.Page[*Membership]]) (*memberships.Page[*Membership], error) {
		part := ManageMembershipsRequest{Set: r.Set[set.from:set.to], Delete: r.Delete[deleted.from:deleted.to]}
		p := ManageMembershipsParams{Include: include, Filter: filter}
		return client.WritePage(ctx, s.c, s.patch(call, userID, part, p), confirm)
	}
	c.read = func(ctx context.Context, filter *string) (*memberships.Page[*Membership], error) {
		own := WriteParams{Include: include}
		return s.list(userID, ListMembershipsParams{Include: own.include(), Filter: filter}, call.Opts).FirstItems(ctx)
	}
	c.input = func(i int) any { return r.Set[i] }
	return c
}

// patch completes a call with what it sends. The answer is a page of the listing.
func (s *MembershipsService) patch(call client.Call, userID string, r ManageMembershipsRequest, p ManageMembershipsParams) client.Listing[gen.MembershipPage, Membership] {
	id, check := scope(s.c, call.Opts), call.Check
	user := cmp.Or(userID, id.userID)
	call.Check = func() error {
		if err := checkID("userID", user); err != nil {
			return err
		}
		return check()
	}
	call.Endpoint = gen.ManageMemberships(id.subscribeKey, user, p, r)
	l := membershipListing(call)
	l.Op = gen.ListMemberships(id.subscribeKey, user, gen.ListMembershipsParams{}).Op // so that the page's Next goes on there
	return l
}

func membershipIDs(r ManageMembershipsRequest) (set, deleted []string) {
	for _, m := range r.Set {
		set = append(set, m.Channel.ID)
	}
	for _, m := range r.Delete {
		deleted = append(deleted, m.Channel.ID)
	}
	return set, deleted
}

func checkMemberships(r ManageMembershipsRequest) error {
	set, deleted := membershipIDs(r)
	if err := checkEntries("channel", slices.Concat(set, deleted)); err != nil {
		return err
	}
	for i, m := range r.Set {
		if err := checkCustom(m.Custom); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}
