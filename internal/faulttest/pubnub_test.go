package faulttest

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

type pubnubClient struct {
	*pubnub.Client
	facts
}

// secretKey signs the requests.
const secretKey = "sec-c-5d1e7b20canary"

func newPubNub(opts []option.Option) (*pubnub.Client, error) {
	return pubnub.New(append(opts, pubnub.WithKeys("sub-c-cell", "pub-c-cell"), pubnub.WithUserID("cell"), pubnub.WithSecretKey(secretKey))...)
}

func openPubNub(f facts, opts ...option.Option) (client, error) {
	c, err := newPubNub(opts)
	return &pubnubClient{c, f}, err
}

func findPubNub(ctx context.Context, opts ...option.Option) (f facts, err error) {
	c, err := newPubNub(opts)
	if err != nil {
		return f, err
	}
	group, err := first(c.Channels.List(ctx, pubnub.ListChannelsParams{}), anyOf)
	if err != nil {
		return f, err
	}
	user := func(mail string) (*pubnub.User, error) {
		return first(c.Users.List(ctx, pubnub.ListUsersParams{Filter: pubnub.Eq(pubnub.FieldEmail, mail).Param()}), anyOf)
	}
	insider, err := user(insiderMail)
	if err != nil {
		return f, err
	}
	newcomer, err := user(newcomerMail)
	if err != nil {
		return f, err
	}
	return facts{group: group.ID, insider: insider.ID, newcomer: newcomer.ID}, nil
}

// PubNub has no roles; by convention the status holds one.
func pubnubMember(m *pubnub.Member) member { return member{m.User.ID, m.Status} }

// The list requests the total, as Provider does.
var withStatus = pubnub.ListMembersParams{Include: []string{pubnub.IncludeStatus}, Count: new(pubnub.CountTotal)}

func (c *pubnubClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Members.ListByChannel(ctx, c.group, withStatus), pubnubMember)
}

func (c *pubnubClient) get(ctx context.Context) (member, error) {
	p := withStatus
	p.Filter = pubnub.Eq(pubnub.FieldUserID, c.insider).Param()
	m, err := first(c.Members.ListByChannel(ctx, c.group, p), func(m *pubnub.Member) bool { return m.User.ID == c.insider })
	if err != nil {
		return member{}, err
	}
	return pubnubMember(m), nil
}

func (c *pubnubClient) add(ctx context.Context) (member, error) {
	return c.set(ctx, c.newcomer, "member", c.Members.Add)
}

func (c *pubnubClient) update(ctx context.Context) (member, error) {
	return c.set(ctx, c.insider, "manager", c.Members.Update)
}

func (c *pubnubClient) set(ctx context.Context, user, status string, write func(context.Context, string, []pubnub.MemberInput, pubnub.WriteParams, ...option.Option) ([]*pubnub.Member, error)) (member, error) {
	in := pubnub.MemberInput{User: pubnub.UserRef{ID: user}, Status: pubnub.Text(status)}
	got, err := write(ctx, c.group, []pubnub.MemberInput{in}, pubnub.WriteParams{})
	if err != nil {
		return member{}, err
	}
	if len(got) != 1 {
		return member{}, errors.New("one member was written and another number came back")
	}
	return pubnubMember(got[0]), nil
}

func (c *pubnubClient) remove(ctx context.Context) error {
	return c.Members.Remove(ctx, c.group, []string{c.insider})
}
