package faulttest

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

type boxClient struct {
	*box.Client
	facts
}

func openBox(f facts, opts ...option.Option) (client, error) {
	c, err := box.New(opts...)
	return &boxClient{c, f}, err
}

func findBox(ctx context.Context, opts ...option.Option) (f facts, err error) {
	c, err := box.New(opts...)
	if err != nil {
		return f, err
	}
	group, err := first(c.Groups.List(ctx, box.ListGroupsParams{}), anyOf)
	if err != nil {
		return f, err
	}
	insider, err := c.Users.FindByEmail(ctx, insiderMail)
	if err != nil {
		return f, err
	}
	newcomer, err := c.Users.FindByEmail(ctx, newcomerMail)
	if err != nil {
		return f, err
	}
	m, err := c.Memberships.Find(ctx, group.ID, insider.ID)
	if err != nil {
		return f, err
	}
	return facts{group.ID, insider.ID, newcomer.ID, m.ID}, nil
}

func boxMember(m *box.Membership) member { return member{m.User.ID, string(m.Role)} }

func (c *boxClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Memberships.ListByGroup(ctx, c.group, box.ListGroupMembershipsParams{}), boxMember)
}

func (c *boxClient) get(ctx context.Context) (member, error) {
	m, err := c.Memberships.Get(ctx, c.membership, box.GetMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return boxMember(m), nil
}

func (c *boxClient) add(ctx context.Context) (member, error) {
	m, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{
		User: box.UserRef{ID: c.newcomer}, Group: box.GroupRef{ID: c.group},
	}, box.CreateMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return boxMember(m), nil
}

func (c *boxClient) update(ctx context.Context) (member, error) {
	m, err := c.Memberships.Update(ctx, c.membership, box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
	if err != nil {
		return member{}, err
	}
	return boxMember(m), nil
}

func (c *boxClient) remove(ctx context.Context) error {
	return c.Memberships.Delete(ctx, c.membership)
}
