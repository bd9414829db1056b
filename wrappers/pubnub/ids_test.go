package pubnub_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// badIDs are ids that PubNub refuses.
var badIDs = []string{
	".", "..", "a,b", "a/b", `a\b`, "a*b", "a:b", "a\x00b", "a\nb", "\x7f", "a\xffb", strings.Repeat("x", 93), strings.Repeat("ä", 47),
}

func TestIDs(t *testing.T) {
	for name, call := range map[string]func(context.Context, *pubnub.Client, string) error{
		"Memberships.ListByUser": func(ctx context.Context, c *pubnub.Client, id string) error {
			return drain(c.Memberships.ListByUser(ctx, id, pubnub.ListMembershipsParams{}))
		},
		"Memberships.Add, user": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Memberships.Add(ctx, id, channelInputs("c"), pubnub.WriteParams{})
			return err
		},
		"Memberships.Add, channel": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Memberships.Add(ctx, "u", channelInputs("good", id), pubnub.WriteParams{})
			return err
		},
		"Memberships.Remove, channel": func(ctx context.Context, c *pubnub.Client, id string) error {
			return c.Memberships.Remove(ctx, "u", []string{"good", id})
		},
		"Memberships.Manage, channel": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Memberships.Manage(ctx, "u", pubnub.ManageMembershipsRequest{
				Delete: []pubnub.MembershipRef{{Channel: pubnub.ChannelRef{ID: id}}},
			}, pubnub.ManageMembershipsParams{})
			return err
		},
		"Members.ListByChannel": func(ctx context.Context, c *pubnub.Client, id string) error {
			return drain(c.Members.ListByChannel(ctx, id, pubnub.ListMembersParams{}))
		},
		"Members.Add, user": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Members.Add(ctx, "c", userInputs("good", id), pubnub.WriteParams{})
			return err
		},
		"Members.Remove, user": func(ctx context.Context, c *pubnub.Client, id string) error {
			return c.Members.Remove(ctx, "c", []string{id})
		},
		"Users.Set": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Users.Set(ctx, id, pubnub.SetUserRequest{}, pubnub.SetUserParams{})
			return err
		},
		"Channels.Get": func(ctx context.Context, c *pubnub.Client, id string) error {
			_, err := c.Channels.Get(ctx, id, pubnub.GetChannelParams{})
			return err
		},
	} {
		bad := badIDs
		if name != "Memberships.ListByUser" && name != "Memberships.Add, user" { // "" is the id of the client's user there
			bad = append(slices.Clone(bad), "")
		}
		for _, id := range bad {
			s := &script{answers: []string{rows("")}}
			err := call(t.Context(), s.client(t), id)
			if !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) != 0 {
				t.Errorf("%s: id %q: got %v after %d requests, want invalid argument before any", name, id, err, len(s.seen))
			}
		}
		for _, id := range []string{strings.Repeat("ä", 46), `["rb_channel"]`, "a b+c~d?e#f&g=h%2F;i'j"} {
			s := &script{answers: []string{`{}`}}
			if err := call(t.Context(), s.client(t, option.WithReadBack(time.Millisecond)), id); errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) == 0 {
				t.Errorf("%s: id %q: got %v after %d requests, want at least one", name, id, err, len(s.seen))
			}
		}
	}
}

func TestOwnUserID(t *testing.T) {
	s := &script{answers: []string{rows("", "c")}}
	c := s.client(t)
	ctx := t.Context()
	_, _ = c.Memberships.ListByUserPage(ctx, "", pubnub.ListMembershipsParams{}, "")
	_, _ = c.Memberships.Add(ctx, "", channelInputs("c"), pubnub.WriteParams{})
	_ = c.Memberships.Remove(ctx, "", []string{"c"})
	_, _ = c.Memberships.ListByUserPage(ctx, "grace", pubnub.ListMembershipsParams{}, "")
	_, _ = c.Memberships.ListByUserPage(ctx, "", pubnub.ListMembershipsParams{}, "", pubnub.WithUserID("alan"))
	var got []string
	for _, req := range s.seen {
		got = append(got, strings.Split(req.URL.Path, "/")[5]+" by "+req.URL.Query().Get("uuid"))
	}
	want := []string{"ada by ada", "ada by ada", "ada by ada", "grace by ada", "alan by alan"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// An invalid id fails before a request, also in a filter.
func TestProviderInvalidIDs(t *testing.T) {
	a := &answers{t: t}
	c, err := pubnub.New(once(a)...)
	if err != nil {
		t.Fatal(err)
	}
	p, ctx := memberships.New(c.Provider()), t.Context()
	for _, id := range badIDs {
		if id == "" {
			continue // the portable client refuses it
		}
		for _, ref := range []memberships.Ref{
			{Group: memberships.Group{ID: id}, Member: byID("u")}, {Group: inDemo, Member: byID(id)},
			{Group: memberships.Group{ID: id}, Member: byEmail("a@example.com")},
		} {
			errs := map[string]error{"remove": wrappertest.Err(p.Remove(ctx, ref))}
			_, errs["get"] = p.Get(ctx, ref)
			_, errs["update"] = p.Update(ctx, ref, memberships.RoleOwner)
			_, errs["add"] = p.Add(ctx, ref.Group, ref.Member, "")
			if ref.Member.ID == id {
				for _, err := range p.MembershipsOf(ctx, ref.Member) {
					errs["of"] = err
				}
			}
			for op, err := range errs {
				if !errors.Is(err, memberships.ErrInvalidArgument) {
					t.Errorf("%s of %+v: got %v", op, ref, err)
				}
			}
		}
	}
}
