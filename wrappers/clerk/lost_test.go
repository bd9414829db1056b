package clerk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// demo is an organization of the emulator, and outsider a user who is not a member of it.
// newSlug and newMail belong to no organization and no user.
const (
	demo     = "org_demo"
	outsider = "user_3emu00000000000000000000013"
	newSlug  = "book-club"
	newMail  = "new@example.com"
)

// describe returns the text of a call's result.
func describe(m *clerk.Membership, err error) string {
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return "not found"
	case err != nil:
		return err.Error()
	}
	return fmt.Sprint(m.PublicUserData.UserID, " ", m.Organization.ID, " ", m.Role, " ", string(m.PublicMetadata))
}

// stateOf returns the text of the outsider's membership.
func stateOf(ctx context.Context, c *clerk.Client) string {
	return describe(c.Memberships.Find(ctx, demo, outsider))
}

// writes returns every write by its operation.
func writes() map[string]wrappertest.Write[*clerk.Client] {
	add := func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
		m, err := c.Memberships.Create(ctx, demo, clerk.CreateMembershipRequest{
			UserID: outsider, Role: clerk.RoleMember, PublicMetadata: json.RawMessage(`{"a":1}`),
		})
		return describe(m, err), err
	}
	in := func(ctx context.Context, c *clerk.Client) (string, error) { return add(ctx, c, "") }
	organization := func(ctx context.Context, c *clerk.Client) string {
		o, err := c.Organizations.Get(ctx, newSlug, clerk.GetOrganizationParams{})
		if err != nil {
			return describe(nil, err)
		}
		return o.Name
	}
	makeOrganization := func(ctx context.Context, c *clerk.Client) (*clerk.Organization, error) {
		return c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{Name: "Book Club", Slug: newSlug, CreatedBy: outsider})
	}
	user := func(ctx context.Context, c *clerk.Client) string {
		u, err := c.Users.FindByEmail(ctx, newMail)
		if err != nil {
			return describe(nil, err)
		}
		return u.FirstName
	}
	makeUser := func(ctx context.Context, c *clerk.Client) (*clerk.User, error) {
		return c.Users.Create(ctx, clerk.CreateUserRequest{EmailAddress: []string{newMail}, FirstName: "New", SkipPasswordRequirement: new(true)})
	}
	const (
		nothing = outsider + " " + demo + "  "
		member  = outsider + " " + demo + ` org:member {"a":1}`
		admin   = outsider + " " + demo + ` org:admin {"a":1}`
		merged  = outsider + " " + demo + ` org:member {"b":{"c":[1]}}`
	)
	all := invitationWrites()
	maps.Copy(all, map[string]wrappertest.Write[*clerk.Client]{
		"Memberships.Create": {Do: add, Want: member, State: stateOf, After: member, Without: "not found"},
		"Memberships.Update": {
			Before: in, Want: admin,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				m, err := c.Memberships.Update(ctx, demo, outsider, clerk.UpdateMembershipRequest{Role: clerk.RoleAdmin})
				return describe(m, err), err
			},
			State: stateOf, After: admin, Without: member,
		},
		"Memberships.UpdateMetadata": {
			Before: in, Want: merged,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				m, err := c.Memberships.UpdateMetadata(ctx, demo, outsider, clerk.UpdateMembershipMetadataRequest{
					PublicMetadata: json.RawMessage(`{"a":null,"b":{"c":[1]}}`),
				})
				return describe(m, err), err
			},
			State: stateOf, After: merged, Without: member,
		},
		"Memberships.Delete": {
			Before: in, Want: member, Lost: nothing,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				m, err := wrappertest.Deleted[clerk.Membership](func(opts ...option.Option) error {
					return c.Memberships.Delete(ctx, demo, outsider, opts...)
				})
				return describe(m, err), err
			},
			State: stateOf, After: "not found", Without: member,
		},
		"Organizations.Create": {
			Want: "Book Club by " + outsider,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				o, err := makeOrganization(ctx, c)
				if err != nil {
					return "", err
				}
				return o.Name + " by " + o.CreatedBy, nil
			},
			State: organization, After: "Book Club", Without: "not found",
		},
		"Organizations.Delete": {
			Want: "organization true true",
			Before: func(ctx context.Context, c *clerk.Client) (string, error) {
				o, err := makeOrganization(ctx, c)
				if err != nil {
					return "", err
				}
				return o.ID, nil
			},
			Do: func(ctx context.Context, c *clerk.Client, id string) (string, error) {
				d, err := wrappertest.Deleted[clerk.DeletedObject](func(opts ...option.Option) error {
					return c.Organizations.Delete(ctx, id, opts...)
				})
				if err != nil {
					return "", err
				}
				return fmt.Sprint(d.Object, " ", d.ID == id, d.Deleted), nil
			},
			State: organization, After: "not found", Without: "Book Club",
		},
		"Users.Create": {
			Want: "New",
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				u, err := makeUser(ctx, c)
				if err != nil {
					return "", err
				}
				return u.FirstName, nil
			},
			State: user, After: "New", Without: "not found",
		},
		"Users.Delete": {
			Want: "user true true",
			Before: func(ctx context.Context, c *clerk.Client) (string, error) {
				u, err := makeUser(ctx, c)
				if err != nil {
					return "", err
				}
				return u.ID, nil
			},
			Do: func(ctx context.Context, c *clerk.Client, id string) (string, error) {
				d, err := wrappertest.Deleted[clerk.DeletedObject](func(opts ...option.Option) error {
					return c.Users.Delete(ctx, id, opts...)
				})
				if err != nil {
					return "", err
				}
				return fmt.Sprint(d.Object, " ", d.ID == id, d.Deleted), nil
			},
			State: user, After: "not found", Without: "New",
		},
	})
	return all
}

