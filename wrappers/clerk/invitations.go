package clerk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/mail"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Invitation is the invitation of an e-mail address to an organization. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.Invitation].
type Invitation = gen.Invitation

// PublicInviterData has the user who invites. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.PublicInviterData].
type PublicInviterData = gen.PublicInviterData

// PublicOrganizationData has the organization of an invitation. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.PublicOrganizationData].
type PublicOrganizationData = gen.PublicOrganizationData

// ListInvitationsParams filters and orders a list of all invitations. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListInvitationsParams].
type ListInvitationsParams = gen.ListInvitationsParams

// ListOrganizationInvitationsParams filters and orders a list of an organization's
// invitations. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListOrganizationInvitationsParams].
type ListOrganizationInvitationsParams = gen.ListOrganizationInvitationsParams

// ListUserInvitationsParams filters a list of a user's invitations. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListUserInvitationsParams].
type ListUserInvitationsParams = gen.ListUserInvitationsParams

// CreateInvitationRequest has an address and a role, such as org:member. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.CreateInvitationRequest].
type CreateInvitationRequest = gen.CreateInvitationRequest

// RevokeInvitationRequest has the user who revokes, if any. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.RevokeInvitationRequest].
type RevokeInvitationRequest = gen.RevokeInvitationRequest

// InvitationResult is the result of one request of CreateMany: an Invitation or an Err.
type InvitationResult struct {
	Invitation *Invitation
	// Err is nil for an invitation that was made. memberships.ErrOutcomeUnknown leaves open
	// whether it was; any other error excludes it.
	Err error
}

// States of an invitation.
const (
	InvitationPending  = "pending"
	InvitationAccepted = "accepted"
	InvitationRevoked  = "revoked"
	InvitationExpired  = "expired"
)

const (
	// maxInvitations is the maximum number of invitations of one request.
	maxInvitations = 10
	// maxDays is the longest lifetime of an invitation in days.
	maxDays = 365
	// newestFirst is the order in which new invitations come first.
	newestFirst = "-created_at"
)

// InvitationsService makes, reads and revokes invitations.
type InvitationsService struct{ c *client.Client }

func invitationKey(i *Invitation) string { return i.ID }

// List yields the invitations of all organizations that match p, the oldest first by
// default. It restarts if invitations are added during the range. Clerk: GET
// /organization_invitations.
func (s *InvitationsService) List(ctx context.Context, p ListInvitationsParams, opts ...option.Option) iter.Seq2[*Invitation, error] {
	return listInvitations(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *InvitationsService) ListPage(ctx context.Context, p ListInvitationsParams, token string, opts ...option.Option) (*memberships.Page[*Invitation], error) {
	return listInvitations(s, p, opts).Page(ctx, token)
}

func listInvitations(s *InvitationsService, p ListInvitationsParams, opts []option.Option) *paging.List[Invitation] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	return client.List(s.c, listing(client.Call{
		Name:     "Invitations.List",
		Endpoint: gen.ListInvitations(p),
		Opts:     opts,
	}, readInvitations, invitationKey))
}

// ListByOrganization yields the invitations of an organization that match p, the oldest
// first by default. Clerk omits the invitations of a verified domain. The list restarts
// if invitations are added during the range. Clerk: GET
// /organizations/{organization_id}/invitations.
func (s *InvitationsService) ListByOrganization(ctx context.Context, organizationID string, p ListOrganizationInvitationsParams, opts ...option.Option) iter.Seq2[*Invitation, error] {
	return listOrganizationInvitations(s, organizationID, p, opts).All(ctx)
}

// ListByOrganizationPage returns one page of ListByOrganization. An empty token is the
// first page; a page's Next is the token of the following one.
func (s *InvitationsService) ListByOrganizationPage(ctx context.Context, organizationID string, p ListOrganizationInvitationsParams, token string, opts ...option.Option) (*memberships.Page[*Invitation], error) {
	return listOrganizationInvitations(s, organizationID, p, opts).Page(ctx, token)
}

