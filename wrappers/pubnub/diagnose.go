package pubnub

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// nowhere is the channel that Diagnose tries if none can be listed.
const nowhere = "memberships-diagnose"

// Diagnose reads one channel and the caller's own memberships, and sends the channel an
// empty change. Access Manager decides for each channel and user, so the findings are about
// these. The identity is the client's own claim.
func (p *provider) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	p = p.with(opts)
	self := scope(p.c.Members.c, nil)
	d := memberships.Diagnosis{Identity: self.userID + " with the subscribe key " + self.subscribeKey}
	channels, closed := p.c.Channels.ListPage(ctx, ListChannelsParams{}, "", client.SizedOptions(p.opts, 1)...)
	if closed != nil && !errors.Is(closed, memberships.ErrPermissionDenied) {
		return memberships.Diagnosis{}, closed
	}
	channel := nowhere
	if closed == nil && len(channels.Items) > 0 {
		channel = channels.Items[0].ID
	}
	on := func(op memberships.Operation, what string, err error, required client.Permission) {
		f := portable.FindingOf(op, err, required)
		if f.Detail == "" && what != "" {
			f.Detail = "tried on " + what
		}
		d.Findings = append(d.Findings, f)
	}
	_, list := p.c.Members.ListByChannelPage(ctx, channel, ListMembersParams{}, "", client.SizedOptions(p.opts, 1)...)
	_, of := p.c.Memberships.ListByUserPage(ctx, self.userID, ListMembershipsParams{}, "", client.SizedOptions(p.opts, 1)...)
	write := p.writeNothing(ctx, channel)

	onChannel := "the channel " + channel
	on(memberships.OpGroups, "", closed, allMetadata)
	on(memberships.OpList, onChannel, list, permission("Members.ListByChannel"))
	on(memberships.OpListByMember, "the user "+self.userID, of, permission("Memberships.ListByUser"))
	on(memberships.OpGet, onChannel, list, permission("Members.ListByChannel"))
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		err, required := write, permission("Members.Manage")
		if list != nil { // a change reads before it writes
			err = list
			required.Grant = "the permissions manage and get on the channel"
		}
		on(op, onChannel, err, required)
	}
	return d, nil
}

// permission returns the permission of a method.
func permission(op string) client.Permission { return *requires(op, client.ErrorDetails{}) }

// writeNothing sends a change without entries.
func (p *provider) writeNothing(ctx context.Context, channelID string) error {
	call := client.Call{Name: "Members.Manage", Check: func() error { return nil }, Opts: client.SizedOptions(nil, 1)}
	_, err := client.List(p.c.Members.c, ofChannel(p.c.Members).patched(call, channelID, listParams{}, nil, nil)).Page(ctx, "")
	return err
}