// invitees are addresses without an account.
var invitees = []string{"first@example.com", "second@example.com"}

// invitationsOf returns the text of the invitees' invitations.
func invitationsOf(ctx context.Context, c *clerk.Client) string {
	var all []string
	for i, err := range c.Invitations.ListByOrganization(ctx, demo, clerk.ListOrganizationInvitationsParams{}) {
		if err != nil {
			return err.Error()
		}
		all = append(all, describeInvitation(i))
	}
	return strings.Join(all, ", ")
}

func describeInvitation(i *clerk.Invitation) string {
	return fmt.Sprint(i.EmailAddress, " ", i.Role, " ", i.Status, " ", string(i.PublicMetadata))
}

// invitationWrites returns the writes of invitations.
func invitationWrites() map[string]wrappertest.Write[*clerk.Client] {
	requests := []clerk.CreateInvitationRequest{
		{Email: invitees[0], Role: clerk.RoleMember, PublicMetadata: json.RawMessage(`{"a":1}`)}, {Email: invitees[1], Role: clerk.RoleAdmin},
	}
	const (
		first   = `first@example.com org:member pending {"a":1}`
		second  = `second@example.com org:admin pending {}`
		revoked = `first@example.com org:member revoked {"a":1}`
	)
	return map[string]wrappertest.Write[*clerk.Client]{
		"Invitations.Create": {
			Repeat: wrappertest.Once, Want: first, State: invitationsOf, After: first,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				i, err := c.Invitations.Create(ctx, demo, requests[0])
				if err != nil {
					return "", err
				}
				return describeInvitation(i), nil
			},
		},
		"Invitations.CreateMany": {
			Repeat: wrappertest.Once, Want: first + ", " + second, State: invitationsOf, After: first + ", " + second,
			Do: func(ctx context.Context, c *clerk.Client, _ string) (string, error) {
				results, err := c.Invitations.CreateMany(ctx, demo, requests)
				if err != nil {
					return "", err
				}
				var all []string
				for _, r := range results {
					if r.Err != nil {
						return "", r.Err
					}
					all = append(all, describeInvitation(r.Invitation))
				}
				return strings.Join(all, ", "), nil
			},
		},
		"Invitations.Revoke": {
			Want: revoked, State: invitationsOf, After: revoked, Without: first,
			Before: func(ctx context.Context, c *clerk.Client) (string, error) {
				i, err := c.Invitations.Create(ctx, demo, requests[0])
				if err != nil {
					return "", err
				}
				return i.ID, nil
			},
			Do: func(ctx context.Context, c *clerk.Client, id string) (string, error) {
				i, err := c.Invitations.Revoke(ctx, demo, id, clerk.RevokeInvitationRequest{})
				if err != nil {
					return "", err
				}
				return describeInvitation(i), nil
			},
		},
	}
}

