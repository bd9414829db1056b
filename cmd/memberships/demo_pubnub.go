package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

type pubnubDemo struct {
	client *pubnub.Client
	of     *pubnub.Channel
	user   string
}

func pubnubTour(ctx context.Context, opts ...option.Option) (tour, error) {
	client, err := pubnub.New(append(opts, pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithUserID("demo"))...)
	if err != nil {
		return nil, err
	}
	d := &pubnubDemo{client: client}
	filter := pubnub.Eq(pubnub.FieldEmail, newcomer).String()
	for u, err := range client.Users.List(ctx, pubnub.ListUsersParams{Filter: &filter}) {
		if err != nil {
			return nil, err
		}
		d.user = u.ID
	}
	for c, err := range client.Channels.List(ctx, pubnub.ListChannelsParams{}) {
		if err != nil {
			return nil, err
		}
		d.of = c
		return d, nil
	}
	return nil, errors.New("there is no channel")
}

func (d *pubnubDemo) group() string { return "channel " + d.of.Name }

func (d *pubnubDemo) list(ctx context.Context) (int, error) {
	return count(d.client.Members.List(ctx, d.of.ID, pubnub.ListMembersParams{}))
}

// PubNub has no roles: where there are some, they stand in custom by agreement.
func (d *pubnubDemo) add(ctx context.Context) (string, error)     { return d.set(ctx, "member") }
func (d *pubnubDemo) promote(ctx context.Context) (string, error) { return d.set(ctx, "owner") }

func (d *pubnubDemo) set(ctx context.Context, role string) (string, error) {
	in := pubnub.MemberInput{User: pubnub.UserRef{ID: d.user}, Custom: pubnub.Custom(map[string]any{"role": role})}
	got, err := d.client.Members.Add(ctx, d.of.ID, []pubnub.MemberInput{in},
		pubnub.WriteParams{Include: []string{pubnub.IncludeCustom}})
	if err != nil {
		return "", err
	}
	if len(got) != 1 {
		return "", fmt.Errorf("%d members came back for one", len(got))
	}
	return "custom " + string(got[0].Custom), nil
}

func (d *pubnubDemo) remove(ctx context.Context) error {
	return d.client.Members.Remove(ctx, d.of.ID, []string{d.user})
}
