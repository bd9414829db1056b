// Package memberships says who belongs to what, in the same words for every provider:
// channels in PubNub, groups in Box, rooms and teams in Webex, spaces in Google Chat,
// organizations in Clerk.
//
// A [Client] lists, adds, updates and removes the members of a [Group] through any
// [Provider]:
//
//	p, err := providers.Open("webex", option.WithToken(token))
//	...
//	for m, err := range memberships.New(p).List(ctx, memberships.Filter{Group: room}) {
//
// or, without the other four providers in the program, through the Provider method of
// one wrapper's client. Roles and states are the few that all share; the provider's own
// value is behind each [Membership], see [Native].
//
// # Promises
//
// A listing that ends without an error was complete, or [WithPass] tells what could not be
// seen. [Client.Check] says that somebody is not a member only if the provider has shown
// the whole group. A write without a clear answer is sent again only where the provider
// refuses or merges a duplicate; if nobody can say whether it happened, the error is
// [ErrOutcomeUnknown]. Everything fails with an [*Error], which holds no credential.
//
// # Where the rest is
//
// wrappers/box, wrappers/clerk, wrappers/googlechat, wrappers/pubnub and wrappers/webex
// have every membership operation of their provider; package providers opens all five
// by name; package option sets what their clients do. Package emulator runs the five
// services offline. Package providertest holds a provider of one's own to the contract,
// and providertest/memprovider is one in memory for tests.
package memberships
