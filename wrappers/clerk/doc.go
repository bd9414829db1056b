// Package clerk is a client for the memberships of Clerk organizations.
//
// A [Client] has one field for each resource. Lists are iterators: they send nothing
// before the first range, fetch page by page, and end with an error if they are
// incomplete. Every failure is a *memberships.Error.
//
// A list by offset restarts if it changes during a range: a member present for the whole
// read is yielded once, or the list ends with memberships.ErrUnstable. A list read
// page by page does not restart. Only the list of users in the order of their creation has
// no offsets.
//
// [InvitationsService] invites people without an account. Clerk has no key that makes a
// repeated request harmless, so Create and CreateMany send an invitation once and read the
// pending ones after a lost response.
//
// The key of a membership is its organization and its user. Times are Unix milliseconds,
// and metadata is raw JSON, which keeps large numbers exact; [time.UnixMilli] and
// [encoding/json.Unmarshal] convert them.
//
// # Portable layer
//
// [Client.Provider] has one kind of groups, organizations, identified by id and not by
// slug. org:admin is a memberships.RoleManager and org:member a memberships.RoleMember,
// as are admin and basic_member in old data. Other roles are memberships.RoleUnknown with
// the name in RoleName, and Add and Update accept such names, for example org:editor.
// There are no owners. Invitations are not memberships: an invited user is not a member
// yet and can be added.
//
// A membership has no portable ID: its group and member are the key. Members are
// identified by any of their e-mail addresses among the users of the instance; a returned
// Email is the address that Clerk shows, or empty. The memberships of a member are all of
// that user's.
//
// The organization of a new membership is the active one at the user's next sign-in.
//
// # Native values
//
// Native returns a *Client. The native values are *Membership.
package clerk