func TestLostAnswers(t *testing.T) {
	wrappertest.RunLostResponses(t, wrappertest.LostResponses[*clerk.Client]{New: clerk.New, Writes: writes(), Duplicates: clerk.Duplicates})
}

// step is one response of a scripted provider.
type step = wrappertest.Step

const (
	nobodyIn = `{"data":[],"total_count":0}`
	memberIn = `{"data":[{"id":"m","role":"org:member","public_user_data":{"user_id":"u"}}],"total_count":1}`
	adminIn  = `{"data":[{"id":"m","role":"org:admin","public_user_data":{"user_id":"u"}}],"total_count":1}`
	already  = `{"errors":[{"code":"already_a_member_in_organization"}]}`
	exists   = `{"errors":[{"code":"form_identifier_exists"}]}`
	missing  = `{"errors":[{"code":"resource_not_found"}]}`

	invitedAlready = `{"errors":[{"code":"organization_invitation_not_unique"}]}`
	ended          = `{"errors":[{"code":"organization_invitation_not_pending"}]}`
)

// invitationPage is a page of invitations of a@example.com: one for each state, in the role
// member.
func invitationPage(states ...string) string {
	var rows []string
	for n, state := range states {
		rows = append(rows, fmt.Sprintf(`{"id":"i%d","email_address":"A@example.com","role":"org:member","status":%q}`, n, state))
	}
	return fmt.Sprintf(`{"data":[%s],"total_count":%d}`, strings.Join(rows, ","), len(rows))
}

