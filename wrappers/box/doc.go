// Package box is a client for the memberships of Box groups.
//
// A [Client] has one field for each resource. Lists are iterators: they send nothing
// before the first range, fetch page by page, and end with an error if they are
// incomplete. Every failure is a *memberships.Error.
//
// A list by offset restarts if it changes during a range: a member present for the whole
// read is yielded once, or the list ends with memberships.ErrUnstable. Lists read page by
// page do not restart.
//
// Box lists at most about 11,000 groups or memberships. A longer listing ends with
// memberships.ErrListLimit after the reachable entries. Lists of users have no such
// limit, except by offset.
//
// # Portable layer
//
// [Client.Provider] has one kind of groups. An admin of a group is a
// memberships.RoleManager, a member a memberships.RoleMember; there are no owners and no
// invitations. A new admin gets Box's default permissions; [MembershipsService.Update]
// sets others.
//
// Members are identified by e-mail address among all users. The address is the login;
// aliases are not searched. Administrators see all memberships of a user, other callers
// only their own.
//
// Box counts members that are hidden from the caller and omits them: a listing then has
// fewer members than its total, and Get fails with memberships.ErrPermissionDenied if the
// answer depends on them. The limit of 11,000 members does not apply to Get, which reads
// the user's groups.
//
// # Native values
//
// Native returns a *Client. The native values are *Membership; values from listings lack
// the permissions and both times.
package box
