package main

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

type googlechatDemo struct {
	client *googlechat.Client
	of     *googlechat.Space
	member *googlechat.Membership
}

func googlechatTour(ctx context.Context, opts ...option.Option) (tour, error) {
	client, err := googlechat.New(opts...)
	if err != nil {
		return nil, err
	}
	for s, err := range client.Spaces.List(ctx, googlechat.ListSpacesParams{}) {
		if err != nil {
			return nil, err
		}
		return &googlechatDemo{client: client, of: s}, nil
	}
	return nil, errors.New("there is no space")
}

func (d *googlechatDemo) group() string { return "space " + d.of.DisplayName }

func (d *googlechatDemo) list(ctx context.Context) (int, error) {
	return count(d.client.Memberships.List(ctx, d.of.Name, googlechat.ListMembershipsParams{}))
}

func (d *googlechatDemo) add(ctx context.Context) (string, error) {
	var err error
	d.member, err = d.client.Memberships.Create(ctx, d.of.Name, googlechat.UserMember(newcomer), googlechat.CreateMembershipParams{})
	if err != nil {
		return "", err
	}
	return string(d.member.Role), nil
}

func (d *googlechatDemo) promote(ctx context.Context) (string, error) {
	m, err := d.client.Memberships.Update(ctx, d.member.Name,
		googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
	if err != nil {
		return "", err
	}
	return string(m.Role), nil
}

func (d *googlechatDemo) remove(ctx context.Context) error {
	_, err := d.client.Memberships.Delete(ctx, d.member.Name, googlechat.DeleteMembershipParams{})
	return err
}
