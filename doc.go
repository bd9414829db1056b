// Package memberships is the contract that the clients of every provider share:
// one error type with its kinds, and the page of a listing.
//
// The clients are in wrappers/box, wrappers/clerk, wrappers/googlechat,
// wrappers/pubnub and wrappers/webex; importing one does not import the others.
// Package emulator runs all five services offline.
package memberships
