package main

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

type clerkDemo struct {
	client *clerk.Client
	of     *clerk.Organization
	user   *clerk.User
}

func clerkTour(ctx context.Context, opts ...option.Option) (tour, error) {
	client, err := clerk.New(opts...)
	if err != nil {
		return nil, err
	}
	for o, err := range client.Organizations.List(ctx, clerk.ListOrganizationsParams{}) {
		if err != nil {
			return nil, err
		}
		return &clerkDemo{client: client, of: o}, nil
	}
	return nil, errors.New("there is no organization")
}

func (d *clerkDemo) group() string { return "organization " + d.of.Name }

func (d *clerkDemo) list(ctx context.Context) (int, error) {
	return count(d.client.Memberships.ListOrganization(ctx, d.of.ID, clerk.ListOrganizationMembershipsParams{}))
}

func (d *clerkDemo) add(ctx context.Context) (string, error) {
	var err error
	if d.user, err = d.client.Users.ByEmail(ctx, newcomer); err != nil {
		return "", err
	}
	m, err := d.client.Memberships.Create(ctx, d.of.ID, clerk.CreateMembershipRequest{UserID: d.user.ID, Role: "org:member"})
	if err != nil {
		return "", err
	}
	return m.Role, nil
}

func (d *clerkDemo) promote(ctx context.Context) (string, error) {
	m, err := d.client.Memberships.Update(ctx, d.of.ID, d.user.ID, clerk.UpdateMembershipRequest{Role: "org:admin"})
	if err != nil {
		return "", err
	}
	return m.Role, nil
}

func (d *clerkDemo) remove(ctx context.Context) error {
	_, err := d.client.Memberships.Delete(ctx, d.of.ID, d.user.ID)
	return err
}
