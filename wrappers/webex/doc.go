// Package webex reads and changes who belongs to which Webex room and team.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error.
//
// Ids are opaque. Webex names them in base64; [GeneralRoomID] is the one rewrite
// that callers need.
//
// # Portable layer
//
// [Client.Provider] has two kinds of groups: rooms, which an empty kind means, and
// teams. A moderator is a memberships.RoleManager, everybody else a
// memberships.RoleMember; there are no owners and no invitations. Making the first
// moderator of a room makes the caller one too.
//
// Members are found by e-mail address in the room or team itself, and added by it even
// if they belong to another organization. The memberships of a member are rooms alone:
// the caller's own, or anybody's for a compliance officer.
//
// # As
//
// As sets a **Client. The native values are *Membership and *TeamMembership.
package webex
