package memberships

import "time"

// Position is a place in a stream of events: the Position of an Event, or empty for now.
// It is valid in another process and holds no credential.
type Position string

// EventType is the kind of change to a membership. Providers may define other values.
type EventType string

// The types of events.
const (
	EventCreated EventType = "created"
	EventUpdated EventType = "updated"
	EventDeleted EventType = "deleted"
	// EventSet is created or updated, where the provider does not distinguish them.
	EventSet EventType = "set"
)

// Event is one change to a membership, as reported by a provider.
type Event struct {
	// ID is the provider's id of the delivery or entry, empty where it has none. A
	// provider may deliver an event several times under the same ID.
	ID         string
	Type       EventType
	Membership Membership
	// Actor made the change; zero if the provider does not name it.
	Actor Member
	// Time is the time of the change; zero if the provider does not state it.
	Time time.Time
	// Position continues the stream after this event.
	Position Position
	// Raw is the event in the provider's format.
	Raw []byte
}
