package clerk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/delivery"
)

// Clerk delivers through Svix. It sends the id and the time of a delivery, both of which
// are signed, and one or more signatures.
const (
	idHeader        = "Svix-Id"
	timestampHeader = "Svix-Timestamp"
	signatureHeader = "Svix-Signature"

	signatureVersion = "v1,"
	secretPrefix     = "whsec_"
	leastSecret      = 16 // bytes
	maxDeliveryID    = 256
	// clockTolerance is the largest difference between the clocks, in both directions.
	clockTolerance = 5 * time.Minute
)

// WebhookDelivery is the body of a webhook's request.
type WebhookDelivery struct {
	// Type is the kind of event, such as "organizationMembership.created".
	Type string
	// InstanceID identifies the Clerk instance. Older payloads lack it.
	InstanceID string
	// Time is the time of the event, zero if the payload lacks it.
	Time time.Time
	// Data is the subject of the event in Clerk's format.
	Data json.RawMessage
}

// Deliveries reads the requests of a webhook endpoint. secrets are its signing secrets, such
// as whsec_..., at least one; during a rotation, give the old and the new one. A request is
// refused if its time is more than five minutes from now, in either direction.
//
// The events organizationMembership.created, updated and deleted have the whole membership,
// with a *Membership natively. The deletion of an organization or a user is that of its
// memberships: the Membership has the group or the member alone. An invitation is a
// membership in the state invited, whose ID is that of the invitation and whose member has
// an address alone; it is deleted when it is revoked, and active once it is accepted.
// Any event is a *WebhookDelivery natively.
func Deliveries(secrets ...string) memberships.Deliveries {
	var keys [][]byte
	fault := delivery.Secrets(secrets, func(s string) error {
		key, err := signingKey(s)
		keys = append(keys, key)
		return err
	})
	return &delivery.Reader{
		Name:   api.Name,
		Fault:  fault,
		Verify: func(r delivery.Request) error { return verifyDelivery(keys, r) },
		Read:   readDelivery,
	}
}

// SignDelivery returns the headers with which an endpoint with the secret sends body at a
// time. It fails for a secret that Deliveries refuses.
func SignDelivery(secret, id string, at time.Time, body []byte) (map[string][]string, error) {
	if err := Deliveries(secret).Check(); err != nil {
		return nil, err
	}
	key, _ := signingKey(secret)
	timestamp := strconv.FormatInt(at.Unix(), 10)
	return map[string][]string{
		idHeader: {id}, timestampHeader: {timestamp}, signatureHeader: {sign(key, id, timestamp, body)},
	}, nil
}

// signingKey returns the key of a secret. Its errors continue a sentence.
func signingKey(secret string) ([]byte, error) {
	if secret == "" {
		return nil, errors.New("is empty")
	}
	encoded := strings.TrimPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || strings.ContainsAny(encoded, "\r\n") { // which the decoder ignores
		return nil, errors.New("is not base64 after " + secretPrefix)
	}
	if len(key) < leastSecret {
		return nil, fmt.Errorf("has fewer than %d bytes", leastSecret)
	}
	return key, nil
}

func sign(key []byte, id, timestamp string, body []byte) string {
	sum := delivery.Sum(sha256.New, key, id, ".", timestamp, ".", string(body))
	return signatureVersion + base64.StdEncoding.EncodeToString(sum)
}

func verifyDelivery(keys [][]byte, r delivery.Request) error {
	id, err := r.Need(idHeader)
	if err != nil {
		return err
	}
	timestamp, err := r.Need(timestampHeader)
	if err != nil {
		return err
	}
	signatures, err := r.Need(signatureHeader)
	if err != nil {
		return err
	}
	if len(id) > maxDeliveryID || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' || c == '.' }) {
		return errors.New("the id is not valid") // a full stop would move the borders of what is signed
	}
	if err := checkTimestamp(timestamp, r.Now); err != nil {
		return err
	}
	return matchSignatures(keys, strings.Split(signatures, " "), id, timestamp, r.Body)
}

// checkTimestamp returns an error unless a timestamp is near now. A number in another
// spelling than Clerk's is refused.
func checkTimestamp(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 || strconv.FormatInt(seconds, 10) != timestamp {
		return errors.New("the timestamp is not a number of seconds")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > clockTolerance || age < -clockTolerance {
		return fmt.Errorf("the timestamp is more than %s from now", clockTolerance)
	}
	return nil
}

// matchSignatures returns an error unless one signature is that of a key. Signatures of
// other versions do not count.
func matchSignatures(keys [][]byte, signatures []string, id, timestamp string, body []byte) error {
	if len(signatures) > delivery.MaxSignatures {
		return fmt.Errorf("there are more than %d signatures", delivery.MaxSignatures)
	}
	for _, s := range signatures {
		if version, text, ok := strings.Cut(s, ","); !ok || version == "" || text == "" {
			return errors.New("the list of signatures is not well-formed")
		}
	}
	for _, key := range keys {
		want := sign(key, id, timestamp, body)
		for _, s := range signatures {
			if delivery.Same(s, want) {
				return nil
			}
		}
	}
	return errors.New("no signature is of this secret, id, timestamp and body")
}

// envelope is a WebhookDelivery as Clerk sends it.
type envelope struct {
	kind, instanceID string
	timestamp        int64
	data             json.RawMessage
}

var namesEnvelope = decode.Type{Names: []string{"type", "instance_id", "timestamp", "data"}, Strict: 1<<0 | 1<<1}

// DecodeJSON implements decode.Value.
func (v *envelope) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesEnvelope)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // type
			v.kind, p = r.String(p, "")
		case 1: // instance_id
			v.instanceID, p = r.String(p, "")
		case 2: // timestamp
			v.timestamp, p = r.Int64(p)
		case 3: // data
			v.data, p = r.Raw(p, nil)
		}
	}
	return p
}

