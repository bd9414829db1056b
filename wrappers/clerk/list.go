package clerk

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/portable"
)

// lists are the two lists of a query: Clerk keeps invitations apart from memberships.
type lists struct {
	// members is nil if the query leaves members out, or if its address has no account.
	members *paging.List[Membership]
	// invited returns the invitations in pages of a size. It is nil if the query leaves them
	// out. keep drops rows of other addresses.
	invited func(size int) *paging.List[Invitation]
	keep    func(*Invitation) bool
	// empty returns the error of a query without a row.
	empty func(context.Context) error
}

// pending selects the invitations that are open.
var pending = new(InvitationPending)

// listsOf returns the lists of a query. It may look an address up.
func listsOf(ctx context.Context, p *provider, q memberships.Query, size int) (lists, error) {
	opts := client.SizedOptions(p.opts, size)
	l := lists{keep: func(*Invitation) bool { return true }, empty: func(ctx context.Context) error { return p.exists(ctx, memberships.OpList, q.Group) }}
	switch {
	case q.Group.ID != "":
		l.members = client.List(p.c.Memberships.c, organizationListing(q.Group.ID, ListOrganizationMembershipsParams{}, opts))
		l.invited = func(size int) *paging.List[Invitation] {
			return listOrganizationInvitations(p.c.Invitations, q.Group.ID, ListOrganizationInvitationsParams{Status: pending}, client.SizedOptions(p.opts, size))
		}
	case q.Member == (memberships.Member{}):
		l.members = listMemberships(p.c.Memberships, ListMembershipsParams{}, opts)
		l.invited = func(size int) *paging.List[Invitation] {
			return listInvitations(p.c.Invitations, ListInvitationsParams{Status: pending}, client.SizedOptions(p.opts, size))
		}
	default:
		userID, err := p.user(ctx, q.Member)
		switch {
		case errors.Is(err, memberships.ErrNoSuchMember):
			l.invited = func(size int) *paging.List[Invitation] {
				return listInvitations(p.c.Invitations, ListInvitationsParams{Status: pending, Query: &q.Member.Email}, client.SizedOptions(p.opts, size))
			}
			l.keep = func(i *Invitation) bool { return strings.EqualFold(i.EmailAddress, q.Member.Email) }
			l.empty = func(context.Context) error { return err }
		case err != nil:
			return l, err
		default:
			l.members = listUserMemberships(p.c.Memberships, userID, opts)
			l.invited = func(size int) *paging.List[Invitation] {
				return listUserInvitations(p.c.Invitations, userID, ListUserInvitationsParams{Status: pending}, client.SizedOptions(p.opts, size))
			}
		}
	}
	switch q.State {
	case "":
	case memberships.StateInvited:
		l.members = nil
	default:
		l.invited = nil
	}
	return l, nil
}

// List yields members, the oldest first, and then pending invitations.
func (p *provider) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	p = p.with(q.Opts)
	return func(yield func(memberships.Membership, error) bool) {
		l, err := listsOf(ctx, p, q, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		var total totals
		var gap *memberships.Gap // of invitations that were not read
		empty := true
		take := func(m memberships.Membership, err error) bool {
			empty = false
			return yield(m, err) && err == nil
		}
		if l.members != nil {
			for m, err := range p.memberSeq(ctx, q, l.members.OnTotal(total.of(0, summary)).All(ctx)) {
				if !take(m, err) {
					return
				}
			}
		}
		if l.invited != nil {
			for i, err := range l.invited(0).OnTotal(total.of(1, summary)).All(ctx) {
				if gap = unreadInvitations(err); gap != nil {
					summary.Add(*gap)
					break
				}
				switch {
				case err != nil:
					yield(memberships.Membership{}, err)
					return
				case l.keep(i) && !take(fromInvitation(i), nil):
					return
				}
			}
		}
		if empty {
			if err := l.absent(ctx, q.Op(), gap); err != nil {
				yield(memberships.Membership{}, err)
			}
		}
	}
}

// absent returns the error of a query without a row, nil if an empty list is its result. gap
// is that of invitations that were not read, or nil.
func (l *lists) absent(ctx context.Context, op memberships.Operation, gap *memberships.Gap) error {
	err := l.empty(ctx)
	if gap != nil && errors.Is(err, memberships.ErrNoSuchMember) { // may be invited
		return api.Hidden(op, *gap)
	}
	return err
}

