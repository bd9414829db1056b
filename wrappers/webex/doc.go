// Package webex reads and changes who belongs to which Webex room and team.
//
// A [Client] has one service for each resource. Lists are iterators: they send
// nothing before they are ranged over, fetch page by page, and end with an error if
// the listing is not complete. Every failure is a *memberships.Error.
//
// Ids are opaque. Webex names them in base64; [GeneralRoomID] is the one rewrite
// that callers need.
package webex
