package main

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

type webexDemo struct {
	client *webex.Client
	room   *webex.Room
	member *webex.Membership
}

func webexTour(ctx context.Context, opts ...option.Option) (tour, error) {
	client, err := webex.New(opts...)
	if err != nil {
		return nil, err
	}
	for room, err := range client.Rooms.List(ctx, webex.ListRoomsParams{}) {
		if err != nil {
			return nil, err
		}
		return &webexDemo{client: client, room: room}, nil
	}
	return nil, errors.New("there is no room")
}

func (d *webexDemo) group() string { return "room " + d.room.Title }

func (d *webexDemo) list(ctx context.Context) (int, error) {
	return count(d.client.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &d.room.ID}))
}

func (d *webexDemo) add(ctx context.Context) (string, error) {
	var err error
	d.member, err = d.client.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: d.room.ID, PersonEmail: newcomer})
	return "member", err
}

func (d *webexDemo) promote(ctx context.Context) (string, error) {
	m, err := d.client.Memberships.Update(ctx, d.member.ID, webex.UpdateMembershipRequest{IsModerator: new(true)})
	if err != nil {
		return "", err
	}
	if !m.IsModerator {
		return "", errors.New("the answer says member still")
	}
	return "moderator", nil
}

func (d *webexDemo) remove(ctx context.Context) error {
	return d.client.Memberships.Delete(ctx, d.member.ID)
}