func listOrganizationInvitations(s *InvitationsService, organizationID string, p ListOrganizationInvitationsParams, opts []option.Option) *paging.List[Invitation] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	return client.List(s.c, listing(client.Call{
		Name:     "Invitations.ListByOrganization",
		Endpoint: gen.ListOrganizationInvitations(organizationID, p),
		Opts:     opts,
	}, readInvitations, invitationKey))
}

// ListByUser yields the invitations of a user's addresses that match p, in the provider's
// order. It restarts if invitations are added during the range. Clerk: GET
// /users/{user_id}/organization_invitations.
func (s *InvitationsService) ListByUser(ctx context.Context, userID string, p ListUserInvitationsParams, opts ...option.Option) iter.Seq2[*Invitation, error] {
	return listUserInvitations(s, userID, p, opts).All(ctx)
}

// ListByUserPage returns one page of ListByUser. An empty token is the first page; a
// page's Next is the token of the following one.
func (s *InvitationsService) ListByUserPage(ctx context.Context, userID string, p ListUserInvitationsParams, token string, opts ...option.Option) (*memberships.Page[*Invitation], error) {
	return listUserInvitations(s, userID, p, opts).Page(ctx, token)
}

func listUserInvitations(s *InvitationsService, userID string, p ListUserInvitationsParams, opts []option.Option) *paging.List[Invitation] {
	return client.List(s.c, listing(client.Call{
		Name:     "Invitations.ListByUser",
		Endpoint: gen.ListUserInvitations(userID, p),
		Opts:     opts,
	}, readInvitations, invitationKey))
}

func readInvitations(p *gen.InvitationPage) page[Invitation] {
	return page[Invitation]{p.Data, p.TotalCount}
}

// Get returns one invitation. Clerk: GET
// /organizations/{organization_id}/invitations/{invitation_id}.
func (s *InvitationsService) Get(ctx context.Context, organizationID, invitationID string, opts ...option.Option) (*Invitation, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Invitations.Get",
		Endpoint: gen.GetInvitation(organizationID, invitationID),
		Opts:     opts,
	}, invitationKey)
}

// Create invites an address to an organization and returns the invitation, which Clerk
// sends by mail unless Notify is false. For a member's address and for one with a pending
// invitation of the organization it fails with memberships.ErrAlreadyExists; for a full
// organization, where pending invitations count, with memberships.ErrConflict.
//
// After a lost response, a pending invitation of the address in the same role counts as
// made by the call. Create sends no second request to find out: without such an invitation
// the error is memberships.ErrOutcomeUnknown. Clerk: POST
// /organizations/{organization_id}/invitations.
func (s *InvitationsService) Create(ctx context.Context, organizationID string, r CreateInvitationRequest, opts ...option.Option) (*Invitation, error) {
	return s.create(ctx, "Invitations.Create", organizationID, r, opts)
}

func (s *InvitationsService) create(ctx context.Context, name, organizationID string, r CreateInvitationRequest, opts []option.Option) (*Invitation, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     name,
		Check:    func() error { return checkInvitation(&r) },
		Endpoint: gen.CreateInvitation(organizationID, r),
		Opts:     opts,
	}, invitationKey, func(ctx context.Context) (*Invitation, bool, error) {
		p := ListOrganizationInvitationsParams{Email: &r.Email, Status: new(InvitationPending)}
		for i, err := range s.ListByOrganization(ctx, organizationID, p, opts...) {
			if err != nil || strings.EqualFold(i.EmailAddress, r.Email) {
				return i, err == nil && i.Role == r.Role, err
			}
		}
		return nil, false, nil
	})
}

// CreateMany invites any number of addresses to an organization, ten with one request. It
// returns a result for every request, in their order; an invalid request fails alone and is
// not sent. The error is about the whole call, which then has sent nothing.
//
// If Clerk refuses a request of ten, CreateMany invites its addresses one by one, so that
// only the refused ones fail. An address that the refused request invited nevertheless gets
// no second mail, and fails with memberships.ErrAlreadyExists. After a lost response, the
// pending invitations of the organization decide, as in Create. A refusal of the credential
// or for too many requests ends the call: the remaining results have its error.
//
// Clerk: POST /organizations/{organization_id}/invitations/bulk, and POST
// /organizations/{organization_id}/invitations for a single address.
func (s *InvitationsService) CreateMany(ctx context.Context, organizationID string, rs []CreateInvitationRequest, opts ...option.Option) ([]InvitationResult, error) {
	m := &inviting{InvitationsService: s, organizationID: organizationID, requests: rs, opts: opts, results: make([]InvitationResult, len(rs))}
	if err := client.Check(ctx, s.c, m.call(nil)); err != nil {
		return nil, err
	}
	m.run(ctx)
	return m.results, nil
}

