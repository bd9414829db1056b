package googlechat_test

import (
	"context"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := googlechat.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Memberships.ListBySpacePage(ctx, "spaces/a", googlechat.ListMembershipsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.Name)
		}
		return keys, nil
	}, `{"memberships":[{"name":"spaces/a/members/1","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN"},"createTime":"2026-01-02T03:04:05.123456789Z"}],"nextPageToken":""}`)
}

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := googlechat.New(opts...)
		if err != nil {
			return err
		}
		_, err = c.Memberships.Get(ctx, "spaces/a/members/b", googlechat.GetMembershipParams{})
		return err
	}, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"X"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12s"}]}}`, `[{"error":{"code":403}}]`)
}
