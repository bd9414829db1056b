package clerk_test

import (
	"context"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := clerk.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Memberships.ListByOrganizationPage(ctx, "o", clerk.ListOrganizationMembershipsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.ID)
		}
		return keys, nil
	}, `{"data":[{"object":"organization_membership","id":"orgmem_1","role":"org:admin","permissions":[],"public_metadata":{"n":9007199254740993},"organization":{"object":"organization","id":"org_1","name":"n","slug":"s"},"public_user_data":{"user_id":"user_1","first_name":null},"created_at":1,"updated_at":2}],"total_count":1}`)
}

func FuzzInvitationPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := clerk.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Invitations.ListByOrganizationPage(ctx, "o", clerk.ListOrganizationInvitationsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, i := range page.Items {
			keys = append(keys, i.ID)
		}
		return keys, nil
	}, `{"data":[{"object":"organization_invitation","id":"orginv_1","email_address":"a@example.com","role":"org:admin","status":"pending","public_metadata":{"n":9007199254740993},"public_inviter_data":null,"url":null,"expires_at":3,"created_at":1,"updated_at":2}],"total_count":1}`)
}

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := clerk.New(opts...)
		if err != nil {
			return err
		}
		_, err = c.Memberships.Update(ctx, "o", "u", clerk.UpdateMembershipRequest{Role: "r"})
		return err
	}, `{"errors":[{"message":"already a member","long_message":"x is already a member","code":"already_a_member_in_organization","meta":{"param_name":"role"}}],"clerk_trace_id":"t"}`)
}
