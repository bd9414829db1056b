// Package clerk reads and changes who belongs to which Clerk organization.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error.
//
// A list by offset that changes while it is ranged over starts again by itself: who was
// there throughout comes once, or the list ends with memberships.ErrUnstable. Reading it
// page by page goes without that. Only users in the order of their creation are not
// listed by offset.
//
// Clerk knows a membership by its organization and its user, not by an id of its own.
// Times are Unix milliseconds, and metadata is raw JSON, so that big numbers stay
// whole; [time.UnixMilli] and [encoding/json.Unmarshal] make more of them.
//
// # Portable layer
//
// [Client.Provider] has groups of one kind, organizations, named by id and not by slug.
// org:admin is a memberships.RoleManager and org:member a memberships.RoleMember, as are
// admin and basic_member in old data. Other roles are a memberships.RoleUnknown with the
// name beside it, and Add and Update take such names as they are, org:editor for one.
// There are no owners, and invitations are not memberships: somebody who is invited is
// not a member yet and can be added.
//
// A membership has no portable ID: its group and member are the key. Members are found
// by any of their e-mail addresses among the users of the instance, and added by it;
// read back, a member's Email is the address that Clerk shows, if it shows one. The
// memberships of a member are all of that user's.
//
// Whoever is added has the organization for the active one at the next sign-in.
//
// # As
//
// As sets a **Client. The native values are *Membership.
package clerk
