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
package box
