// Package googlechat reads and changes who belongs to which Google Chat space.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error.
//
// Resources have names: spaces/{space} and spaces/{space}/members/{member}. A space
// may be given by its bare id as well; [MembershipName] makes a membership's name. For
// {member} a person's address or "app", the calling app, will do in a request; answers
// always have the id.
//
// The names of roles differ from those on the screen: [RoleManager] is shown as Owner,
// [RoleAssistantManager] as Manager.
//
// # Portable layer
//
// [Client.Provider] has spaces as groups. Ids are the last parts of names: AAAA for
// spaces/AAAA, 123 for users/123, g1 for groups/g1; whole names do as well. A
// membership's ID is its name.
//
//   - ROLE_MEMBER is the role member, ROLE_ASSISTANT_MANAGER manager, ROLE_MANAGER owner.
//     Google groups and people who are invited have no role: they are members with an
//     empty RoleName. Other roles are unknown.
//   - JOINED is active, INVITED invited, NOT_A_MEMBER absent.
//   - Members are users, Google groups, which are named by id, and apps, of which "app"
//     is the calling one, the only one that can be added. People who are in a space
//     through a group alone are no members of it.
//
// Listings have everybody who is in or is invited, groups too. That takes a user's token;
// for an app's own token give New [WithAppAuth].
//
// The memberships of a member (OpListByMember) are looked for in the spaces that the credential
// sees, one request for each: complete for the user whose token it is, and for anybody
// else as far as these spaces go. A page of them is one of spaces, and may be empty.
// An address is found in the caller's messages with that person or in the same spaces,
// for want of a directory; the members of a space are found by address in any case.
//
// Add reads before it writes, and gives a role by a second request. Where that fails,
// the membership comes with the error; people who are invited cannot have a role yet.
// Messages between two and group chats have no roles at all.
//
// # As
//
// As sets a **Client. The native value is a *Membership.
package googlechat