// A retry after a lost response fails if the first attempt succeeded, and the call then
// reads the state.
func TestLateWrites(t *testing.T) {
	add := func(ctx context.Context, c *clerk.Client) error {
		_, err := c.Memberships.Create(ctx, "o", clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember})
		return err
	}
	remove := func(ctx context.Context, c *clerk.Client) error {
		return c.Memberships.Delete(ctx, "o", "u")
	}
	invite := func(role string) func(context.Context, *clerk.Client) error {
		return func(ctx context.Context, c *clerk.Client) error {
			_, err := c.Invitations.Create(ctx, "o", clerk.CreateInvitationRequest{Email: "a@example.com", Role: role})
			return err
		}
	}
	revoke := func(ctx context.Context, c *clerk.Client) error {
		_, err := c.Invitations.Revoke(ctx, "o", "i", clerk.RevokeInvitationRequest{})
		return err
	}
	state := func(s string) string { return `{"id":"i","status":"` + s + `"}` }
	organization := func(slug string) func(context.Context, *clerk.Client) error {
		return func(ctx context.Context, c *clerk.Client) error {
			_, err := c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{Name: "Book", Slug: slug})
			return err
		}
	}
	user := func(mails ...string) func(context.Context, *clerk.Client) error {
		return func(ctx context.Context, c *clerk.Client) error {
			_, err := c.Users.Create(ctx, clerk.CreateUserRequest{EmailAddress: mails, FirstName: "Ada", Username: "ada"})
			return err
		}
	}
	ada := `[{"id":"u","first_name":"Ada","username":"Ada","email_addresses":[{"email_address":"A@example.com"},{"email_address":"b@example.com"}]}]`
	eve := `[{"id":"u","first_name":"Eve","username":"ada","email_addresses":[{"email_address":"a@example.com"}]}]`
	type late struct {
		do    func(context.Context, *clerk.Client) error
		steps []step
		kind  error
	}
	wrappertest.RunSynctest(t, map[string]late{
		"an addition":                                   {add, []step{{503, ""}, {200, nobodyIn}, {400, already}, {200, memberIn}}, nil},
		"an addition in another role":                   {add, []step{{503, ""}, {200, nobodyIn}, {400, already}, {200, adminIn}}, memberships.ErrAlreadyExists},
		"an addition of an existing member":             {add, []step{{400, already}}, memberships.ErrAlreadyExists},
		"an addition to a missing organization":         {add, []step{{503, ""}, {404, missing}, {404, missing}}, memberships.ErrNotFound},
		"a removal":                                     {remove, []step{{503, ""}, {200, memberIn}, {404, missing}, {200, nobodyIn}}, nil},
		"a removal with a deletion of the organization": {remove, []step{{503, ""}, {404, missing}}, nil},
		"a removal without a membership":                {remove, []step{{404, missing}}, memberships.ErrNotFound},
		"an invitation":                                 {invite(clerk.RoleMember), []step{{503, ""}, {200, invitationPage("pending")}}, nil},
		"an invitation that is not listed":              {invite(clerk.RoleMember), []step{{503, ""}, {200, nobodyIn}, {200, nobodyIn}}, memberships.ErrOutcomeUnknown},
		"an invitation that is listed late":             {invite(clerk.RoleMember), []step{{503, ""}, {200, nobodyIn}, {200, invitationPage("pending")}}, nil},
		"an invitation in another role":                 {invite(clerk.RoleAdmin), []step{{503, ""}, {200, invitationPage("pending")}, {200, invitationPage("pending")}}, memberships.ErrOutcomeUnknown},
		"an invitation without a readable list":         {invite(clerk.RoleMember), []step{{503, ""}, {403, missing}}, memberships.ErrOutcomeUnknown},
		"an invitation of somebody invited":             {invite(clerk.RoleMember), []step{{400, invitedAlready}}, memberships.ErrAlreadyExists},
		"an invitation after a wait":                    {invite(clerk.RoleMember), []step{{429, ""}, {200, `{"id":"i"}`}}, nil},
		"a revocation":                                  {revoke, []step{{503, ""}, {200, state("pending")}, {404, ended}, {200, state("revoked")}}, nil},
		"a revocation that is read":                     {revoke, []step{{503, ""}, {200, state("revoked")}}, nil},
		"a revocation of an accepted invitation":        {revoke, []step{{503, ""}, {200, state("pending")}, {404, ended}, {200, state("accepted")}}, memberships.ErrConflict},
		"a revocation of an ended invitation":           {revoke, []step{{404, ended}}, memberships.ErrConflict},
		"a revocation without an invitation":            {revoke, []step{{503, ""}, {200, state("pending")}, {404, missing}}, memberships.ErrNotFound},
		"a revocation whose answer shows no end":        {revoke, []step{{200, state("pending")}, {200, state("revoked")}}, nil},
		"a revocation in an organization that is gone":  {revoke, []step{{503, ""}, {404, missing}}, memberships.ErrOutcomeUnknown},
		"an organization": {
			organization("book"), []step{{503, ""}, {404, missing}, {422, exists}, {200, `{"id":"o","slug":"book","name":"Book"}`}}, nil,
		},
		"another organization with the slug": {
			organization("book"), []step{{503, ""}, {404, missing}, {422, exists}, {200, `{"id":"o","slug":"book","name":"Other"}`}}, memberships.ErrAlreadyExists,
		},
		"an organization with the slug as its id": {
			organization("o"), []step{{503, ""}, {200, `{"id":"o","slug":"book","name":"Book"}`}, {200, `{"id":"p","slug":"o","name":"Book"}`}}, nil,
		},
		"an organization without a slug":   {organization(""), []step{{503, ""}}, memberships.ErrOutcomeUnknown},
		"a user":                           {user("a@example.com", "B@example.com"), []step{{503, ""}, {200, `[]`}, {422, exists}, {200, ada}}, nil},
		"a user with one of the addresses": {user("a@example.com", "b@example.com"), []step{{503, ""}, {200, eve}, {422, exists}, {200, eve}}, memberships.ErrAlreadyExists},
		"another user with the address":    {user("a@example.com"), []step{{503, ""}, {200, eve}, {422, exists}, {200, eve}}, memberships.ErrAlreadyExists},
		"a user without an address":        {user(), []step{{503, ""}}, memberships.ErrOutcomeUnknown},
	}, func(t *testing.T, tc late) {
		c, asked := wrappertest.Scripted(t, clerk.New, tc.steps...)
		err := tc.do(t.Context(), c)
		if !errors.Is(err, tc.kind) || (err == nil) != (tc.kind == nil) || len(*asked) != len(tc.steps) {
			t.Errorf("got %v after %v, want %v after %d requests", err, *asked, tc.kind, len(tc.steps))
		}
	})
}
