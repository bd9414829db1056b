// Package pubnub reads and changes who belongs to which PubNub channel: the
// memberships of App Context (Objects v2), and the metadata of users and channels.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error. Calls return
// when they are done; to make many at a time, start goroutines, as the package's
// Concurrent example does.
//
// A membership is one record that is seen from two sides: [MembershipsService] has
// the channels of a user, [MembersService] the users of a channel. Setting it on
// either side sets it on both. Older words: a user was called UUID and still is in
// paths and bodies; a channel was for a time called Space.
//
// The service only ever sets and removes. Setting a membership that is there changes
// it and removing one that is not there does nothing, so there is neither an error
// for "already a member" nor one for "not a member".
package pubnub
