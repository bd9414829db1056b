package clerk

import (
	"cmp"
	"context"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// States of an invitation.
const (
	pending  = "pending"
	accepted = "accepted"
	revoked  = "revoked"
	expired  = "expired"
)

var states = []string{pending, accepted, revoked, expired}

// defaultDays is the lifetime of an invitation without expires_in_days.
const defaultDays = 30

// invitation is one invitation of an address to an organization.
type invitation struct {
	id, mail, role   string
	inviter          string // the id of a user, "" without one
	public, private  []byte
	status           string // pending for an expired one, too
	created, updated time.Time
	expires          time.Time
}

// state returns the state of an invitation at a time.
func (i *invitation) state(now time.Time) string {
	if i.status == pending && !now.Before(i.expires) {
		return expired
	}
	return i.status
}

// invite adds an invitation.
func (o *organization) invite(i *invitation) {
	if o.pending == nil {
		o.pending = map[string]*invitation{}
	}
	o.invitations = append(o.invitations, i)
	if i.status == pending {
		o.pending[strings.ToLower(i.mail)] = i
	}
}

// end ends a pending invitation.
func (o *organization) end(i *invitation, status string, now time.Time) {
	i.status, i.updated = status, now
	if key := strings.ToLower(i.mail); o.pending[key] == i {
		delete(o.pending, key)
	}
}

// outstanding returns the number of pending invitations.
func (o *organization) outstanding(now time.Time) int {
	n := 0
	for _, i := range o.pending {
		if i.state(now) == pending {
			n++
		}
	}
	return n
}

// full returns an error if the organization has no place for n more members. Pending
// invitations take places.
func (o *organization) full(n int, now time.Time) error {
	if o.max == 0 || int64(o.members.Len()+o.outstanding(now)+n) <= o.max {
		return nil
	}
	return &failure{
		status: http.StatusForbidden, code: "organization_membership_quota_exceeded",
		short: "organization membership quota exceeded", message: "the organization has as many members and pending invitations as it may have",
	}
}

// loadInvitations adds the invitations of a state file. A pending one begins with the
// emulator, because its end depends on the clock.
func (s *server) loadInvitations(o *organization, g *seed.Group) {
	for _, in := range g.Invitations {
		i := &invitation{mail: in.Mail, role: roleMember, status: cmp.Or(in.Status, pending), created: seed.Start}
		if in.Role != seed.RoleMember {
			i.role = roleAdmin
		}
		if i.status == pending {
			i.created = s.now()
		}
		s.made++
		i.id = invitationID(s.made)
		i.updated, i.expires = i.created, i.created.AddDate(0, 0, defaultDays)
		o.invite(i)
	}
}

// invitation returns an invitation as a response shows it. whole includes the data of the
// organization.
func (s *server) invitation(o *organization, i *invitation, whole bool) gen.Invitation {
	role := roles[i.role]
	out := gen.Invitation{
		ID: i.id, Object: "organization_invitation", EmailAddress: i.mail, Role: i.role, RoleName: &role.name,
		OrganizationID: &o.id, InviterID: orNull(i.inviter), PublicInviterData: nullable.NewNullNullable[gen.PublicInviterData](),
		Status: new(i.state(s.now())), PublicMetadata: new(object(i.public)), PrivateMetadata: new(object(i.private)),
		URL: orNull(""), ExpiresAt: nullable.NewNullableWithValue(i.expires.UnixMilli()),
		CreatedAt: i.created.UnixMilli(), UpdatedAt: i.updated.UnixMilli(),
	}
	if *out.Status == pending {
		out.URL.Set("https://accounts.example.com/v1/tickets/accept?ticket=" + i.id)
	}
	if n, ok := userNumber(i.inviter); ok {
		if u := s.publicUserData(n); u != nil {
			out.PublicInviterData.Set(gen.PublicInviterData{
				UserID: u.UserID, Identifier: new(value(u.Identifier)), FirstName: u.FirstName, LastName: u.LastName,
				ImageURL: u.ImageURL, HasImage: u.HasImage,
			})
		}
	}
	if whole {
		out.PublicOrganizationData = &gen.PublicOrganizationData{ID: o.id, Name: o.name, Slug: o.slug, ImageURL: new(picture)}
	}
	return out
}

// invited is an invitation with its organization.
type invited struct {
	organization *organization
	*invitation
}

// listed are the filters and the order of a list of invitations.
type listed struct {
	status  *string
	orderBy *string
	keep    func(*invitation) bool
	whole   bool
}

// listInvitations returns a page of the invitations of organizations.
func (s *server) listInvitations(of []*organization, l listed, p page) (gen.InvitationPageJSONResponse, error) {
	by, err := orderOf(l.orderBy, "created_at", "email_address")
	if err != nil {
		return gen.InvitationPageJSONResponse{}, err
	}
	wanted := states
	if l.status != nil {
		wanted = strings.Split(*l.status, between)
	}
	for _, state := range wanted {
		if !slices.Contains(states, state) {
			return gen.InvitationPageJSONResponse{}, invalid("status", "%q is not one of %s", state, strings.Join(states, ", "))
		}
	}
	now := s.now()
	var all []invited
	for _, o := range of {
		for _, i := range o.invitations {
			if slices.Contains(wanted, i.state(now)) && l.keep(i) {
				all = append(all, invited{o, i})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b invited) int {
		c := cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
		if by.key == "email_address" {
			c = strings.Compare(strings.ToLower(a.mail), strings.ToLower(b.mail))
		}
		if by.desc {
			return -c
		}
		return c
	})
	data := []gen.Invitation{}
	for _, i := range cut(p, all) {
		data = append(data, s.invitation(i.organization, i.invitation, l.whole))
	}
	return gen.InvitationPageJSONResponse{Data: data, TotalCount: int64(len(all))}, nil
}

func (s *server) ListOrganizationInvitations(_ context.Context, req gen.ListOrganizationInvitationsRequestObject) (gen.ListOrganizationInvitationsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.organization(req.OrganizationID)
	if err != nil {
		return nil, err
	}
	p := req.Params
	got, err := s.listInvitations([]*organization{o}, listed{status: p.Status, orderBy: p.OrderBy, keep: func(i *invitation) bool {
		return p.EmailAddress == nil || strings.EqualFold(*p.EmailAddress, i.mail)
	}}, pageOf(p.Limit, p.Offset))
	if err != nil {
		return nil, err
	}
	return gen.ListOrganizationInvitations200JSONResponse{InvitationPageJSONResponse: got}, nil
}

func (s *server) ListInvitations(_ context.Context, req gen.ListInvitationsRequestObject) (gen.ListInvitationsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	got, err := s.listInvitations(s.order, listed{status: p.Status, orderBy: p.OrderBy, whole: true, keep: func(i *invitation) bool {
		return p.Query == nil || i.id == *p.Query || strings.Contains(strings.ToLower(i.mail), strings.ToLower(*p.Query))
	}}, pageOf(p.Limit, p.Offset))
	if err != nil {
		return nil, err
	}
	return gen.ListInvitations200JSONResponse{InvitationPageJSONResponse: got}, nil
}

func (s *server) ListUserInvitations(_ context.Context, req gen.ListUserInvitationsRequestObject) (gen.ListUserInvitationsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.user(req.UserID)
	if err != nil {
		return nil, err
	}
	p := req.Params
	got, err := s.listInvitations(s.order, listed{status: p.Status, whole: true, keep: func(i *invitation) bool {
		return has(a.mails, []string{i.mail})
	}}, pageOf(p.Limit, p.Offset))
	if err != nil {
		return nil, err
	}
	return gen.ListUserInvitations200JSONResponse{InvitationPageJSONResponse: got}, nil
}

// findInvitation returns the organization and the invitation that a path names.
func (s *server) findInvitation(organizationID, id string) (*organization, *invitation, error) {
	o, err := s.organization(organizationID)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range o.invitations {
		if i.id == id {
			return o, i, nil
		}
	}
	return nil, nil, notFound("the organization has no invitation with id %s", id)
}

func (s *server) GetInvitation(_ context.Context, req gen.GetInvitationRequestObject) (gen.GetInvitationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, i, err := s.findInvitation(req.OrganizationID, req.InvitationID)
	if err != nil {
		return nil, err
	}
	return gen.GetInvitation200JSONResponse{InvitationJSONResponse: gen.InvitationJSONResponse(s.invitation(o, i, false))}, nil
}

// byMail returns the user with an e-mail address, primary or not.
func (s *server) byMail(address string) (*account, bool) {
	if p, ok := s.people.ByMail(address); ok {
		return s.account(p.N)
	}
	for _, a := range s.accounts {
		if has(a.mails, []string{address}) {
			return a, true
		}
	}
	return nil, false
}

// administrator returns an error for a user who is no administrator of the organization. An
// absent user is allowed.
func (s *server) administrator(o *organization, param, id string) error {
	if id == "" {
		return nil
	}
	a, err := s.user(id)
	if err != nil {
		return err
	}
	m, in := o.members.Get(a.N)
	switch {
	case !in:
		return &failure{
			status: http.StatusForbidden, code: "not_a_member_in_organization", short: "not a member",
			message: id + " is not a member of the organization", param: param,
		}
	case m.role != roleAdmin:
		return &failure{
			status: http.StatusForbidden, code: "missing_organization_permission", short: "missing permission",
			message: id + " is no administrator of the organization", param: param,
		}
	}
	return nil
}

// newInvitation returns the invitation that a request describes, or the reason of its
// refusal.
func (s *server) newInvitation(o *organization, b *gen.CreateInvitationRequest) (*invitation, error) {
	now := s.now()
	if parsed, err := mail.ParseAddress(b.EmailAddress); err != nil || parsed.Address != b.EmailAddress {
		return nil, badFormat("email_address", "%q is not an e-mail address", b.EmailAddress)
	}
	if to := value(b.RedirectURL); to != "" {
		if u, err := url.Parse(to); err != nil || u.Scheme == "" || u.Host == "" {
			return nil, badFormat("redirect_url", "%q is not a whole URL", to)
		}
	}
	if err := cmp.Or(checkRole(b.Role), s.administrator(o, "inviter_user_id", value(b.InviterUserID))); err != nil {
		return nil, err
	}
	i := &invitation{mail: b.EmailAddress, role: b.Role, inviter: value(b.InviterUserID), status: pending, created: now, updated: now}
	var err error
	if i.public, err = metadata("public_metadata", nil, b.PublicMetadata); err != nil {
		return nil, err
	}
	if i.private, err = metadata("private_metadata", nil, b.PrivateMetadata); err != nil {
		return nil, err
	}
	i.expires = now.AddDate(0, 0, int(cmp.Or(value(b.ExpiresInDays), defaultDays)))
	if other := o.pending[strings.ToLower(i.mail)]; other != nil && other.state(now) == pending {
		return nil, notUnique(i.mail)
	}
	if a, ok := s.byMail(i.mail); ok {
		if _, in := o.members.Get(a.N); in {
			return nil, alreadyMember(i.mail)
		}
	}
	return i, nil
}

func notUnique(address string) error {
	return &failure{
		status: http.StatusBadRequest, code: "organization_invitation_not_unique", short: "duplicate invitation",
		message: address + " has a pending invitation of the organization",
	}
}

// alreadyMember returns the error for a user, given by id or address, who is a member.
func alreadyMember(who string) error {
	return &failure{
		status: http.StatusBadRequest, code: "already_a_member_in_organization", short: "already a member",
		message: who + " is already in the organization",
	}
}

// invite makes all invitations of a request or, if one is refused, none.
func (s *server) invite(organizationID string, bodies []gen.CreateInvitationRequest) (*organization, []*invitation, error) {
	o, err := s.organization(organizationID)
	if err != nil {
		return nil, nil, err
	}
	var made []*invitation
	mails := map[string]bool{}
	for n := range bodies {
		i, err := s.newInvitation(o, &bodies[n])
		if err != nil {
			return nil, nil, err
		}
		key := strings.ToLower(i.mail)
		if mails[key] {
			return nil, nil, notUnique(i.mail)
		}
		mails[key] = true
		made = append(made, i)
	}
	if err := o.full(len(made), s.now()); err != nil {
		return nil, nil, err
	}
	s.changes++
	for _, i := range made {
		s.made++
		i.id = invitationID(s.made)
		o.invite(i)
		s.emitInvitation("created", o, i)
	}
	return o, made, nil
}

func (s *server) CreateInvitation(_ context.Context, req gen.CreateInvitationRequestObject) (gen.CreateInvitationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, made, err := s.invite(req.OrganizationID, []gen.CreateInvitationRequest{*req.Body})
	if err != nil {
		return nil, err
	}
	return gen.CreateInvitation200JSONResponse{InvitationJSONResponse: gen.InvitationJSONResponse(s.invitation(o, made[0], false))}, nil
}

func (s *server) CreateInvitations(_ context.Context, req gen.CreateInvitationsRequestObject) (gen.CreateInvitationsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*req.Body) == 0 {
		return nil, &failure{status: http.StatusBadRequest, code: "request_body_invalid", short: "Request body invalid", message: "the list is empty"}
	}
	o, made, err := s.invite(req.OrganizationID, *req.Body)
	if err != nil {
		return nil, err
	}
	out := gen.InvitationPageJSONResponse{TotalCount: int64(len(made))}
	for _, i := range made {
		out.Data = append(out.Data, s.invitation(o, i, false))
	}
	return gen.CreateInvitations200JSONResponse{InvitationPageJSONResponse: out}, nil
}

func (s *server) RevokeInvitation(_ context.Context, req gen.RevokeInvitationRequestObject) (gen.RevokeInvitationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, i, err := s.findInvitation(req.OrganizationID, req.InvitationID)
	if err != nil {
		return nil, err
	}
	if req.Body != nil {
		if err := s.administrator(o, "requesting_user_id", value(req.Body.RequestingUserID)); err != nil {
			return nil, err
		}
	}
	if err := i.open(s.now()); err != nil {
		return nil, err
	}
	s.changes++
	o.end(i, revoked, s.now())
	s.emitInvitation("revoked", o, i)
	return gen.RevokeInvitation200JSONResponse{InvitationJSONResponse: gen.InvitationJSONResponse(s.invitation(o, i, false))}, nil
}

// open returns an error for an invitation that is not pending.
func (i *invitation) open(now time.Time) error {
	state := i.state(now)
	if state == pending {
		return nil
	}
	return &failure{
		status: http.StatusNotFound, code: "organization_invitation_not_pending", short: "not pending",
		message: "the invitation is " + state,
	}
}

// accept serves the control call that accepts an invitation in the name of its address. A
// user with the address joins the organization; without one, a new user does.
func (s *server) accept(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamp(w)
	o, i, err := s.accepted(r.PathValue("invitation_id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	send(w, http.StatusOK, s.invitation(o, i, true))
}

// accepted accepts an invitation.
func (s *server) accepted(id string) (*organization, *invitation, error) {
	for _, o := range s.order {
		for _, i := range o.invitations {
			if i.id == id {
				return o, i, s.admit(o, i)
			}
		}
	}
	return nil, nil, notFound("there is no invitation with id %s", id)
}

// admit makes the invited person a member, with the metadata of the invitation.
func (s *server) admit(o *organization, i *invitation) error {
	now := s.now()
	if err := i.open(now); err != nil {
		return err
	}
	a, ok := s.byMail(i.mail)
	if !ok {
		a = &account{
			Person: s.people.Create(seed.Person{Mail: i.mail}), mails: one(i.mail), mayDelete: true, mayCreate: true, created: now, seen: now,
		}
		s.accounts[a.N] = a
		s.emit("user.created", a.json())
	}
	if _, in := o.members.Get(a.N); in {
		return alreadyMember(i.mail)
	}
	s.join(o, a.N, i.role, i.public, i.private)
	o.end(i, accepted, now)
	i.public, i.private = nil, nil
	s.emitInvitation("accepted", o, i)
	return nil
}

// control serves the calls of the emulator's own API.
func (s *server) control(mux *http.ServeMux) {
	mux.HandleFunc("POST "+httpapi.ControlPrefix+"clerk/invitations/{invitation_id}/accept", s.accept)
}
