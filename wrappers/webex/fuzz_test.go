package webex_test

import (
	"context"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := webex.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Memberships.ListPage(ctx, webex.ListMembershipsParams{RoomID: new("r")}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.ID)
		}
		return keys, nil
	}, `{"items":[{"id":"a","roomId":"r","personId":"p","personEmail":"a@example.com","isModerator":false,"created":"2026-01-02T03:04:05.678Z"}]}`)
}

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := webex.New(opts...)
		if err != nil {
			return err
		}
		_, err = c.Memberships.Get(ctx, "m")
		return err
	}, `{"message":"No.","errors":[{"description":"No.","errorCode":7}],"trackingId":"t"}`)
}
