package box

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/delivery"
)

// The headers of a delivery that take part in its verification. Box-Delivery-Id is not
// signed and differs in each repetition.
const (
	timestampHeader = "Box-Delivery-Timestamp"
	versionHeader   = "Box-Signature-Version"
	algorithmHeader = "Box-Signature-Algorithm"
	primaryHeader   = "Box-Signature-Primary"
	secondaryHeader = "Box-Signature-Secondary"

	signatureVersion   = "1"
	signatureAlgorithm = "HmacSHA256"
	// maxAge is the age at which Box's documents have a delivery refused.
	maxAge = 10 * time.Minute
)

// WebhookDelivery is the body of a webhook's request.
type WebhookDelivery struct {
	// ID identifies the event; repetitions have the same one.
	ID string
	// Trigger is the kind of event, such as "FILE.UPLOADED".
	Trigger string
	// WebhookID identifies the webhook that reports.
	WebhookID string
	Created   time.Time
	// Source is the subject of the event in Box's format. It may be absent.
	Source json.RawMessage
}

// Deliveries reads the requests of webhooks. The keys are the primary and the secondary
// signature key of the app; one of them may be empty. Box signs with both: during a rotation
// it is enough that one key is known.
//
// No webhook of Box reports memberships: every event has the trigger as its type and no
// Membership, and is a *WebhookDelivery natively. A request is refused if its time is more
// than ten minutes ago or still to come.
//
// Box signs an escaped form of the body. The spellings of a slash and of other letters than
// ASCII in JSON have the same signature.
func Deliveries(primary, secondary string) memberships.Deliveries {
	d := &delivery.Reader{
		Name:   api.Name,
		Verify: func(r delivery.Request) error { return verifyDelivery(primary, secondary, r) },
		Read:   readDelivery,
	}
	if primary == "" && secondary == "" {
		d.Fault = errors.New("both signature keys are empty")
	}
	return d
}

// SignDelivery returns the headers with which a webhook of an app with the keys sends body at
// a time. An empty key makes no signature.
func SignDelivery(primary, secondary string, at time.Time, body []byte) map[string][]string {
	timestamp := at.Format(time.RFC3339)
	headers := map[string][]string{
		timestampHeader: {timestamp}, versionHeader: {signatureVersion}, algorithmHeader: {signatureAlgorithm},
	}
	signed := escape(body)
	for header, key := range map[string]string{primaryHeader: primary, secondaryHeader: secondary} {
		if key != "" {
			headers[header] = []string{sign(key, signed, timestamp)}
		}
	}
	return headers
}

func sign(key, body, timestamp string) string {
	return base64.StdEncoding.EncodeToString(delivery.Sum(sha256.New, []byte(key), body, timestamp))
}

func verifyDelivery(primary, secondary string, r delivery.Request) error {
	for _, h := range []struct{ name, want string }{{versionHeader, signatureVersion}, {algorithmHeader, signatureAlgorithm}} {
		if got, err := r.Need(h.name); err != nil {
			return err
		} else if got != h.want {
			return fmt.Errorf("the header %s is not %s", h.name, h.want)
		}
	}
	timestamp, err := r.Need(timestampHeader)
	if err != nil {
		return err
	}
	sent, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		return errors.New("the timestamp is not a time of RFC 3339")
	}
	if age := r.Now.Sub(sent); age > maxAge || age < 0 {
		return fmt.Errorf("the timestamp is more than %s ago, or still to come", maxAge)
	}
	return matchSignatures(primary, secondary, timestamp, r)
}

// matchSignatures returns an error unless one of the two signatures is that of its key.
func matchSignatures(primary, secondary, timestamp string, r delivery.Request) error {
	var bodies []string
	if utf8.Valid(r.Body) { // other bytes would have the escaped form of each other
		bodies = []string{string(r.Body)}
		if escaped := escape(r.Body); escaped != bodies[0] {
			bodies = append(bodies, escaped)
		}
	}
	match, present := false, false
	for _, s := range []struct{ header, key string }{{primaryHeader, primary}, {secondaryHeader, secondary}} {
		got, ok, err := r.Header(s.header)
		if err != nil {
			return err
		}
		present = present || ok
		if !ok || s.key == "" {
			continue
		}
		for _, body := range bodies {
			match = match || delivery.Same(got, sign(s.key, body, timestamp))
		}
	}
	switch {
	case match:
		return nil
	case !present:
		return fmt.Errorf("the headers %s and %s are missing", primaryHeader, secondaryHeader)
	}
	return errors.New("no signature is of these keys, timestamp and body")
}

// escape returns the form of a JSON text that Box signs: a slash with a backslash before it,
// and everything from DEL on as UTF-16 in hexadecimal digits.
func escape(body []byte) string {
	out := make([]byte, 0, len(body)+len(body)/8)
	escaped := false // the last byte was a backslash that begins an escape
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r >= 0x7f:
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		case r == '/' && !escaped:
			out = append(out, '\\', '/')
		default:
			out = append(out, byte(r))
		}
		escaped = r == '\\' && !escaped
		i += n
	}
	return string(out)
}

// envelope is a WebhookDelivery as Box sends it.
type envelope struct {
	WebhookDelivery
	webhook, creator party
}

// party is the webhook or the user of a delivery.
type party struct{ id, name, login string }

var (
	namesEnvelope = decode.Type{ID: 0, Names: []string{"id", "trigger", "created_at", "source", "webhook", "created_by"}, Strict: 1<<0 | 1<<1}
	namesParty    = decode.Type{ID: 1, Names: []string{"id", "name", "login"}, Lenient: true}
)

// DecodeJSON implements decode.Value.
func (v *envelope) DecodeJSON(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesEnvelope)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // id
			v.ID, p = r.String(p, "")
		case 1: // trigger
			v.Trigger, p = r.String(p, "")
		case 2: // created_at
			v.Created, p = r.Time(p)
		case 3: // source
			v.Source, p = r.Raw(p, nil)
		case 4: // webhook
			p = v.webhook.decode(r, p)
		case 5: // created_by
			p = v.creator.decode(r, p)
		}
	}
	return p
}

func (v *party) decode(r *decode.Reader, p int) int {
	o, field, p := r.Object(p, &namesParty)
	for ; field >= 0; field, p = r.Next(p, &o) {
		switch field {
		case 0: // id
			v.id, p = r.String(p, "")
		case 1: // name
			v.name, p = r.String(p, "")
		case 2: // login
			v.login, p = r.String(p, "")
		}
	}
	return p
}

func readDelivery(r delivery.Request) (memberships.Delivery, error) {
	var sent envelope
	if err := decode.JSON(r.Body, &sent, false); err != nil {
		return memberships.Delivery{}, err
	}
	if sent.ID == "" || sent.Trigger == "" {
		return memberships.Delivery{}, errors.New("the body lacks id or trigger")
	}
	w := &sent.WebhookDelivery
	w.WebhookID = sent.webhook.id
	e := memberships.Event{
		Provider: api.Name, ID: w.ID, Type: delivery.OtherType(w.Trigger), NativeType: w.Trigger, Time: w.Created, Raw: r.Body,
	}.WithNative(w)
	if sent.creator.id != "" {
		e.Actor = memberships.Member{Kind: memberships.MemberUser, ID: sent.creator.id, Email: sent.creator.login, Name: sent.creator.name}
	}
	return memberships.Delivery{ID: w.ID, Events: []memberships.Event{e}}, nil
}
