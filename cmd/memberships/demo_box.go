package main

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

type boxDemo struct {
	client *box.Client
	of     *box.Group
	member *box.Membership
}

func boxTour(ctx context.Context, opts ...option.Option) (tour, error) {
	client, err := box.New(opts...)
	if err != nil {
		return nil, err
	}
	for g, err := range client.Groups.List(ctx, box.ListGroupsParams{}) {
		if err != nil {
			return nil, err
		}
		return &boxDemo{client: client, of: g}, nil
	}
	return nil, errors.New("there is no group")
}

func (d *boxDemo) group() string { return "group " + d.of.Name }

func (d *boxDemo) list(ctx context.Context) (int, error) {
	return count(d.client.Memberships.ListGroup(ctx, d.of.ID, box.ListGroupMembersParams{}))
}

func (d *boxDemo) add(ctx context.Context) (string, error) {
	user, err := d.client.Users.ByEmail(ctx, newcomer)
	if err != nil {
		return "", err
	}
	d.member, err = d.client.Memberships.Create(ctx, box.CreateMembershipRequest{
		User: box.UserRef{ID: user.ID}, Group: box.GroupRef{ID: d.of.ID},
	}, box.CreateMembershipParams{})
	if err != nil {
		return "", err
	}
	return string(d.member.Role), nil
}

func (d *boxDemo) promote(ctx context.Context) (string, error) {
	m, err := d.client.Memberships.Update(ctx, d.member.ID, box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
	if err != nil {
		return "", err
	}
	return string(m.Role), nil
}

func (d *boxDemo) remove(ctx context.Context) error {
	return d.client.Memberships.Delete(ctx, d.member.ID)
}
