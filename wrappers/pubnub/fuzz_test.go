package pubnub_test

import (
	"context"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := pubnub.New(append([]option.Option{pubnub.WithKeys("sub-c-demo", ""), pubnub.WithUserID("me")}, opts...)...)
		if err != nil {
			return nil, err
		}
		page, err := c.Members.ListByChannelPage(ctx, "c", pubnub.ListMembersParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.User.ID)
		}
		return keys, nil
	}, `{"status":200,"data":[{"uuid":{"id":"a","custom":null},"type":null,"status":"s","custom":{"n":1},"updated":"2026-01-02T03:04:05.123456Z","eTag":"e"}],"totalCount":1,"next":"MQ"}`)
}

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := pubnub.New(append([]option.Option{pubnub.WithKeys("sub-c-demo", ""), pubnub.WithUserID("me")}, opts...)...)
		if err != nil {
			return err
		}
		_, err = c.Users.Get(ctx, "u", pubnub.GetUserParams{})
		return err
	}, `{"status":400,"error":{"message":"no","source":"objects","details":[{"message":"m","location":"l","locationType":"body"}]}}`, `{"message":"Forbidden","payload":{"channels":["a"]},"error":true,"service":"Access Manager","status":403}`)
}