// inviting is one call of CreateMany.
type inviting struct {
	*InvitationsService
	organizationID string
	requests       []CreateInvitationRequest
	opts           []option.Option
	results        []InvitationResult
}

func (m *inviting) call(body gen.CreateInvitationsRequest) client.Call {
	return client.Call{Name: "Invitations.CreateMany", Endpoint: gen.CreateInvitations(m.organizationID, body), Opts: m.opts}
}

func (m *inviting) run(ctx context.Context) {
	var valid []int
	for i := range m.requests {
		if err := checkInvitation(&m.requests[i]); err != nil {
			m.results[i].Err = &memberships.Error{Provider: api.Name, Op: m.call(nil).Name, Kind: memberships.ErrInvalidArgument, Err: err}
			continue
		}
		valid = append(valid, i)
	}
	for len(valid) > 0 {
		part := m.part(valid)
		valid = valid[len(part):]
		if err := m.send(ctx, part); err != nil {
			m.fail(valid, err)
			return
		}
	}
}

// part returns the first rows that one request holds: at most maxInvitations, with no
// address twice.
func (m *inviting) part(rows []int) []int {
	seen := map[string]bool{}
	for n, i := range rows {
		key := strings.ToLower(m.requests[i].Email)
		if n == maxInvitations || seen[key] {
			return rows[:n]
		}
		seen[key] = true
	}
	return rows
}

// ends reports whether an error concerns all later requests.
func ends(err error) bool {
	return errors.Is(err, memberships.ErrUnauthenticated) || errors.Is(err, memberships.ErrRateLimited)
}

func (m *inviting) fail(rows []int, err error) {
	for _, i := range rows {
		m.results[i].Err = err
	}
}

// send invites the addresses of rows. It returns an error that ends the call.
func (m *inviting) send(ctx context.Context, rows []int) error {
	if len(rows) == 1 {
		return m.each(ctx, rows)
	}
	made, seen, err := m.bulk(ctx, rows)
	switch {
	case err == nil:
		m.take(rows, made, false)
	case refused(err):
		return m.each(ctx, rows)
	default:
		m.fail(m.take(rows, seen, true), err)
	}
	if ends(err) {
		return err
	}
	return nil
}

// each invites the addresses of rows one by one. It returns an error that ends the call.
func (m *inviting) each(ctx context.Context, rows []int) error {
	for n, i := range rows {
		made, err := m.create(ctx, m.call(nil).Name, m.organizationID, m.requests[i], m.opts)
		if m.results[i] = (InvitationResult{Invitation: made, Err: err}); ends(err) {
			m.fail(rows[n+1:], err)
			return err
		}
	}
	return nil
}

// refused reports whether Clerk refused a bulk request for one of its rows, perhaps.
func refused(err error) bool {
	var e *memberships.Error
	return errors.As(err, &e) && e.StatusCode >= 400 && e.StatusCode < 500 && !errors.Is(err, memberships.ErrOutcomeUnknown) && !ends(err)
}

// bulk sends rows in one request and returns the invitations. seen are the pending
// invitations of the last reading after an ambiguous attempt.
func (m *inviting) bulk(ctx context.Context, rows []int) (made, seen []Invitation, err error) {
	var body gen.CreateInvitationsRequest
	for _, i := range rows {
		body = append(body, m.requests[i])
	}
	key := func(p *gen.InvitationPage) string {
		if found := m.find(rows, p.Data, false); len(found) == len(rows) {
			return found[rows[0]].ID
		}
		return ""
	}
	page, err := client.Write(ctx, m.c, m.call(body), key, func(ctx context.Context) (*gen.InvitationPage, bool, error) {
		var err error
		if seen, err = m.pending(ctx, rows); err != nil {
			return nil, false, err
		}
		return &gen.InvitationPage{Data: seen}, len(m.find(rows, seen, true)) == len(rows), nil
	})
	if err != nil {
		return nil, seen, err
	}
	return page.Data, nil, nil
}

