package googlechat

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/decode"
)

type (
	eventData      = gen.MembershipEventData
	batchEventData = gen.MembershipBatchEventData
)

// pushRequest is the body of a push request of Pub/Sub.
type pushRequest struct {
	message      pushMessage
	subscription string
}

var namesPushRequest = decode.Type{Names: []string{"message", "subscription"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *pushRequest) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesPushRequest)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // message
			p = v.message.DecodeJSON(r, p)
		case 1: // subscription
			v.subscription, p = r.String(p, "")
		}
	}
	return p
}

// pushMessage is a message of Pub/Sub. Google sends the id under two names.
type pushMessage struct {
	present    bool
	attributes attributes
	data, id   string
}

var namesPushMessage = decode.Type{Names: []string{"attributes", "data", "messageId", "message_id"}, Strict: 1<<0 | 1<<1}

// DecodeJSON implements decode.Value.
func (v *pushMessage) DecodeJSON(r *decode.Reader, p int) int {
	if next, ok := r.Null(p); ok {
		return next
	}
	v.present = true
	o, field, p := r.Object(p, &namesPushMessage)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // attributes
			p = v.attributes.DecodeJSON(r, p)
		case 1: // data
			v.data, p = r.String(p, "")
		case 2, 3: // messageId, message_id
			v.id, p = r.String(p, "")
		}
	}
	return p
}

// payload returns the decoded data of a message.
func (v *pushMessage) payload() ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(v.data)
	if err != nil {
		return nil, errors.New("data is not base64")
	}
	return data, nil
}

// attributes are those of a CloudEvent.
type attributes struct{ id, typ, source, subject, time string }

var namesAttributes = decode.Type{Names: []string{"ce-id", "ce-type", "ce-source", "ce-subject", "ce-time"}, Strict: 1<<0 | 1<<1 | 1<<2}

// DecodeJSON implements decode.Value.
func (v *attributes) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesAttributes)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // ce-id
			v.id, p = r.String(p, "")
		case 1: // ce-type
			v.typ, p = r.String(p, "")
		case 2: // ce-source
			v.source, p = r.String(p, "")
		case 3: // ce-subject
			v.subject, p = r.String(p, "")
		case 4: // ce-time
			v.time, p = r.String(p, "")
		}
	}
	return p
}

// entry is the data of an event about one membership.
type entry struct{ membership *Membership }

var namesEntry = decode.Type{Names: []string{"membership"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *entry) DecodeJSON(r *decode.Reader, p int) int { return v.decode(r, p, v) }

func (v *entry) decode(r *decode.Reader, p int, _ *entry) int {
	o, field, p := r.Object(p, &namesEntry)
	for ; field >= 0; field, p = r.Next(p, &o) {
		if field == 0 {
			if next, ok := r.Null(p); ok {
				p = next
				continue
			}
			v.membership = new(Membership)
			p = v.membership.DecodeJSON(r, p)
		}
	}
	return p
}

// batch is the data of an event about several memberships.
type batch struct{ entries []entry }

var namesBatch = decode.Type{Names: []string{"memberships"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *batch) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesBatch)
	for ; field >= 0; field, p = r.Next(p, &o) {
		if field == 0 {
			v.entries, p = decode.List(r, p, (*entry).decode)
		}
	}
	return p
}

// lifecycle is the data of an event about a subscription.
type lifecycle struct{ subscription Subscription }

var namesLifecycle = decode.Type{Names: []string{"subscription"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *lifecycle) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesLifecycle)
	for ; field >= 0; field, p = r.Next(p, &o) {
		if field == 0 {
			p = decodeSubscription(&v.subscription, r, p)
		}
	}
	return p
}

// Google's documents show the fields of a delivered subscription in snake_case, and its API
// sends them in camelCase.
var namesDelivered = decode.Type{Names: []string{
	"name", "uid", "state", "etag", "authority",
	"targetResource", "target_resource", "eventTypes", "event_types", "suspensionReason", "suspension_reason",
	"createTime", "create_time", "updateTime", "update_time", "expireTime", "expire_time",
}, Strict: 1<<0 | 1<<2 | 1<<5 | 1<<6}

