package googlechat

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/delivery"
)

// WorkspaceEvent is an event of Google Workspace that Pub/Sub pushes: a CloudEvent.
type WorkspaceEvent struct {
	// ID identifies the event. That of an event of a space is the Name of its SpaceEvent.
	ID string
	// Type is the kind of event, such as TypeMembershipCreated.
	Type string
	// Subject is the full name of the resource, such as //chat.googleapis.com/spaces/AAAA.
	Subject string
	// Time is the time of the event, zero if the message lacks it.
	Time time.Time
	// Subscription is the subscription that delivers the event. It has a Name and, in an
	// event about the subscription itself, the fields that Google sends, such as ExpireTime.
	// Subscriptions.Update renews it and Subscriptions.Reactivate starts it again.
	Subscription Subscription
	// Data is the payload in Google's format.
	Data json.RawMessage
	// MessageID is Pub/Sub's id of the message. A repeated publication has another one.
	MessageID string
	// PubSubSubscription is the name of Pub/Sub's subscription.
	PubSubSubscription string
}

// InteractionEvent is an event that Google Chat sends to a Chat app, either classic or as
// a Google Workspace add-on.
type InteractionEvent struct {
	// Type is "ADDED_TO_SPACE", "REMOVED_FROM_SPACE", another type of a classic app, or the
	// name of another payload of an add-on, such as "messagePayload".
	Type  string
	Time  time.Time
	Space Space
	// User is the user who interacted with the app.
	User User
	// Data is the event in Google's format.
	Data json.RawMessage
}

// The types of interaction events about the app's own membership.
const (
	TypeAddedToSpace     = "ADDED_TO_SPACE"
	TypeRemovedFromSpace = "REMOVED_FROM_SPACE"
)

// ReadPush returns the delivery in the body of a push request of Pub/Sub. It verifies
// nothing: the Deliveries of package events/googlechat do that first.
//
// The ID of the delivery and of an event is Google's id of the event. A batch has an event
// for each membership. Its ID depends on the membership and the time of its creation or
// deletion, so that overlapping batches have the same one, and where the batch lacks that
// time on the id of the batch. The Actor is unknown.
//
// The membership may be a name alone, and that of a deletion is. A created or updated
// membership that has ended since is a deletion. An event without any name, and an event
// about a subscription, has Google's own type. Any event is a *WorkspaceEvent natively, and
// the event of a Chat app that is connected to Pub/Sub an *InteractionEvent.
//
// A body that makes no sense is memberships.ErrMalformed.
func ReadPush(body []byte) (memberships.Delivery, error) {
	d, err := readPush(body)
	return d, malformed("ReadPush", err)
}

// ReadInteraction returns the delivery in the body of a request to the HTTP endpoint of a
// Chat app, classic or add-on. It verifies nothing: the Deliveries of package
// events/googlechat do that first.
//
// The addition and the removal of the app are events about the membership of the app in the
// space, whose member has the ID "app". Any event is an *InteractionEvent natively. Google
// sends no id: the ID is a hash of type, time, space and user.
//
// A body that makes no sense is memberships.ErrMalformed.
func ReadInteraction(body []byte) (memberships.Delivery, error) {
	d, err := readInteraction(body, body)
	return d, malformed("ReadInteraction", err)
}

func malformed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &memberships.Error{Provider: api.Name, Op: op, Kind: memberships.ErrMalformed, Err: err}
}