// pending returns the pending invitations of the organization up to the last one that rows
// need.
func (m *inviting) pending(ctx context.Context, rows []int) ([]Invitation, error) {
	var seen []Invitation
	p := ListOrganizationInvitationsParams{Status: new(InvitationPending), OrderBy: new(newestFirst)}
	for i, err := range m.ListByOrganization(ctx, m.organizationID, p, m.opts...) {
		if err != nil {
			return nil, err
		}
		if found := m.find(rows, []Invitation{*i}, false); len(found) == 0 {
			continue
		}
		if seen = append(seen, *i); len(seen) == len(rows) {
			break
		}
	}
	return seen, nil
}

// find returns the invitations of rows by row. sameRole excludes those in another role than
// the request's.
func (m *inviting) find(rows []int, in []Invitation, sameRole bool) map[int]*Invitation {
	byMail := make(map[string]*Invitation, len(in))
	for n := range in {
		byMail[strings.ToLower(in[n].EmailAddress)] = &in[n]
	}
	found := map[int]*Invitation{}
	for _, i := range rows {
		r := &m.requests[i]
		if made := byMail[strings.ToLower(r.Email)]; made != nil && made.ID != "" && (!sameRole || made.Role == r.Role) {
			found[i] = made
		}
	}
	return found
}

// take stores the invitations of rows, as find returns them, and returns the rows without
// one.
func (m *inviting) take(rows []int, in []Invitation, sameRole bool) (missing []int) {
	found := m.find(rows, in, sameRole)
	for _, i := range rows {
		if m.results[i].Invitation = found[i]; found[i] == nil {
			missing = append(missing, i)
		}
	}
	return missing
}

// Revoke ends a pending invitation and returns it. For an invitation that is accepted,
// revoked or expired it fails with memberships.ErrConflict. Clerk: POST
// /organizations/{organization_id}/invitations/{invitation_id}/revoke.
func (s *InvitationsService) Revoke(ctx context.Context, organizationID, invitationID string, r RevokeInvitationRequest, opts ...option.Option) (*Invitation, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     "Invitations.Revoke",
		Check:    func() error { return checkOptionalID("RequestingUserID", r.RequestingUserID) },
		Endpoint: gen.RevokeInvitation(organizationID, invitationID, r),
		Opts:     opts,
		Refusal:  memberships.ErrConflict,
	}, revokedKey, func(ctx context.Context) (*Invitation, bool, error) {
		i, err := s.Get(ctx, organizationID, invitationID, opts...)
		if err != nil || i.Status == InvitationPending {
			return nil, false, err
		}
		return i, i.Status == InvitationRevoked, nil
	})
}

// revokedKey returns the key of a revoked invitation, "" for a response that does not
// confirm the end, which makes the response malformed.
func revokedKey(i *Invitation) string {
	if i.Status != InvitationRevoked {
		return ""
	}
	return i.ID
}

// checkInvitation rejects a request that Clerk cannot carry out.
func checkInvitation(r *CreateInvitationRequest) error {
	return cmp.Or(
		checkAddress(r.Email), checkRole(r.Role), checkOptionalID("InviterUserID", r.InviterUserID), checkDays(r.ExpiresInDays),
		checkObject("PublicMetadata", r.PublicMetadata), checkObject("PrivateMetadata", r.PrivateMetadata),
	)
}

func checkAddress(address string) error {
	if address == "" {
		return errors.New("Email is empty")
	}
	if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
		return errors.New("Email is not an e-mail address")
	}
	return nil
}

func checkDays(days *int64) error {
	if days != nil && (*days < 1 || *days > maxDays) {
		return fmt.Errorf("ExpiresInDays is %d, and an invitation lives for 1 to %d days", *days, maxDays)
	}
	return nil
}

func checkOptionalID(name, id string) error {
	if id == "" {
		return nil
	}
	return transport.CheckID(name, id)
}
