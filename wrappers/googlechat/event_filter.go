package googlechat

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The types of events about memberships. A batch has several of them and comes without
// being asked for.
const (
	TypeMembershipCreated      = "google.workspace.chat.membership.v1.created"
	TypeMembershipUpdated      = "google.workspace.chat.membership.v1.updated"
	TypeMembershipDeleted      = "google.workspace.chat.membership.v1.deleted"
	TypeMembershipBatchCreated = "google.workspace.chat.membership.v1.batchCreated"
	TypeMembershipBatchUpdated = "google.workspace.chat.membership.v1.batchUpdated"
	TypeMembershipBatchDeleted = "google.workspace.chat.membership.v1.batchDeleted"
)

// The types of events about a subscription.
const (
	TypeSubscriptionSuspended          = "google.workspace.events.subscription.v1.suspended"
	TypeSubscriptionExpirationReminder = "google.workspace.events.subscription.v1.expirationReminder"
	TypeSubscriptionExpired            = "google.workspace.events.subscription.v1.expired"
)

// MembershipTypes returns the types to subscribe to and to list: created, updated and
// deleted memberships.
func MembershipTypes() []string {
	return []string{TypeMembershipCreated, TypeMembershipUpdated, TypeMembershipDeleted}
}

// membershipsOnly returns the filter that lists have by default, because Google requires an
// event type.
func membershipsOnly() *string {
	text, err := typesTerm(MembershipTypes())
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return &text
}

// SpaceEventFilter describes ListSpaceEventsParams.Filter, and Build returns the text.
type SpaceEventFilter struct {
	// Types has one or more event types, such as MembershipTypes().
	Types []string
	// After is exclusive, at most 28 days ago, and zero for the oldest event.
	After time.Time
	// Until is inclusive, and zero for now.
	Until time.Time
}

// Build returns the text of the filter. A filter without a type, an invalid type and an
// Until before After are memberships.ErrInvalidArgument.
func (f SpaceEventFilter) Build() (string, error) {
	types, err := typesTerm(f.Types)
	if err == nil && !f.After.IsZero() && !f.Until.IsZero() && f.Until.Before(f.After) {
		err = errors.New("Until is before After")
	}
	if err != nil {
		return "", invalid("SpaceEventFilter.Build", err)
	}
	var parts []string
	if !f.After.IsZero() {
		parts = append(parts, timeTerm("start_time", f.After))
	}
	if !f.Until.IsZero() {
		parts = append(parts, timeTerm("end_time", f.Until))
	}
	return strings.Join(append(parts, types), " AND "), nil
}

// SubscriptionFilter returns the text for ListSubscriptionsParams.Filter. It keeps
// subscriptions with any of one or more event types and, unless target is empty, with the
// target resource, such as //chat.googleapis.com/spaces/{space}. A filter without a type and
// an invalid value are memberships.ErrInvalidArgument.
func SubscriptionFilter(target string, types ...string) (string, error) {
	const op = "SubscriptionFilter"
	text, err := typesTerm(types)
	if err != nil || target == "" {
		return text, invalid(op, err)
	}
	resource, err := tight("target_resource", "=", target)
	if err != nil {
		return "", invalid(op, err)
	}
	return text + " AND " + resource, nil
}

// typesTerm returns the term for any of the types.
func typesTerm(types []string) (string, error) {
	if len(types) == 0 {
		return "", errors.New("the filter has no event type")
	}
	parts := make([]string, len(types))
	for i, t := range types {
		var err error
		if parts[i], err = tight("event_types", ":", t); err != nil {
			return "", err
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

// tight is term without white space around the operator, as Google's documents show these
// filters.
func tight(field, op, value string) (string, error) {
	text, err := term(field, op, value)
	return strings.Replace(text, " "+op+" ", op, 1), err
}

func timeTerm(field string, t time.Time) string {
	return fmt.Sprintf("%s=%q", field, t.UTC().Format(time.RFC3339Nano))
}