// EventsOf returns the events in an entry of SpaceEvents.ListBySpace, as ReadPush returns
// them for a delivery: several of a batch, and one of any other event. The native value is
// e. The payload is newer than the event, so that a membership that has ended since may lack
// a name; its event has Google's own type and no membership.
func EventsOf(e *SpaceEvent) ([]memberships.Event, error) {
	var entries []*Membership
	for _, single := range []*eventData{e.MembershipCreatedEventData, e.MembershipUpdatedEventData, e.MembershipDeletedEventData} {
		if single != nil {
			entries = append(entries, single.Membership)
		}
	}
	for _, batch := range []*batchEventData{e.MembershipBatchCreatedEventData, e.MembershipBatchUpdatedEventData, e.MembershipBatchDeletedEventData} {
		if batch != nil {
			for i := range batch.Memberships {
				entries = append(entries, batch.Memberships[i].Membership)
			}
		}
	}
	common := memberships.Event{Provider: api.Name, ID: e.Name, NativeType: e.EventType, Time: e.EventTime, Raw: e.RawJSON}.WithNative(e)
	events, err := expand(common, entries)
	return events, malformed("EventsOf", err)
}

// maxEventID bounds the id of an event, which a store keeps.
const maxEventID = 1 << 10

func readPush(body []byte) (memberships.Delivery, error) {
	var sent pushRequest
	if err := decode.JSON(body, &sent, false); err != nil {
		return memberships.Delivery{}, err
	}
	m := &sent.message
	if !m.present {
		return memberships.Delivery{}, errors.New("the body lacks message")
	}
	data, err := m.payload()
	if err != nil {
		return memberships.Delivery{}, err
	}
	if m.attributes.typ == "" { // of a Chat app, or not of Google Workspace at all
		return readInteraction(data, body)
	}
	if m.attributes.id == "" || len(m.attributes.id) > maxEventID {
		return memberships.Delivery{}, errors.New("the attribute ce-id is missing or too long")
	}
	w := &WorkspaceEvent{
		ID: m.attributes.id, Type: m.attributes.typ, Subject: m.attributes.subject, Time: parseTime(m.attributes.time),
		Data: data, MessageID: m.id, PubSubSubscription: sent.subscription,
	}
	w.Subscription.Name = strings.TrimPrefix(m.attributes.source, "//workspaceevents.googleapis.com/")
	common := memberships.Event{Provider: api.Name, ID: w.ID, NativeType: w.Type, Time: w.Time, Raw: body}.WithNative(w)
	entries, err := payload(w)
	if err != nil {
		return memberships.Delivery{}, fmt.Errorf("data: %w", err)
	}
	events, err := expand(common, entries)
	if err != nil {
		return memberships.Delivery{}, fmt.Errorf("data: %w", err)
	}
	return memberships.Delivery{ID: w.ID, Events: events}, nil
}

// payload reads the data of an event of a known type: the memberships that it returns, or
// the subscription of w.
func payload(w *WorkspaceEvent) ([]*Membership, error) {
	switch w.Type {
	case TypeMembershipCreated, TypeMembershipUpdated, TypeMembershipDeleted:
		var e entry
		err := decode.JSON(w.Data, &e, false)
		return []*Membership{e.membership}, err
	case TypeMembershipBatchCreated, TypeMembershipBatchUpdated, TypeMembershipBatchDeleted:
		var b batch
		if err := decode.JSON(w.Data, &b, false); err != nil {
			return nil, err
		}
		if b.entries == nil {
			return nil, errors.New("the batch lacks memberships")
		}
		var all []*Membership
		for i := range b.entries {
			all = append(all, b.entries[i].membership)
		}
		return all, nil
	case TypeSubscriptionSuspended, TypeSubscriptionExpirationReminder, TypeSubscriptionExpired:
		var l lifecycle
		if err := decode.JSON(w.Data, &l, false); err != nil {
			return nil, err
		}
		l.subscription.Name = cmp.Or(l.subscription.Name, w.Subscription.Name)
		w.Subscription = l.subscription
		if w.Subscription.Name == "" {
			return nil, errors.New("the subscription lacks a name")
		}
	}
	return nil, nil
}

// kinds of the types about memberships.
var eventKinds = map[string]memberships.EventType{
	TypeMembershipCreated: memberships.EventCreated, TypeMembershipBatchCreated: memberships.EventCreated,
	TypeMembershipUpdated: memberships.EventUpdated, TypeMembershipBatchUpdated: memberships.EventUpdated,
	TypeMembershipDeleted: memberships.EventDeleted, TypeMembershipBatchDeleted: memberships.EventDeleted,
}

