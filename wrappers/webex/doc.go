// Package webex is a client for the memberships of Webex rooms and teams.
//
// A [Client] has one field for each resource. Lists are iterators: they send nothing
// before the first range, fetch page by page, and end with an error if they are
// incomplete. Every failure is a *memberships.Error.
//
// Ids are opaque base64 texts. [GeneralRoomID] converts the id of a team to that of its
// General room.
//
// # Portable layer
//
// [Client.Provider] has two kinds of groups: rooms, the default kind, and teams. A
// moderator is a memberships.RoleManager, any other member a memberships.RoleMember;
// there are no owners and no invitations. The first moderator of a room also makes the
// caller a moderator.
//
// Members are identified by e-mail address in the room or team itself, also in other
// organizations. The listing of a member's memberships covers all rooms and teams for the
// caller, all rooms of the organization for a compliance officer, and the caller's own
// rooms and teams otherwise.
//
// # Native values
//
// Native returns a *Client. The native values are *Membership and *TeamMembership.
package webex
