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
package googlechat
