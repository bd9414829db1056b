package faulttest

import (
	"context"
	"iter"
	"strconv"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

type webexClient struct {
	*webex.Client
	facts
}

func openWebex(f facts, opts ...option.Option) (client, error) {
	c, err := webex.New(opts...)
	return &webexClient{c, f}, err
}

func findWebex(ctx context.Context, opts ...option.Option) (f facts, err error) {
	c, err := webex.New(opts...)
	if err != nil {
		return f, err
	}
	group, err := first(c.Rooms.List(ctx, webex.ListRoomsParams{}), anyOf)
	if err != nil {
		return f, err
	}
	newcomer, err := first(c.People.List(ctx, webex.ListPeopleParams{Email: new(newcomerMail)}), anyOf)
	if err != nil {
		return f, err
	}
	m, err := first(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &group.ID, PersonEmail: new(insiderMail)}), anyOf)
	if err != nil {
		return f, err
	}
	return facts{group.ID, m.PersonID, newcomer.ID, m.ID}, nil
}

func webexMember(m *webex.Membership) member {
	return member{m.PersonID, strconv.FormatBool(m.IsModerator)}
}

func (c *webexClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &c.group}), webexMember)
}

func (c *webexClient) get(ctx context.Context) (member, error) {
	m, err := c.Memberships.Get(ctx, c.membership)
	if err != nil {
		return member{}, err
	}
	return webexMember(m), nil
}

func (c *webexClient) add(ctx context.Context) (member, error) {
	m, err := c.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: c.group, PersonID: c.newcomer})
	if err != nil {
		return member{}, err
	}
	return webexMember(m), nil
}

func (c *webexClient) update(ctx context.Context) (member, error) {
	m, err := c.Memberships.Update(ctx, c.membership, webex.UpdateMembershipRequest{IsModerator: new(true)})
	if err != nil {
		return member{}, err
	}
	return webexMember(m), nil
}

func (c *webexClient) remove(ctx context.Context) error {
	return c.Memberships.Delete(ctx, c.membership)
}
