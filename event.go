package memberships

import "time"

// Position is where a stream of events goes on: what a provider has returned with an
// Event, "" for now. It outlives the process and holds no credential.
type Position string

// EventType tells what has happened to a membership. Other values may come.
type EventType string

// The types of events.
const (
	EventCreated EventType = "created"
	EventUpdated EventType = "updated"
	EventDeleted EventType = "deleted"
	// EventSet is created or updated, where the provider does not tell the two apart.
	EventSet EventType = "set"
)

// Event is a change to a membership that a provider has told.
type Event struct {
	// ID is the provider's own name for the delivery or entry, "" where it has none. A
	// provider may tell an event again under the same ID.
	ID         string
	Type       EventType
	Membership Membership
	// Actor made the change, zero where the provider does not tell.
	Actor Member
	// Time is when the change happened, zero where the provider does not tell.
	Time time.Time
	// Position continues the stream after this event.
	Position Position
	// Raw is the event as the provider sent it.
	Raw []byte
}
