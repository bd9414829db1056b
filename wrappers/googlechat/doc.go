// Package googlechat is a client for the memberships of Google Chat spaces.
//
// A [Client] has one field for each resource. Lists are iterators: they send nothing
// before the first range, fetch page by page, and end with an error if they are
// incomplete. Every failure is a *memberships.Error.
//
// Resources have names: spaces/{space} and spaces/{space}/members/{member}. A bare id is
// accepted for a space; [MembershipName] returns a membership's name. In a request,
// {member} may be a person's address or "app" for the calling app; responses have the id.
//
// The user interface has other names for the roles: it displays [RoleManager] as Owner and
// [RoleAssistantManager] as Manager.
//
// # Portable layer
//
// [Client.Provider] has spaces as groups. Ids are the last parts of names: AAAA for
// spaces/AAAA, 123 for users/123, g1 for groups/g1; full names are accepted as well. A
// membership's ID is its name.
//
//   - ROLE_MEMBER is the role member, ROLE_ASSISTANT_MANAGER manager, ROLE_MANAGER owner.
//     Google groups and invited people have no role: they are members with an empty
//     RoleName. Other roles are unknown.
//   - JOINED is the state active, INVITED invited, NOT_A_MEMBER absent.
//   - Members are users, Google groups, identified by id, and apps. Only the calling app,
//     "app", can be added. A person in a space only through a group is not a member of it.
//
// Listings include invited people and groups. That requires a user's token; for an app's
// own token, pass [WithAppAuth] to New.
//
// The memberships of a member (OpListByMember) are searched in the spaces that are
// visible to the credential, with one request per space. The result is complete for the
// user of the token, and limited to these spaces for other members. One page covers one
// page of spaces, and may be empty. There is no directory: an address is looked up in the
// caller's direct messages or in the same spaces. The members of one space are always
// found by address.
//
// Add reads before it writes, and sets a role with a second request. If the second
// request fails, the membership comes with the error; invited people cannot have a role
// yet. Direct messages and group chats have no roles.
//
// # Native values
//
// Native returns a *Client. The native value is a *Membership.
package googlechat
