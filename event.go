package memberships

import "time"

// Position is a place in a stream of events: the Position of an Event, or empty for now.
// It is printable ASCII, valid in another process, and holds no credential. A provider
// refuses the Position of another provider or stream.
type Position string

// EventType is the kind of change to a membership. An event of another kind has the
// provider's own name of it, as in Event.NativeType.
type EventType string

// The types of events.
const (
	EventCreated EventType = "created"
	EventUpdated EventType = "updated"
	EventDeleted EventType = "deleted"
	// EventSet is created or updated, where the provider does not distinguish them.
	EventSet EventType = "set"
	// EventPosition is no change: Watch has read the stream up to Event.Position. The other
	// fields but Provider are empty.
	EventPosition EventType = "position"
)

// Changes reports whether t is a change to a membership. An event of any other type is the
// provider's alone, and its Membership is empty.
func (t EventType) Changes() bool {
	switch t {
	case EventCreated, EventUpdated, EventDeleted, EventSet:
		return true
	}
	return false
}

// Event is one change to a membership, as reported by a provider. Events may come twice and
// in another order than the changes: a reader that keeps memberships reads one again before
// it relies on an event.
type Event struct {
	// Provider is the Name of the Provider.
	Provider string
	// ID identifies the delivery or entry. Where the provider has no such id, the wrapper
	// makes one from the content. A provider may deliver an event several times under the
	// same ID.
	ID   string
	Type EventType
	// NativeType is the provider's own name of the type, such as
	// "organizationMembership.created".
	NativeType string
	// Membership is the membership after the change. After a deletion its State is
	// StateAbsent and its other fields have the last values. A deletion with a Group alone
	// ends all memberships of the group, and one with a Member alone all memberships of the
	// member. Another change without a Member is one to any membership of the Group, and
	// without both to any membership.
	Membership Membership
	// NameOnly reports that Membership identifies what changed and holds nothing else, such
	// as a role. Get reads the rest.
	NameOnly bool
	// Actor made the change; zero if the provider does not name it.
	Actor Member
	// Time is the time of the change; zero if the provider does not state it.
	Time time.Time
	// Position continues the stream after this event. It may lie some events before it,
	// which then come again. It is empty in a delivery.
	Position Position
	// Raw is the event in the provider's format.
	Raw []byte

	native any
}

// WithNative returns e with the provider's own value, for implementers of Provider and
// Deliveries.
func (e Event) WithNative(v any) Event {
	e.native = v
	return e
}

// NativeEvent returns the provider's own value of e, such as
// NativeEvent[*webex.WebhookEvent](e), and false if e has none of that type. Native returns
// that of the Membership.
func NativeEvent[T any](e Event) (T, bool) {
	v, ok := e.native.(T)
	return v, ok
}