// memberSeq converts memberships. A list of all organizations goes on with one organization
// after the other when it times out.
func (p *provider) memberSeq(ctx context.Context, q memberships.Query, seq iter.Seq2[*Membership, error]) iter.Seq2[memberships.Membership, error] {
	members := portable.Seq(seq, converter())
	if q.Op() == memberships.OpList && q.Group.ID == "" {
		return p.all(ctx, members)
	}
	return members
}

// totals are the totals of two lists.
type totals [2]memberships.Total

// of returns the function that takes the total of a list and reports the sum.
func (t *totals) of(i int, summary *memberships.Summary) func(memberships.Total) {
	return func(n memberships.Total) {
		t[i] = n
		sum := int64(0)
		for _, part := range t {
			n, _ := part.Get()
			sum += n
		}
		summary.SetTotal(memberships.TotalOf(sum))
	}
}

// unreadInvitations returns the gap of a list of invitations that the credential or the
// instance does not allow, nil for any other error.
func unreadInvitations(err error) *memberships.Gap {
	if !errors.Is(err, memberships.ErrPermissionDenied) && !errors.Is(err, memberships.ErrNotFound) {
		return nil
	}
	return &memberships.Gap{
		Level: memberships.GapHidden, Code: memberships.GapInvitations,
		Text: "the invitations could not be read: " + err.Error(),
	}
}

// place is a position in the two lists of a query: the content of a page token.
type place struct {
	// Invited is set in the list of invitations. Members is then the number of members.
	Invited bool  `json:"i,omitempty"`
	Members int64 `json:"m,omitempty"`
	// Token is that of a page of the list.
	Token string `json:"t,omitempty"`
}

func (at place) seal(q memberships.Query) string {
	text, _ := json.Marshal(at) // of two scalars and a text
	return memberships.SealToken(string(text), q.Listing()...)
}

func openPlace(token string, q memberships.Query) (at place, err error) {
	if token == "" {
		return place{}, nil
	}
	text, err := memberships.OpenToken(token, q.Listing()...)
	if err == nil {
		err = json.Unmarshal([]byte(text), &at)
	}
	if err != nil {
		return at, api.Fail(q.Op(), memberships.ErrInvalidArgument, "the page token belongs to another listing")
	}
	return at, nil
}

// ListPage returns a page of members, of pending invitations, or of both. Its total is that
// of the members before the first page with invitations, and of both from there on.
func (p *provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	p = p.with(q.Opts)
	at, err := openPlace(r.Token, q)
	if err != nil {
		return nil, err
	}
	l, err := listsOf(ctx, p, q, r.Size)
	if err != nil {
		return nil, err
	}
	page := &memberships.Page[memberships.Membership]{Items: []memberships.Membership{}}
	if !at.Invited && l.members != nil {
		listed, err := l.members.Page(ctx, at.Token)
		if page, err = portable.Page(listed, err, converter()); err != nil {
			return nil, err
		}
		if page.Next != "" {
			page.Next = place{Token: page.Next}.seal(q)
			return page, nil
		}
		at.Members, _ = page.Total.Get()
		at.Token = ""
	}
	at.Invited = true
	size := p.c.Memberships.c.PageSize(client.SizedOptions(p.opts, r.Size), maxPageSize)
	var gap *memberships.Gap
	switch room := size - len(page.Items); {
	case l.invited == nil:
	case room <= 0:
		page.Next, page.Total = at.seal(q), memberships.Total{}
		return page, nil
	default:
		if gap, err = p.addInvited(ctx, &l, page, room, at); err != nil {
			return nil, err
		}
	}
	switch {
	case page.Next != "":
		at.Token = page.Next
		page.Next = at.seal(q)
	case at.Members == 0 && at.Token == "" && len(page.Items) == 0:
		if err := l.absent(ctx, q.Op(), gap); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// addInvited adds a page of invitations to a page, and sets its next cursor and total.
func (p *provider) addInvited(ctx context.Context, l *lists, page *memberships.Page[memberships.Membership], size int, at place) (*memberships.Gap, error) {
	listed, err := l.invited(size).Page(ctx, at.Token)
	if gap := unreadInvitations(err); gap != nil {
		page.Gaps = append(page.Gaps, *gap)
		return gap, nil
	}
	if err != nil {
		return nil, err
	}
	page.Next = listed.Next
	invited, known := listed.Total.Get()
	for _, i := range listed.Items {
		if l.keep(i) {
			page.Items = append(page.Items, fromInvitation(i))
		} else {
			known = false // the total counts rows of other addresses
		}
	}
	if page.Total = (memberships.Total{}); known {
		page.Total = memberships.TotalOf(at.Members + invited)
	}
	return nil, nil
}