// expand returns an event for each membership, or common alone without one. common has the
// ID and the NativeType.
func expand(common memberships.Event, entries []*Membership) ([]memberships.Event, error) {
	kind := eventKinds[common.NativeType]
	common.Type = delivery.OtherType(common.NativeType)
	batch := strings.Contains(common.NativeType, ".batch")
	if kind == "" || len(entries) == 0 {
		return []memberships.Event{common}, nil
	}
	var events []memberships.Event
	for i, m := range entries {
		e := common
		if batch {
			e.ID = entryID(common.ID, kind, i, m)
		}
		if m != nil && m.Name != "" {
			in := membershipOf(m.Name)
			if in.err != nil {
				return nil, in.err
			}
			fillEvent(&e, kind, in.id(0), m)
		}
		events = append(events, e)
	}
	return events, nil
}

// fillEvent adds a membership to an event.
func fillEvent(e *memberships.Event, kind memberships.EventType, space string, m *Membership) {
	e.Type, e.Membership = kind, from(space)(m)
	e.NameOnly = m.Member.Name == "" && m.GroupMember.Name == ""
	switch {
	case kind == memberships.EventDeleted:
		e.Membership.State = memberships.StateAbsent
	case m.State == StateNotAMember:
		e.Type = memberships.EventDeleted
	}
}

// entryID returns the ID of the i-th event of a batch. A creation and a deletion happen once
// at their time, while a role may come back.
func entryID(batch string, kind memberships.EventType, i int, m *Membership) string {
	if m != nil && m.Name != "" {
		switch {
		case kind == memberships.EventCreated && !m.CreateTime.IsZero():
			return delivery.ID(string(kind), m.Name, m.CreateTime.UTC().Format(time.RFC3339Nano))
		case kind == memberships.EventDeleted && !m.DeleteTime.IsZero():
			return delivery.ID(string(kind), m.Name, m.DeleteTime.UTC().Format(time.RFC3339Nano))
		}
	}
	return fmt.Sprintf("%s/%d", batch, i)
}

// readInteraction reads an interaction event in the body raw.
func readInteraction(data, raw []byte) (memberships.Delivery, error) {
	i, at, err := parseInteraction(data)
	if err != nil {
		return memberships.Delivery{}, err
	}
	e := memberships.Event{Provider: api.Name, Type: delivery.OtherType(i.Type), NativeType: i.Type, Time: i.Time, Raw: raw}.WithNative(i)
	d := memberships.Delivery{}
	if at != "" {
		d.ID = delivery.ID(i.Type, at, i.Space.Name, i.User.Name)
	} else { // the same event may come again, after its opposite
		d.ID = delivery.ID(i.Type, string(data))
		d.Series = delivery.ID(i.Space.Name)
	}
	e.ID = d.ID
	if i.Type == TypeAddedToSpace || i.Type == TypeRemovedFromSpace {
		of := spaceOf(i.Space.Name)
		if of.err != nil || i.Space.Name == "" {
			return memberships.Delivery{}, cmp.Or(of.err, errors.New("the space lacks a name"))
		}
		e.Type, e.NameOnly = memberships.EventCreated, true
		e.Membership = memberships.Membership{
			Provider: api.Name, ID: MembershipName(of.id(0), "app"), Group: fromSpace(&i.Space), State: memberships.StateActive,
			Member: memberships.Member{Kind: memberships.MemberApp, ID: "app"},
		}
		if i.Type == TypeRemovedFromSpace {
			e.Type, e.Membership.State = memberships.EventDeleted, memberships.StateAbsent
		}
	}
	d.Events = []memberships.Event{e}
	return d, nil
}

// parseTime returns the time of a text in RFC 3339, zero for another text.
func parseTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
