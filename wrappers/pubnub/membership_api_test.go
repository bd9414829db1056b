package pubnub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestWritesInvalidArguments(t *testing.T) {
	ctx := t.Context()
	many := make([]pubnub.MembershipRef, 101)
	for i := range many {
		many[i].Channel.ID = fmt.Sprint(i)
	}
	custom := func(raw string) []pubnub.MembershipInput {
		in := channelInputs("a")
		in[0].Custom.Set(json.RawMessage(raw))
		return in
	}
	add := func(in []pubnub.MembershipInput) func(*pubnub.Client) error {
		return func(c *pubnub.Client) error {
			_, err := c.Memberships.Add(ctx, "", in, pubnub.WriteParams{})
			return err
		}
	}
	manage := func(r pubnub.ManageMembershipsRequest) func(*pubnub.Client) error {
		return func(c *pubnub.Client) error {
			_, err := c.Memberships.Manage(ctx, "", r, pubnub.ManageMembershipsParams{})
			return err
		}
	}
	for name, do := range map[string]func(*pubnub.Client) error{
		"no entries to add":    add(nil),
		"no entries to remove": func(c *pubnub.Client) error { return c.Memberships.Remove(ctx, "", nil) },
		"no entries to manage": manage(pubnub.ManageMembershipsRequest{}),
		"an id twice in set":   add(channelInputs("a", "b", "a")),
		"an id in set and delete": manage(pubnub.ManageMembershipsRequest{
			Set: channelInputs("a"), Delete: []pubnub.MembershipRef{{Channel: pubnub.ChannelRef{ID: "a"}}},
		}),
		"more entries than a request holds": manage(pubnub.ManageMembershipsRequest{Delete: many}),
		"a page size below zero": func(c *pubnub.Client) error {
			_, err := c.Memberships.Manage(ctx, "", pubnub.ManageMembershipsRequest{Set: channelInputs("a")}, pubnub.ManageMembershipsParams{}, option.WithPageSize(-1))
			return err
		},
		"custom with an object":         add(custom(`{"a":{"b":1}}`)),
		"custom with a list":            add(custom(`{"a":[]}`)),
		"custom other than an object":   add(custom(`7`)),
		"custom with a second value":    add(custom(`{} {}`)),
		"custom without a JSON form":    add([]pubnub.MembershipInput{{Channel: pubnub.ChannelRef{ID: "a"}, Custom: pubnub.Custom(map[string]any{"f": func() {}})}}),
		"an integer that PubNub rounds": add(custom(`{"timetoken":17579656031860177}`)),
		"a huge integer":                add(custom(`{"n":99999999999999999999}`)),
		"custom of a user": func(c *pubnub.Client) error {
			_, err := c.Users.Set(ctx, "u", pubnub.SetUserRequest{Custom: pubnub.Custom(map[string]any{"n": []int{1}})}, pubnub.SetUserParams{})
			return err
		},
		"an empty If-Match": func(c *pubnub.Client) error {
			_, err := c.Channels.Set(ctx, "c", pubnub.SetChannelRequest{}, pubnub.SetChannelParams{IfMatch: new("")})
			return err
		},
		"an If-Match with a newline": func(c *pubnub.Client) error {
			_, err := c.Users.Set(ctx, "c", pubnub.SetUserRequest{}, pubnub.SetUserParams{IfMatch: new("a\r\nX-Y: z")})
			return err
		},
		"a member's custom": func(c *pubnub.Client) error {
			in := userInputs("u")
			in[0].Custom.Set(json.RawMessage(`{"a":{}}`))
			_, err := c.Members.Add(ctx, "c", in, pubnub.WriteParams{})
			return err
		},
		"a member twice": func(c *pubnub.Client) error { return c.Members.Remove(ctx, "c", []string{"u", "u"}) },
		"an empty filter": func(c *pubnub.Client) error {
			return drain(c.Members.ListByChannel(ctx, "c", pubnub.ListMembersParams{Filter: pubnub.Filter{}.Param()}))
		},
	} {
		s := &script{answers: []string{rows("", "a")}}
		if err := do(s.client(t)); !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) != 0 {
			t.Errorf("%s: got %v after %d requests, want invalid argument before any", name, err, len(s.seen))
		}
	}
	s := &script{answers: []string{rows("", "a")}}
	ok := map[string]any{"s": "x", "n": 1.5, "big": int64(9007199254740991), "b": true, "nil": nil, "token": "17579656031860177", "e": 1e300}
	if err := add([]pubnub.MembershipInput{{Channel: pubnub.ChannelRef{ID: "a"}, Custom: pubnub.Custom(ok)}})(s.client(t)); err != nil {
		t.Errorf("good custom values: %v", err)
	}
}
