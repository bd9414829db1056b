package googlechat_test

import (
	"context"
	"errors"
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

func FuzzSpaceEventPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := googlechat.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.SpaceEvents.ListBySpacePage(ctx, "spaces/a", googlechat.ListSpaceEventsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			keys = append(keys, e.Name)
			if events, err := googlechat.EventsOf(e); err == nil && len(events) == 0 {
				return nil, errNoEvent
			}
		}
		return keys, nil
	}, `{"spaceEvents":[{"name":"spaces/a/spaceEvents/1","eventTime":"2026-01-02T03:04:05Z","eventType":"google.workspace.chat.membership.v1.created","membershipCreatedEventData":{"membership":{"name":"spaces/a/members/1"}}},{"name":"spaces/a/spaceEvents/2","eventType":"google.workspace.chat.membership.v1.batchDeleted","membershipBatchDeletedEventData":{"memberships":[{},{"membership":{"name":"spaces/a/members/1"}}]}}],"nextPageToken":""}`)
}

var errNoEvent = errors.New("an entry without an event")

func FuzzSubscriptionPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := googlechat.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Subscriptions.ListPage(ctx, googlechat.ListSubscriptionsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			keys = append(keys, s.Name)
		}
		return keys, nil
	}, `{"subscriptions":[{"name":"subscriptions/1","targetResource":"//chat.googleapis.com/spaces/a","eventTypes":["x"],"state":"ACTIVE","payloadOptions":{"includeResource":true},"expireTime":"2026-01-02T03:04:05Z"}],"nextPageToken":""}`)
}
