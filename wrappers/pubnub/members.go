package pubnub

import (
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
type MembersService struct{ c *client.Client }

func memberKey(m *Member) string { return m.User.ID }

// ListByChannel yields the users of a channel, ordered by user id unless p.Sort says
// otherwise. An unknown channel has none. Pages are counted off by position; a list that
// changes while it is read is read again, so that every user who was there throughout
// comes once, or ends with memberships.ErrUnstable.
// PubNub: GET /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) ListByChannel(ctx context.Context, channelID string, p ListMembersParams, opts ...option.Option) iter.Seq2[*Member, error] {
	return s.list(channelID, p, opts).All(ctx)
}

// ListByChannelPage returns one page of ListByChannel: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *MembersService) ListByChannelPage(ctx context.Context, channelID string, p ListMembersParams, token string, opts ...option.Option) (*memberships.Page[*Member], error) {
	return s.list(channelID, p, opts).Page(ctx, token)
}

func (s *MembersService) list(channelID string, p ListMembersParams, opts []option.Option) *paging.List[Member] {
	id := scope(s.c, opts)
	return client.List(s.c, memberListing(client.Call{
		Name:     "Members.ListByChannel",
		Check:    func() error { return checkID("channelID", channelID) },
		Endpoint: gen.ListMembers(id.subscribeKey, channelID, p),
		Opts:     opts,
	}))
}

func memberListing(call client.Call) client.Listing[gen.MemberPage, Member] {
	return listing(call, func(p gen.MemberPage) page[Member] { return page[Member](p) }, memberKey)
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
	return s.write(ctx, client.Call{
		Name: "Members.Add",
		Opts: opts,
	}, channelID, ManageMembersRequest{Set: set}, p.include())
}

// Update changes members of a channel and returns them in the order of set. One that is
// not there is added: see Add. A repeat can undo somebody else's change: see
// [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Update(ctx context.Context, channelID string, set []MemberInput, p WriteParams, opts ...option.Option) ([]*Member, error) {
	return s.write(ctx, client.Call{
		Name: "Members.Update",
		Opts: opts,
	}, channelID, ManageMembersRequest{Set: set}, p.include())
}

// Remove takes users out of a channel. Where one is not in it nothing happens. Long lists
// take several requests; an error says which entries it is about. A member who is still there though the service accepted the
// removal makes the error memberships.ErrOutcomeUnknown. A repeat can undo somebody else's
// change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/channels/{channelId}/uuids.
func (s *MembersService) Remove(ctx context.Context, channelID string, userIDs []string, opts ...option.Option) error {
	r := ManageMembersRequest{Delete: make([]MemberRef, len(userIDs))}
	for i, id := range userIDs {
		r.Delete[i].User.ID = id
	}
	_, err := s.write(ctx, client.Call{
		Name: "Members.Remove",
		Opts: opts,
	}, channelID, r, nil)
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
	call := client.Call{
		Name: "Members.Manage",
		Check: func() error {
			if n := len(r.Set) + len(r.Delete); n > maxEntries {
				return fmt.Errorf("%d entries are more than the %d of one request", n, maxEntries)
			}
			return checkMembers(r)
		},
		Opts: opts,
	}
	c := s.change(call, channelID, r, nil)
	answer, err := client.WritePage(ctx, s.c, s.patch(call, channelID, r, p), func(ctx context.Context) (*memberships.Page[*Member], bool, error) {
		_, done, err := c.made(ctx, span{0, len(c.set)}, span{0, len(c.deleted)}, c.filter(0, len(c.set)+len(c.deleted)))
		if !done {
			return nil, false, err
		}
		page, err := s.ListByChannelPage(ctx, channelID, ListMembersParams(p), "", opts...)
		return page, err == nil, err
	})
	if err != nil {
		return nil, err
	}
	set, deleted := c.set, c.deleted
	n := len(answer.Items)
	whole := p.Filter == nil && n < s.c.PageSize(opts, maxPageSize) && (n > 0 || answer.Next == "")
	_, err = confirm(call.Name, answer.Items, memberKey, set, deleted, whole)
	return answer, err
}

// write makes a change of any size.
func (s *MembersService) write(ctx context.Context, call client.Call, channelID string, r ManageMembersRequest, include []string) ([]*Member, error) {
	call.Check = sync.OnceValue(func() error { return checkMembers(r) }) // all of it before the first request
	return s.change(call, channelID, r, include).run(ctx)
}

// change describes a change of any size.
func (s *MembersService) change(call client.Call, channelID string, r ManageMembersRequest, include []string) change[Member] {
	call.Opts = client.SizedOptions(call.Opts, maxPageSize) // whatever the size of listings
	c := change[Member]{op: call.Name, field: FieldUserID, key: memberKey}
	c.set, c.deleted = memberIDs(r)
	c.send = func(ctx context.Context, set, deleted span, filter *string, confirm client.Confirm[memberships.Page[*Member]]) (*memberships.Page[*Member], error) {
		part := ManageMembersRequest{Set: r.Set[set.from:set.to], Delete: r.Delete[deleted.from:deleted.to]}
		p := ManageMembersParams{Include: include, Filter: filter}
		return client.WritePage(ctx, s.c, s.patch(call, channelID, part, p), confirm)
	}
	c.read = func(ctx context.Context, filter *string) (*memberships.Page[*Member], error) {
		own := WriteParams{Include: include}
		return s.list(channelID, ListMembersParams{Include: own.include(), Filter: filter}, call.Opts).FirstItems(ctx)
	}
	c.input = func(i int) any { return r.Set[i] }
	return c
}

// patch completes a call with what it sends. The answer is a page of the listing.
func (s *MembersService) patch(call client.Call, channelID string, r ManageMembersRequest, p ManageMembersParams) client.Listing[gen.MemberPage, Member] {
	id, check := scope(s.c, call.Opts), call.Check
	call.Check = func() error {
		if err := checkID("channelID", channelID); err != nil {
			return err
		}
		return check()
	}
	call.Endpoint = gen.ManageMembers(id.subscribeKey, channelID, p, r)
	l := memberListing(call)
	l.Op = gen.ListMembers(id.subscribeKey, channelID, gen.ListMembersParams{}).Op // so that the page's Next goes on there
	return l
}

func memberIDs(r ManageMembersRequest) (set, deleted []string) {
	for _, m := range r.Set {
		set = append(set, m.User.ID)
	}
	for _, m := range r.Delete {
		deleted = append(deleted, m.User.ID)
	}
	return set, deleted
}

func checkMembers(r ManageMembersRequest) error {
	set, deleted := memberIDs(r)
	if err := checkEntries("user", slices.Concat(set, deleted)); err != nil {
		return err
	}
	for i, m := range r.Set {
		if err := checkCustom(m.Custom); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}
