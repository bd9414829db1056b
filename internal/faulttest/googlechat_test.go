package faulttest

import (
	"context"
	"iter"
	"strings"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

type chatClient struct {
	*googlechat.Client
	facts
}

func openChat(f facts, opts ...option.Option) (client, error) {
	c, err := googlechat.New(opts...)
	return &chatClient{c, f}, err
}

func findChat(ctx context.Context, opts ...option.Option) (f facts, err error) {
	c, err := googlechat.New(opts...)
	if err != nil {
		return f, err
	}
	group, err := first(c.Spaces.List(ctx, googlechat.ListSpacesParams{}), anyOf)
	if err != nil {
		return f, err
	}
	m, err := c.Memberships.Get(ctx, googlechat.MembershipName(group.Name, insiderMail), googlechat.GetMembershipParams{})
	if err != nil {
		return f, err
	}
	// Google Chat has no directory, so the newcomer's id comes from adding the newcomer.
	n, err := c.Memberships.Create(ctx, group.Name, googlechat.UserMember(newcomerMail), googlechat.CreateMembershipParams{})
	if err != nil {
		return f, err
	}
	return facts{group.Name, m.Member.Name, n.Member.Name, m.Name}, nil
}

func chatMember(m *googlechat.Membership) member {
	// The name of the membership is its key and must match its member.
	if !strings.HasSuffix(m.Name, "/members/"+strings.TrimPrefix(m.Member.Name, "users/")) {
		return member{m.Name, string(m.Role)}
	}
	return member{m.Member.Name, string(m.Role)}
}

func (c *chatClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Memberships.ListBySpace(ctx, c.group, googlechat.ListMembershipsParams{}), chatMember)
}

func (c *chatClient) get(ctx context.Context) (member, error) {
	m, err := c.Memberships.Get(ctx, c.membership, googlechat.GetMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return chatMember(m), nil
}

func (c *chatClient) add(ctx context.Context) (member, error) {
	m, err := c.Memberships.Create(ctx, c.group, googlechat.UserMember(c.newcomer), googlechat.CreateMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return chatMember(m), nil
}

func (c *chatClient) update(ctx context.Context) (member, error) {
	m, err := c.Memberships.Update(ctx, c.membership, googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return chatMember(m), nil
}

func (c *chatClient) remove(ctx context.Context) error {
	return c.Memberships.Delete(ctx, c.membership, googlechat.DeleteMembershipParams{})
}
