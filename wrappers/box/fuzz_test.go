package box_test

import (
	"context"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := box.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.ID)
		}
		return keys, nil
	}, `{"total_count":1,"limit":100,"offset":0,"entries":[{"type":"group_membership","id":"1","user":{"type":"user","id":"2"},"group":{"type":"group","id":"3"},"role":"member","configurable_permissions":null}]}`)
}

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := box.New(opts...)
		if err != nil {
			return err
		}
		_, err = c.Memberships.Get(ctx, "m", box.GetMembershipParams{})
		return err
	}, `{"type":"error","status":409,"code":"conflict","context_info":{"errors":[{"reason":"invalid_parameter","name":"x","message":"no"}]},"message":"No.","request_id":"r"}`, `{"error":"invalid_grant","error_description":"no"}`)
}