func decodeSubscription(v *Subscription, r *decode.Reader, p int) int {
	mark := p
	text := func(p int) (string, int) { return r.String(p, "") }
	o, field, p := r.Object(p, &namesDelivered)
	for ; field >= 0; field, p = r.Next(p, &o) {
		var s string
		switch field {
		case 0: // name
			v.Name, p = text(p)
		case 1: // uid
			v.UID, p = text(p)
		case 2: // state
			s, p = text(p)
			v.State = SubscriptionState(s)
		case 3: // etag
			v.Etag, p = text(p)
		case 4: // authority
			v.Authority, p = text(p)
		case 5, 6: // targetResource
			v.TargetResource, p = text(p)
		case 7, 8: // eventTypes
			v.EventTypes, p = decode.List(r, p, func(v *string, r *decode.Reader, p int, _ *string) int {
				*v, p = r.String(p, "")
				return p
			})
		case 9, 10: // suspensionReason
			s, p = text(p)
			v.SuspensionReason = SuspensionReason(s)
		case 11, 12: // createTime
			v.CreateTime, p = r.Time(p)
		case 13, 14: // updateTime
			v.UpdateTime, p = r.Time(p)
		case 15, 16: // expireTime
			v.ExpireTime, p = r.Time(p)
		}
	}
	v.RawJSON = r.Since(mark, p)
	return p
}

// interaction is an interaction event of either kind of app.
type interaction struct {
	typ, time string
	space     Space
	user      User
	chat      json.RawMessage
}

var namesInteraction = decode.Type{Names: []string{"type", "eventTime", "space", "user", "chat"}, Strict: 1<<0 | 1<<2}

// DecodeJSON implements decode.Value.
func (v *interaction) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesInteraction)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // type
			v.typ, p = r.String(p, "")
		case 1: // eventTime
			v.time, p = r.String(p, "")
		case 2: // space
			p = v.space.DecodeJSON(r, p)
		case 3: // user
			p = decodeUser(&v.user, r, p)
		case 4: // chat
			v.chat, p = r.Raw(p, nil)
		}
	}
	return p
}

var namesUser = decode.Type{Names: []string{"name", "displayName", "email", "avatarUrl", "type", "domainId", "isAnonymous"}, Lenient: true}

func decodeUser(v *User, r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesUser)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // name
			v.Name, p = r.String(p, "")
		case 1: // displayName
			v.DisplayName, p = r.String(p, "")
		case 2: // email
			v.Email, p = r.String(p, "")
		case 3: // avatarUrl
			v.AvatarURL, p = r.String(p, "")
		case 4: // type
			var s string
			s, p = r.String(p, "")
			v.Type = UserType(s)
		case 5: // domainId
			v.DomainID, p = r.String(p, "")
		case 6: // isAnonymous
			v.IsAnonymous, p = r.Bool(p)
		}
	}
	return p
}

// payloadOf is the payload of an add-on's event that has a space.
type payloadOf struct{ space Space }

var namesPayloadOf = decode.Type{Names: []string{"space"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *payloadOf) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesPayloadOf)
	for ; field >= 0; field, p = r.Next(p, &o) {
		if field == 0 {
			p = v.space.DecodeJSON(r, p)
		}
	}
	return p
}

// ownTypes maps the payloads of add-ons to the types of classic apps.
var ownTypes = map[string]string{"addedToSpacePayload": TypeAddedToSpace, "removedFromSpacePayload": TypeRemovedFromSpace}

// parseInteraction reads an event of either kind. at is the text of its time.
func parseInteraction(data []byte) (event *InteractionEvent, at string, err error) {
	var sent interaction
	if err := decode.JSON(data, &sent, false); err != nil {
		return nil, "", err
	}
	if sent.typ == "" && len(sent.chat) > 0 {
		if err := sent.addOn(); err != nil {
			return nil, "", err
		}
	}
	if sent.typ == "" {
		return nil, "", errors.New("the body has no type of an event")
	}
	return &InteractionEvent{Type: sent.typ, Time: parseTime(sent.time), Space: sent.space, User: sent.user, Data: data}, sent.time, nil
}

// addOn reads the event from the envelope of an add-on. Its payload's name is its type.
func (v *interaction) addOn() error {
	chat := v.chat
	*v = interaction{}
	if err := decode.JSON(chat, v, false); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(chat, &fields); err != nil {
		return errors.New("chat is not an object")
	}
	var payloads []string
	for name := range fields {
		if strings.HasSuffix(name, "Payload") {
			payloads = append(payloads, name)
		}
	}
	if len(payloads) != 1 {
		return errors.New("chat does not have one payload")
	}
	v.typ = payloads[0]
	own, ok := ownTypes[v.typ]
	if !ok {
		return nil
	}
	var p payloadOf
	if err := decode.JSON(fields[v.typ], &p, false); err != nil {
		return err
	}
	v.typ, v.space = own, p.space
	return nil
}