// subject is a deleted organization or user.
type subject struct{ id, name string }

var namesSubject = decode.Type{Names: []string{"id", "name"}, Strict: 1 << 0}

// DecodeJSON implements decode.Value.
func (v *subject) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesSubject)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // id
			v.id, p = r.String(p, "")
		case 1: // name
			v.name, p = r.String(p, "")
		}
	}
	return p
}

func readDelivery(r delivery.Request) (memberships.Delivery, error) {
	id, err := r.Need(idHeader)
	if err != nil {
		return memberships.Delivery{}, err
	}
	var sent envelope
	if err := decode.JSON(r.Body, &sent, false); err != nil {
		return memberships.Delivery{}, err
	}
	if sent.kind == "" || len(sent.data) == 0 {
		return memberships.Delivery{}, errors.New("the body lacks type or data")
	}
	w := &WebhookDelivery{Type: sent.kind, InstanceID: sent.instanceID, Time: date(sent.timestamp), Data: sent.data}
	e := memberships.Event{
		Provider: api.Name, ID: id, Type: delivery.OtherType(w.Type), NativeType: w.Type, Time: w.Time, Raw: r.Body,
	}.WithNative(w)
	if err := fill(&e, w); err != nil {
		return memberships.Delivery{}, fmt.Errorf("data: %w", err)
	}
	return memberships.Delivery{ID: id, Events: []memberships.Event{e}}, nil
}

// fill adds the membership to an event that is about one.
func fill(e *memberships.Event, w *WebhookDelivery) error {
	switch w.Type {
	case "organizationMembership.created":
		return fillMembership(e, w, memberships.EventCreated)
	case "organizationMembership.updated":
		return fillMembership(e, w, memberships.EventUpdated)
	case "organizationMembership.deleted":
		return fillMembership(e, w, memberships.EventDeleted)
	case "organizationInvitation.created":
		return fillInvitation(e, w, memberships.EventCreated, memberships.StateInvited)
	case "organizationInvitation.accepted":
		return fillInvitation(e, w, memberships.EventUpdated, memberships.StateActive)
	case "organizationInvitation.revoked":
		return fillInvitation(e, w, memberships.EventDeleted, memberships.StateAbsent)
	case "organization.deleted", "user.deleted":
		return fillEnd(e, w)
	}
	return nil
}

func fillMembership(e *memberships.Event, w *WebhookDelivery, t memberships.EventType) error {
	m := &Membership{}
	if err := decode.JSON(w.Data, m, false); err != nil {
		return err
	}
	if m.Organization.ID == "" || m.PublicUserData.UserID == "" {
		return errors.New("the membership lacks organization or user")
	}
	e.Type, e.Membership = t, converter()(m)
	if t == memberships.EventDeleted { // its data is that of a membership that exists
		e.Membership.State = memberships.StateAbsent
	}
	return nil
}

func fillInvitation(e *memberships.Event, w *WebhookDelivery, t memberships.EventType, state memberships.State) error {
	i := &Invitation{}
	if err := decode.JSON(w.Data, i, false); err != nil {
		return err
	}
	if i.ID == "" || i.OrganizationID == "" || i.EmailAddress == "" {
		return errors.New("the invitation lacks id, organization_id or email_address")
	}
	e.Type, e.Membership = t, fromInvitation(i)
	e.Membership.State = state
	return nil
}

// fillEnd adds the end of all memberships of an organization or a user. Clerk does not say
// whether it sends an event for each of them.
func fillEnd(e *memberships.Event, w *WebhookDelivery) error {
	var gone subject
	if err := decode.JSON(w.Data, &gone, false); err != nil {
		return err
	}
	if gone.id == "" {
		return nil // a deleted user may have no id, and then names nobody
	}
	e.Type, e.NameOnly = memberships.EventDeleted, true
	e.Membership = memberships.Membership{Provider: api.Name, State: memberships.StateAbsent}
	if w.Type == "user.deleted" {
		e.Membership.Member = memberships.Member{Kind: memberships.MemberUser, ID: gone.id}
	} else {
		e.Membership.Group = memberships.Group{Kind: memberships.KindOrganization, ID: gone.id, Name: gone.name}
	}
	return nil
}
