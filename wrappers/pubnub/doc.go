// Package pubnub reads and changes the memberships of PubNub App Context (Objects v2), and
// the metadata of users and channels.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error. Calls return
// when they are done; to make many at a time, start goroutines, as the package's
// Concurrent example does.
//
// A membership is one record that two services show: [MembershipsService] has the channels
// of a user, [MembersService] the users of a channel. A change in one shows in the other.
// PubNub's older words are UUID for a user, which paths and bodies still have, and Space for
// a channel.
//
// PubNub has no operation but set and remove. A set changes an existing membership, and a
// remove ignores a missing one, so there is neither an error for "already a member" nor
// one for "not a member".
//
// # Portable layer
//
// [Client.Provider] has channels as groups and users as members; a membership has no ID.
//
//   - The role is the custom value "role" of a membership: member, manager and owner are
//     the roles of these names, no value is member, and any other value is a role of the
//     caller's own, which Add and Update accept too. [WithRoleInCustom] and
//     [WithRoleInType] choose another place.
//   - The status pending, which PubNub's Chat SDKs set, and invited are an invitation. Any
//     other status is active.
//
// Add and Update read before they write, since a set changes an existing membership. They
// are not atomic: of two at the same time, the later one counts. Update keeps the other
// custom values, the status and the type. With Access Manager, changes take the permissions
// get and manage on the channel.
//
// Any id names a channel, and Add to any works. One that has neither members nor metadata may
// be a mistake: List and Get return memberships.ErrNotFound for it. Groups yields the
// channels that have metadata.
//
// A user is found by e-mail address if the metadata have it, as it is given or in lower
// case. The memberships of a member (OpListByMember) are all of the keyset.
//
// # Events
//
// Watch subscribes to the channels of [WithChannels]: the ids of channels, and the ids of
// users for the changes of their memberships. A list that is too long for one URL takes
// several subscriptions at a time, whose events come in one sequence.
//
//   - A set is EventSet, because PubNub does not tell an addition from a change. It has the
//     role, the state and the time, and of channel and user the ids alone.
//   - A removal is EventDeleted, with NameOnly. No event has an actor.
//   - Events of metadata have PubNub's name as their type, such as "uuid.delete". PubNub does
//     not document whether the memberships that end with them are published.
//   - An event whose membership cannot be read is EventSet with an empty membership: any may
//     have changed.
//   - PubNub publishes a change to the channel and to the user's channel. Both have the same
//     ID, which is made of both names, the event and its time; for a removal, which has no
//     time, of the time of the publication. Two removals that are published within five
//     seconds to different channels are one, unless a set lies between them. Watch leaves the
//     second one out. After a restart between the two, a removal can come twice.
//   - PubNub has about 16 minutes and 100 messages of a channel, and does not tell whether
//     some are lost. A position older than 15 minutes and an answer of 100 messages are
//     memberships.ErrEventsMissed: list again, and watch from a new position. Other messages
//     of a channel count too, so a busy channel loses events sooner.
//
// PubNub holds a request for about 280 seconds. It has 310 seconds, whatever the limits of the
// client are; an http.Client with a shorter Timeout ends it early, and Watch repeats it.
//
// # Native values
//
// Native returns a *Client. The native values are *Member, and *Membership in the
// memberships of a member. That of an event is *EventMessage, and of its membership *Member.
package pubnub
