package webex

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Membership is one person in one room.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.Membership].
type Membership = gen.Membership

// ListMembershipsParams filters a list of room memberships. Without a RoomID the list has
// the caller's own memberships; PersonID and PersonEmail require a RoomID unless the
// caller is a compliance officer. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// CreateMembershipRequest has a room and a person, by id or by e-mail address. Its fields
// are in [github.com/memberships-go/memberships/generated/webex.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// UpdateMembershipRequest has the new values; a nil field stays unchanged. Its fields are
// in [github.com/memberships-go/memberships/generated/webex.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// MembershipsService reads and changes room memberships.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.ID }

// List yields the room memberships that match p in the provider's order. Webex: GET
// /memberships.
func (s *MembershipsService) List(ctx context.Context, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return listMemberships(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *MembershipsService) ListPage(ctx context.Context, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return listMemberships(s, p, opts).Page(ctx, token)
}

func listMemberships(s *MembershipsService, p ListMembershipsParams, opts []option.Option) *paging.List[Membership] {
	return client.List(s.c, listing(client.Call{
		Name:     "Memberships.List",
		Named:    p.RoomID != nil,
		Endpoint: gen.ListMemberships(p),
		Opts:     opts,
	}, func(page *gen.MembershipPage) []Membership { return page.Items }, membershipKey))
}

// Create adds a person to a room and returns the membership. For an existing member it
// fails with memberships.ErrAlreadyExists. The first moderator of a room also makes the
// caller a moderator. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Webex: POST /memberships.
func (s *MembershipsService) Create(ctx context.Context, r CreateMembershipRequest, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     "Memberships.Create",
		Check:    func() error { return checkPerson(r.RoomID, "RoomID", r.PersonID, r.PersonEmail) },
		Endpoint: gen.CreateMembership(r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		return s.find(ctx, r, opts)
	})
}

// find reads the membership that a creation would have made.
func (s *MembershipsService) find(ctx context.Context, r CreateMembershipRequest, opts []option.Option) (*Membership, bool, error) {
	p := ListMembershipsParams{RoomID: &r.RoomID, PersonID: &r.PersonID}
	if r.PersonID == "" {
		p.PersonID, p.PersonEmail = nil, &r.PersonEmail
	}
	for m, err := range s.List(ctx, p, client.SearchOptions(opts)...) {
		switch {
		case err != nil:
			return nil, false, err
		case m.RoomID != r.RoomID || !matchesPerson(m.PersonID, m.PersonEmail, r.PersonID, r.PersonEmail):
			return nil, false, errors.New("the filtered list has another person, or another address of this person")
		}
		return m, m.IsModerator == r.IsModerator, nil
	}
	return nil, false, nil
}

// matchesPerson reports whether a membership has the person of a request.
func matchesPerson(id, email, askedID, askedEmail string) bool {
	if askedID != "" {
		return id == askedID
	}
	return strings.EqualFold(email, askedEmail)
}

// Get returns one room membership. Webex: GET /memberships/{membershipId}.
func (s *MembershipsService) Get(ctx context.Context, membershipID string, opts ...option.Option) (*Membership, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Memberships.Get",
		Endpoint: gen.GetMembership(membershipID),
		Opts:     opts,
	}, membershipKey)
}

// Update changes one room membership and returns it. A repeat can undo another caller's
// change: see [option.WithoutRepeat]. Webex: PUT /memberships/{membershipId}.
func (s *MembershipsService) Update(ctx context.Context, membershipID string, r UpdateMembershipRequest, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Update",
		Check: func() error {
			if r.IsModerator == nil && r.IsRoomHidden == nil {
				return errors.New("the request is empty: IsModerator and IsRoomHidden are nil")
			}
			return nil
		},
		Endpoint: gen.UpdateMembership(membershipID, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Get(ctx, membershipID, opts...)
		return m, err == nil && (r.IsModerator == nil || *r.IsModerator == m.IsModerator) && (r.IsRoomHidden == nil || *r.IsRoomHidden == m.IsRoomHidden), err
	})
}

// Delete removes a person from a room; the caller leaves it with their own membership. A
// repeat can undo another caller's change: see [option.WithoutRepeat]. Webex: DELETE
// /memberships/{membershipId}.
func (s *MembershipsService) Delete(ctx context.Context, membershipID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Memberships.Delete",
		Endpoint: gen.DeleteMembership(membershipID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, membershipID, opts...))
	})
}

func checkPerson(group, groupName, personID, personEmail string) error {
	if personID == "" && personEmail == "" {
		return errors.New("PersonID and PersonEmail are both empty")
	}
	err := transport.CheckID(groupName, group)
	if personID != "" {
		err = cmp.Or(err, transport.CheckID("PersonID", personID))
	}
	if personEmail != "" {
		err = cmp.Or(err, transport.CheckID("PersonEmail", personEmail))
	}
	return err
}
