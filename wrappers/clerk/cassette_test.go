package clerk_test

import (
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// replayed returns a client over the cassette of t.
func replayed(t *testing.T, opts ...option.Option) (*clerk.Client, *recorded.Session) {
	t.Helper()
	s := recorded.Open(t, "clerk")
	opts = append([]option.Option{
		option.WithHTTPClient(s.Client),
		option.WithToken(s.Var("CLERK_SECRET_KEY", "token")),
	}, opts...)
	c, err := clerk.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// organization returns the id of the recordings' organization.
func organization(s *recorded.Session) string {
	return s.Var("CLERK_TEST_ORGANIZATION_ID", "org_demo")
}

// guest returns the id of a user outside that organization.
func guest(s *recorded.Session) string {
	return s.Var("CLERK_TEST_USER_ID", "user_3emu00000000000000000000013")
}

// nowhere and nobody are well-formed ids without an organization or a user.
const (
	nowhere = "org_2nowhere0000000000000000000"
	nobody  = "user_2nobody00000000000000000000"
)

func collect[T any](t *testing.T, seq iter.Seq2[*T, error]) []*T {
	t.Helper()
	var all []*T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// wantError fails unless err is a *memberships.Error of the kind, with the status, a
// code, a message and a request id.
func wantError(t *testing.T, err error, kind error, status int) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *memberships.Error", err)
	}
	if !errors.Is(err, kind) || e.StatusCode != status || e.Code == "" || e.Message == "" || e.RequestID == "" || e.Provider != "clerk" {
		t.Errorf("got %v, want %v with status %d, a code, a message and a request id", err, kind, status)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestMembershipsListOrganization(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	id := organization(s)
	all := collect(t, c.Memberships.ListByOrganization(t.Context(), id, clerk.ListOrganizationMembershipsParams{}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, m := range all {
		if m.Organization.ID != id || m.PublicUserData.UserID == "" || m.Role == "" || m.CreatedAt == 0 {
			t.Errorf("incomplete: %+v", m)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b *clerk.Membership) int { return int(a.CreatedAt - b.CreatedAt) }) {
		t.Error("the oldest membership is not the first")
	}
	admins := collect(t, c.Memberships.ListByOrganization(t.Context(), id, clerk.ListOrganizationMembershipsParams{
		Role: []string{clerk.RoleAdmin}, OrderBy: new("-first_name"), NameQuery: new("HOPPER"),
	}))
	if !s.Live && (len(admins) != 1 || admins[0].PublicUserData.Identifier != "grace@example.com") {
		t.Errorf("got %+v, want Grace Hopper alone", admins)
	}
	for _, err := range c.Memberships.ListByOrganization(t.Context(), nowhere, clerk.ListOrganizationMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestMembershipsListUser(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(2))
	ada := s.Var("CLERK_TEST_MEMBER_ID", "user_3emu00000000000000000000001")
	all := collect(t, c.Memberships.ListByUser(t.Context(), ada, clerk.ListUserMembershipsParams{}))
	if !s.Live && len(all) != 3 {
		t.Errorf("got %d memberships, want 3", len(all))
	}
	for _, m := range all {
		if m.PublicUserData.UserID != ada || m.Organization.ID == "" {
			t.Errorf("incomplete: %+v", m)
		}
	}
	for _, err := range c.Memberships.ListByUser(t.Context(), nobody, clerk.ListUserMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestMembershipsList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(2))
	ctx := t.Context()
	p := clerk.ListMembershipsParams{OrderBy: new("+email_address")}
	one := must[*memberships.Page[*clerk.Membership]](t)(c.Memberships.ListPage(ctx, p, ""))
	two := must[*memberships.Page[*clerk.Membership]](t)(c.Memberships.ListPage(ctx, p, one.Next))
	if !s.Live && (one.Total != memberships.TotalOf(2526) || two.Total != one.Total) {
		t.Errorf("totals %v and %v, want 2526", one.Total, two.Total)
	}
	if one.Items[1].ID == two.Items[0].ID || one.Items[1].PublicUserData.Identifier > two.Items[0].PublicUserData.Identifier {
		t.Errorf("%+v is not before %+v", one.Items[1], two.Items[0])
	}
	for _, err := range c.Memberships.List(ctx, clerk.ListMembershipsParams{OrderBy: new("shoe_size")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 422)
	}
}

func TestMembershipsCreateUpdateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx, org, user := t.Context(), organization(s), guest(s)
	add := clerk.CreateMembershipRequest{
		UserID: user, Role: clerk.RoleMember, PrivateMetadata: json.RawMessage(`{"seat":9007199254740993}`),
	}
	m := must[*clerk.Membership](t)(c.Memberships.Create(ctx, org, add))
	if m.PublicUserData.UserID != user || m.Role != clerk.RoleMember || m.Organization.ID != org || string(m.PrivateMetadata) != `{"seat":9007199254740993}` {
		t.Errorf("got %+v", m)
	}
	_, err := c.Memberships.Create(ctx, org, add)
	wantError(t, err, memberships.ErrAlreadyExists, 400)

	m = must[*clerk.Membership](t)(c.Memberships.Update(ctx, org, user, clerk.UpdateMembershipRequest{Role: clerk.RoleAdmin}))
	if m.Role != clerk.RoleAdmin || len(m.Permissions) == 0 {
		t.Errorf("not an administrator: %+v", m)
	}
	_, err = c.Memberships.Update(ctx, org, user, clerk.UpdateMembershipRequest{Role: "admin"})
	wantError(t, err, memberships.ErrInvalidArgument, 404) // the member exists, so not ErrNotFound

	was := must[*clerk.Membership](t)(wrappertest.Deleted[clerk.Membership](func(opts ...option.Option) error {
		return c.Memberships.Delete(ctx, org, user, opts...)
	}))
	if diff := cmp.Diff(m, was); diff != "" {
		t.Errorf("Delete does not return the membership (-want +got):\n%s", diff)
	}
	_, err = c.Memberships.Update(ctx, org, user, clerk.UpdateMembershipRequest{Role: clerk.RoleMember})
	wantError(t, err, memberships.ErrNotFound, 404)
	err = c.Memberships.Delete(ctx, org, user)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Create(ctx, org, clerk.CreateMembershipRequest{UserID: nobody, Role: clerk.RoleMember})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Create(ctx, nowhere, add)
	wantError(t, err, memberships.ErrNotFound, 404)
}

func TestMembershipsUpdateMetadata(t *testing.T) {
	c, s := replayed(t)
	ctx, org, user := t.Context(), organization(s), guest(s)
	must[*clerk.Membership](t)(c.Memberships.Create(ctx, org, clerk.CreateMembershipRequest{
		UserID: user, Role: clerk.RoleMember,
		PublicMetadata: json.RawMessage(`{"team":{"name":"a","size":3,"tags":["x","y"]},"old":1}`),
	}))
	m := must[*clerk.Membership](t)(c.Memberships.UpdateMetadata(ctx, org, user, clerk.UpdateMembershipMetadataRequest{
		PublicMetadata: json.RawMessage(`{"team":{"size":null,"tags":["z"],"lead":{"id":7}},"old":null,"never":null}`),
	}))
	if diff := cmp.Diff(`{"team":{"lead":{"id":7},"name":"a","tags":["z"]}}`, string(m.PublicMetadata)); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if err := c.Memberships.Delete(ctx, org, user); err != nil {
		t.Fatal(err)
	}
	_, err := c.Memberships.UpdateMetadata(ctx, org, user, clerk.UpdateMembershipMetadataRequest{PublicMetadata: json.RawMessage(`{}`)})
	wantError(t, err, memberships.ErrNotFound, 404)
}

func TestMembershipsFind(t *testing.T) {
	c, s := replayed(t)
	ctx, org, user := t.Context(), organization(s), guest(s)
	add := clerk.CreateMembershipRequest{UserID: user, Role: clerk.RoleMember}
	m := must[*clerk.Membership](t)(c.Memberships.Create(ctx, org, add))
	found := must[*clerk.Membership](t)(c.Memberships.Find(ctx, org, user))
	if diff := cmp.Diff(m, found); diff != "" {
		t.Errorf("Find (-want +got):\n%s", diff)
	}
	if err := c.Memberships.Delete(ctx, org, user); err != nil {
		t.Fatal(err)
	}
	_, err := c.Memberships.Find(ctx, org, user)
	var e *memberships.Error
	if !errors.Is(err, memberships.ErrNotFound) || !errors.As(err, &e) || e.StatusCode != 0 || e.Op != "Memberships.Find" {
		t.Errorf("got %v, want not found without a status", err)
	}
	_, err = c.Memberships.Find(ctx, nowhere, user)
	wantError(t, err, memberships.ErrNotFound, 404)
}

// invitee returns an address that no user has, and guestMail that of the guest.
func invitee(s *recorded.Session) string {
	return s.Var("CLERK_TEST_INVITEE_EMAIL", "invitee@example.com")
}

func guestMail(s *recorded.Session) string {
	return s.Var("CLERK_TEST_USER_EMAIL", "niklaus@example.com")
}

// noInvitation is a well-formed id without an invitation.
const noInvitation = "orginv_2nothing000000000000000000"

func TestInvitationsCreateRevoke(t *testing.T) {
	c, s := replayed(t)
	ctx, org, address := t.Context(), organization(s), invitee(s)
	add := clerk.CreateInvitationRequest{
		Email: address, Role: clerk.RoleMember, Notify: new(false), ExpiresInDays: new(int64(7)), RedirectURL: "https://example.com/welcome",
		PublicMetadata: json.RawMessage(`{"seat":9007199254740993}`),
	}
	i := must[*clerk.Invitation](t)(c.Invitations.Create(ctx, org, add))
	if i.ID == "" || i.EmailAddress != address || i.Role != clerk.RoleMember || i.Status != clerk.InvitationPending || i.OrganizationID != org ||
		i.ExpiresAt-i.CreatedAt != 7*24*3600*1000 || string(i.PublicMetadata) != `{"seat":9007199254740993}` {
		t.Errorf("got %+v", i)
	}
	_, err := c.Invitations.Create(ctx, org, add)
	wantError(t, err, memberships.ErrAlreadyExists, 400)
	got := must[*clerk.Invitation](t)(c.Invitations.Get(ctx, org, i.ID))
	if diff := cmp.Diff(i, got); diff != "" {
		t.Errorf("Get (-want +got):\n%s", diff)
	}
	over := must[*clerk.Invitation](t)(c.Invitations.Revoke(ctx, org, i.ID, clerk.RevokeInvitationRequest{}))
	if over.ID != i.ID || over.Status != clerk.InvitationRevoked {
		t.Errorf("got %+v", over)
	}
	_, err = c.Invitations.Revoke(ctx, org, i.ID, clerk.RevokeInvitationRequest{})
	wantError(t, err, memberships.ErrConflict, 404)
	_, err = c.Invitations.Revoke(ctx, org, noInvitation, clerk.RevokeInvitationRequest{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Invitations.Get(ctx, org, noInvitation)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Invitations.Create(ctx, nowhere, add)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Invitations.Create(ctx, org, clerk.CreateInvitationRequest{Email: address, Role: "admin"})
	wantError(t, err, memberships.ErrInvalidArgument, 404)
	_, err = c.Invitations.Create(ctx, org, clerk.CreateInvitationRequest{Email: address, Role: clerk.RoleMember, InviterUserID: guest(s)})
	wantError(t, err, memberships.ErrPermissionDenied, 403)
	if !s.Live { // Ada is a member
		_, err = c.Invitations.Create(ctx, org, clerk.CreateInvitationRequest{Email: "ada@example.com", Role: clerk.RoleMember})
		wantError(t, err, memberships.ErrAlreadyExists, 400)
	}
}

func TestInvitationsLists(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(1))
	ctx, org := t.Context(), organization(s)
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(ctx, org, []clerk.CreateInvitationRequest{
		{Email: guestMail(s), Role: clerk.RoleAdmin, Notify: new(false)}, {Email: invitee(s), Role: clerk.RoleMember, Notify: new(false)},
	}))
	var made []*clerk.Invitation
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		made = append(made, r.Invitation)
	}
	again := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(ctx, org, []clerk.CreateInvitationRequest{
		{Email: guestMail(s), Role: clerk.RoleAdmin}, {Email: invitee(s), Role: clerk.RoleMember},
	}))
	for _, r := range again {
		wantError(t, r.Err, memberships.ErrAlreadyExists, 400)
	}
	has := func(list []*clerk.Invitation, of *clerk.Invitation) bool {
		return slices.ContainsFunc(list, func(i *clerk.Invitation) bool { return i.ID == of.ID && i.EmailAddress == of.EmailAddress })
	}
	pending := collect(t, c.Invitations.ListByOrganization(ctx, org, clerk.ListOrganizationInvitationsParams{Status: new(clerk.InvitationPending)}))
	if !has(pending, made[0]) || !has(pending, made[1]) {
		t.Errorf("got %+v, want both", pending)
	}
	byMail := collect(t, c.Invitations.ListByOrganization(ctx, org, clerk.ListOrganizationInvitationsParams{Email: new(invitee(s))}))
	if has(byMail, made[0]) || !has(byMail, made[1]) {
		t.Errorf("got %+v, want one address alone", byMail)
	}
	all := collect(t, c.Invitations.List(ctx, clerk.ListInvitationsParams{Query: new(invitee(s)), OrderBy: new("-created_at")}))
	if !has(all, made[1]) || all[0].PublicOrganizationData.ID != org {
		t.Errorf("got %+v, want the invitation with its organization", all)
	}
	own := collect(t, c.Invitations.ListByUser(ctx, guest(s), clerk.ListUserInvitationsParams{Status: new(clerk.InvitationPending)}))
	if !has(own, made[0]) || has(own, made[1]) {
		t.Errorf("got %+v, want the user's own", own)
	}
	for _, i := range made {
		must[*clerk.Invitation](t)(c.Invitations.Revoke(ctx, org, i.ID, clerk.RevokeInvitationRequest{}))
	}
	for _, err := range c.Invitations.ListByOrganization(ctx, nowhere, clerk.ListOrganizationInvitationsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
	for _, err := range c.Invitations.ListByUser(ctx, nobody, clerk.ListUserInvitationsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
	for _, err := range c.Invitations.List(ctx, clerk.ListInvitationsParams{OrderBy: new("shoe_size")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 422)
	}
}

func TestUsers(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(3))
	ctx := t.Context()
	mail := s.Var("CLERK_TEST_EMAIL", "tove@example.com")
	add := clerk.CreateUserRequest{
		EmailAddress: []string{mail}, FirstName: "Tove", LastName: "Ditlevsen", SkipPasswordRequirement: new(true),
		UnsafeMetadata: json.RawMessage(`{"big":9007199254740993}`),
	}
	u := must[*clerk.User](t)(c.Users.Create(ctx, add))
	if u.FirstName != "Tove" || len(u.EmailAddresses) != 1 || u.EmailAddresses[0].ID != u.PrimaryEmailAddressID || string(u.UnsafeMetadata) != `{"big":9007199254740993}` {
		t.Errorf("got %+v", u)
	}
	_, err := c.Users.Create(ctx, add)
	wantError(t, err, memberships.ErrAlreadyExists, 422)

	got := must[*clerk.User](t)(c.Users.Get(ctx, u.ID))
	byMail := must[*clerk.User](t)(c.Users.FindByEmail(ctx, mail))
	if got.ID != u.ID || byMail.ID != u.ID {
		t.Errorf("got %s and %s, want %s", got.ID, byMail.ID, u.ID)
	}
	if n, err := c.Users.Count(ctx, clerk.CountUsersParams{EmailAddress: []string{mail, "nobody@example.com"}}); n != 1 || err != nil {
		t.Errorf("counted %d, %v, want 1", n, err)
	}
	_, err = c.Users.Count(ctx, clerk.CountUsersParams{}, clerk.WithAPIVersion("1999-12-31"))
	wantError(t, err, memberships.ErrInvalidArgument, 400)
	if !s.Live { // two full pages: only the empty page after them ends the list
		named := clerk.ListUsersParams{UserID: []string{"+" + u.ID}, NameQuery: new("o")}
		for n := range 8 {
			named.UserID = append(named.UserID, "user_3emu0000000000000000000000"+string(rune('1'+n)))
		}
		var names []string
		for _, u := range collect(t, c.Users.List(ctx, named)) {
			names = append(names, u.FirstName)
		}
		if diff := cmp.Diff([]string{"Ada", "Grace", "Barbara", "Claude", "Donald", "Tove"}, names); diff != "" {
			t.Errorf("users (-want +got):\n%s", diff)
		}
	}
	gone := must[*clerk.DeletedObject](t)(wrappertest.Deleted[clerk.DeletedObject](func(opts ...option.Option) error {
		return c.Users.Delete(ctx, u.ID, opts...)
	}))
	if gone.ID != u.ID || gone.Object != "user" {
		t.Errorf("got %+v", gone)
	}
	_, err = c.Users.Get(ctx, u.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	err = c.Users.Delete(ctx, u.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	if _, err = c.Users.FindByEmail(ctx, mail); !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	for _, err := range c.Users.List(ctx, clerk.ListUsersParams{OrderBy: new("shoe_size")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 422)
	}
}

func TestOrganizations(t *testing.T) {
	c, s := replayed(t)
	ctx, owner := t.Context(), guest(s)
	o := must[*clerk.Organization](t)(c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{
		Name: "memberships-go test", CreatedBy: owner, MaxAllowedMemberships: new(int64(1)),
	}))
	if o.Name != "memberships-go test" || o.CreatedBy != owner || o.Slug == "" || o.MembersCount != nil {
		t.Errorf("got %+v", o)
	}
	for _, name := range []string{o.ID, o.Slug} {
		got := must[*clerk.Organization](t)(c.Organizations.Get(ctx, name, clerk.GetOrganizationParams{IncludeMembersCount: true}))
		if got.ID != o.ID || got.MembersCount == nil || *got.MembersCount != 1 {
			t.Errorf("%s: got %+v, want one member", name, got)
		}
	}
	first := must[*clerk.Membership](t)(c.Memberships.Find(ctx, o.ID, owner))
	if first.Role != clerk.RoleAdmin {
		t.Errorf("the role of the creator is %s", first.Role)
	}
	// The owner is the last administrator.
	err := c.Memberships.Delete(ctx, o.ID, owner)
	wantError(t, err, memberships.ErrConflict, 400)
	if !s.Live { // the organization is full
		_, err = c.Memberships.Create(ctx, o.ID, clerk.CreateMembershipRequest{UserID: "user_3emu00000000000000000000001", Role: clerk.RoleMember})
		wantError(t, err, memberships.ErrConflict, 403)
	}
	all := collect(t, c.Organizations.List(ctx, clerk.ListOrganizationsParams{UserID: []string{owner}}))
	if !slices.ContainsFunc(all, func(other *clerk.Organization) bool { return other.ID == o.ID }) {
		t.Error("the new organization is not listed")
	}
	gone := must[*clerk.DeletedObject](t)(wrappertest.Deleted[clerk.DeletedObject](func(opts ...option.Option) error {
		return c.Organizations.Delete(ctx, o.ID, opts...)
	}))
	if gone.ID != o.ID || gone.Object != "organization" {
		t.Errorf("got %+v", gone)
	}
	_, err = c.Organizations.Get(ctx, o.ID, clerk.GetOrganizationParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	err = c.Organizations.Delete(ctx, o.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{Name: "x", CreatedBy: nobody})
	wantError(t, err, memberships.ErrNotFound, 400)
	for _, err := range c.Organizations.List(ctx, clerk.ListOrganizationsParams{OrderBy: new("shoe_size")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 422)
	}
}
