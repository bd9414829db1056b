// Package memberships manages the members of groups through one API for every provider:
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
// The Provider method of a wrapper's client returns a Provider as well, and keeps the
// other four providers out of the program. Roles and states are the few that all
// providers share; [Native] returns the provider's own value of a [Membership].
//
// # Promises
//
// A listing that ends without an error is complete, or [WithSummary] reports its gaps.
// [Client.Check] reports "not a member" only if the provider has shown the whole group. A
// write without a clear answer is sent again only where the provider refuses or merges a
// duplicate. A write whose outcome stays unknown fails with [ErrOutcomeUnknown]. Every
// failure is an [*Error], which holds no credential.
//
// # Other packages
//
// Packages wrappers/box, wrappers/clerk, wrappers/googlechat, wrappers/pubnub and
// wrappers/webex have every membership operation of their provider. Package providers
// opens all five by name; package option has the options of their clients. Package
// emulator runs the five providers offline. Package providertest tests a Provider against
// the contract; providertest/memprovider is an in-memory Provider for tests.
package memberships
