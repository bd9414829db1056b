// Package box reads and changes who belongs to which Box group.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error.
//
// A list by offset that changes while it is ranged over starts again by itself: who was
// there throughout comes once, or the list ends with memberships.ErrUnstable. Reading it
// page by page goes without that.
//
// Box lists groups and memberships no further than some 11,000 entries. A longer
// listing ends with memberships.ErrListLimit after all that can be had; lists of users
// have no such end unless they are asked for by offset.
//
// # Portable layer
//
// [Client.Provider] has groups of one kind. An admin of a group is a
// memberships.RoleManager, a member a memberships.RoleMember; there are no owners and no
// invitations. A member who is made an admin may do what Box gives new admins;
// [MembershipsService.Update] chooses.
//
// Members are looked up by e-mail address among all users, and added by it if they are
// found: the address is the one that they sign in with, aliases are not searched. The
// memberships of a member are all of that user's, for administrators; other callers see
// their own alone.
//
// Box counts members whom the caller may not see, and leaves them out: a listing has
// fewer then than its total, and Get fails with memberships.ErrPermissionDenied where it
// would have to know. Groups of more than some 11,000 members end as said above, and Get
// does not mind, as it asks the other way round.
//
// # As
//
// As sets a **Client. The native values are *Membership; those of a listing lack what
// listings leave out.
package box
