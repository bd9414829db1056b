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
package clerk
