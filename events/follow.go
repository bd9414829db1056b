package events

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/memberships-go/memberships"
)

// ChangeType is the kind of a Change.
type ChangeType string

// The types of changes.
const (
	// ChangePut is a new membership, or the new values of one.
	ChangePut ChangeType = "put"
	// ChangeDelete is the end of a membership. Its State is memberships.StateAbsent, and its
	// other fields have the last values.
	ChangeDelete ChangeType = "delete"
	// ChangeListed is the end of a listing: every membership that it has shown has been
	// yielded as a ChangePut, now or before. Coverage has the gaps of the listing.
	ChangeListed ChangeType = "listed"
	// ChangePosition is a new Position and nothing else.
	ChangePosition ChangeType = "position"
	// ChangeUnknown is a membership, or a group without a member, that could not be read. Err
	// has the reason. The membership may have changed.
	ChangeUnknown ChangeType = "unknown"
)

// Change is one step of a mirror of memberships.
type Change struct {
	Type ChangeType
	// Membership is set for ChangePut and ChangeDelete. For ChangeUnknown it has the group,
	// and the member if there is one.
	Membership memberships.Membership
	// Event led to the change. It is nil if a listing did.
	Event *memberships.Event
	// Coverage is set for ChangeListed.
	Coverage memberships.Coverage
	// Position continues after this change: all events before it have been yielded or read.
	// It is empty if the source has no positions, and until Lag has passed after a first
	// listing or missed events. An empty one replaces an earlier one.
	Position memberships.Position
	Err      error
}

// FollowOptions sets what Follow reads.
type FollowOptions struct {
	// Groups are the groups to follow. Empty is all groups that the credential sees.
	Groups []memberships.Group
	// Known has the memberships of the caller's mirror. Together with a position, Follow
	// begins with the events after it and without a listing. Without a position, deletions
	// since then come from the first listing.
	Known iter.Seq[memberships.Membership]
	// Buffer is the source of events in place of Client.Watch. It takes the deliveries of a
	// Handler.
	Buffer *Buffer
	// Lag is the time for which a reading may lag behind a change, by default half a minute.
	// After the first listing, and after one that follows missed events, Follow lists once
	// more when it has passed: the stream does not have the changes just before its
	// position. An event without a member also leads to two listings, of its group or of
	// all.
	Lag time.Duration
	// Relist is the time between two listings. The default is an hour with Buffer, which
	// shows no lost delivery, and a day without it. A negative value is no second listing.
	Relist time.Duration
	// Check is called every CheckInterval, by default every five minutes. It reports
	// whether events have been lost, such as those of a webhook that it found inactive and
	// activated again. Follow then lists again. An error ends Follow.
	Check         func(context.Context) (missed bool, err error)
	CheckInterval time.Duration
	// Logger has the failures that Follow repeats. The default is slog.Default.
	Logger *slog.Logger
}

// Follow yields the changes that keep a mirror of memberships equal to the provider's, and at
// most one error, last. It takes the position of the stream, lists all groups, and goes on
// with the events since that position. ctx ends it.
//
// An event is a hint: deliveries come late, twice and in another order than the changes.
// Follow reads the membership and yields the values of the reading. A reading that
// contradicts the event is repeated for o.Lag, because readings may lag.
//
// Follow lists again after events that were missed: a position that the provider no longer
// serves, a Buffer that was full, a Check that reports it, and after Relist. It waits longer
// each time if the position after a listing is refused too. A deletion that
// a listing shows has no Event. It follows only where the listing was complete, and another
// reading confirms it.
//
// Every change that lasts is yielded at least once. Changes that cancel each other out
// between two readings are not: a member who was added and removed again may show in no
// Change.
//
// A mirror that lasts is stored together with Position. With both, as from and o.Known,
// Follow continues where it ended, and the changes since the last stored Position come
// again. A position of another stream ends Follow with memberships.ErrInvalidArgument.
//
// The options apply to every call of c. A provider without Client.Watch needs o.Buffer.
// Follow is for one range at a time.
func Follow(ctx context.Context, c *memberships.Client, from memberships.Position, o FollowOptions, opts ...memberships.Option) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if c == nil {
			yield(Change{}, failFollow("", errors.New("the client is nil")))
			return
		}
		if err := memberships.CheckContext(ctx, c.Name(), opFollow); err != nil {
			yield(Change{}, err)
			return
		}
		if err := o.check(c, from); err != nil {
			yield(Change{}, failFollow(c.Name(), err))
			return
		}
		newFollower(c, o, opts, yield).run(ctx, from)
	}
}

const opFollow memberships.Operation = "follow"

func failFollow(provider string, err error) error {
	return &memberships.Error{Provider: provider, Op: "Follow", Kind: memberships.ErrInvalidArgument, Err: err}
}

// check returns the first error of the options.
func (o *FollowOptions) check(c *memberships.Client, from memberships.Position) error {
	caps := c.Capabilities()
	switch {
	case o.Buffer == nil && !caps.Watch:
		return errors.New("the provider has no stream of events; Buffer takes the deliveries of its webhooks")
	case o.Buffer != nil && from != "":
		return errors.New("a Buffer has no positions")
	case !caps.Can(memberships.OpList) || !caps.Can(memberships.OpGet):
		return errors.New("the provider lists no groups or reads no single membership")
	case len(o.Groups) == 0 && !caps.Can(memberships.OpGroups) && !caps.ListsAll:
		return errors.New("the provider does not list its groups; Groups names them")
	case len(o.Groups) == 0 && o.Buffer == nil && caps.WatchesGroups:
		return errors.New("the provider's stream is of named groups: Groups names them")
	case o.CheckInterval < 0, o.Lag < 0:
		return errors.New("CheckInterval or Lag is negative")
	}
	for _, g := range o.Groups {
		if err := memberships.CheckID("Groups", g.ID); err != nil {
			return err
		}
	}
	return nil
}
