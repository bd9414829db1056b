// Package memprovider is an in-memory provider: a fake for the tests of programs that use
// package memberships, and the reference implementation of memberships.Provider. It
// passes every clause of package providertest.
//
// It supports every portable operation, and Watch with all changes, unless
// [WithCapabilities] declares less. Listings are in insertion order. Ids and times are the same in every run.
// [WithHook] calls a function before every operation, to count it or to fail it.
//
// [WithBulk] declares what some providers do in one request: a listing of all groups, many
// addresses and many changes. Tests with it and without it take both ways of a Client.
//
// [WithInvitations] declares invitations of addresses without an account. The default
// provider has none.
//
// Roles are stored under their own names. A role that is not portable reads back as
// memberships.RoleUnknown.
//
// [WithGap] and [Provider.Hide] hide a part of a group, for tests of code that reads
// incomplete listings.
//
// # Native values
//
// Native returns a *Provider. The native value of a membership is a *Record.
package memprovider
