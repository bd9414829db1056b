// Package memprovider keeps groups and their members in memory. It is a fake for the
// tests of programs that use package memberships, and the reference of what a
// memberships.Provider does: every clause of package providertest holds for it.
//
// It does everything that the portable layer knows, unless [WithCapabilities] says
// less. Listings come in the order in which members came. Ids and times are the same in
// every run. [WithHook] sees every operation before it is carried out, to count it or
// to make it fail.
//
// Roles are kept under their own names. Those that are not portable read back as
// memberships.RoleUnknown.
//
// [WithGap] and [Provider.Hide] make it hide a part of a group, to see what the code under
// test makes of an answer that is not whole.
//
// # Native values
//
// Native returns a *Provider. The native value of a membership is a *Record.
package memprovider
