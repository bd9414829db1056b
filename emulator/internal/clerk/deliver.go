package clerk

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// event is the body of a delivery.
type event struct {
	Object     string     `json:"object"`
	Type       string     `json:"type"`
	Data       any        `json:"data"`
	InstanceID string     `json:"instance_id"`
	Timestamp  int64      `json:"timestamp"` // milliseconds, as in the guides
	Attributes attributes `json:"event_attributes"`
}

type attributes struct {
	Request struct {
		ClientIP  string `json:"client_ip"`
		UserAgent string `json:"user_agent"`
	} `json:"http_request"`
}

// instanceID is the id of the only instance.
var instanceID = fmt.Sprintf("ins_%s%023d", mark, 1)

// emit delivers an event. The deletion of an organization or of a user has no further events
// for its memberships, because Clerk promises none.
func (s *server) emit(kind string, data any) {
	now := s.now()
	id := newMessageID()
	s.seed.Deliver("clerk", kind, func(outbox.Target) []byte {
		e := event{Object: "event", Type: kind, Data: data, InstanceID: instanceID, Timestamp: now.UnixMilli()}
		e.Attributes.Request.ClientIP, e.Attributes.Request.UserAgent = "127.0.0.1", "memberships-emulator"
		body, err := json.Marshal(e)
		if err != nil {
			s.seed.Logger().Error("an event has no JSON", "provider", "clerk", "type", kind, "error", err)
			return nil
		}
		return body
	}, func(t outbox.Target, body []byte, at time.Time) http.Header {
		return svixHeaders(t.Secret, id, at, body)
	})
}

// newMessageID returns a new id of a delivery. It is random, so that a consumer with a
// lasting store accepts the deliveries of another run of the emulator.
func newMessageID() string { return "msg_" + rand.Text() }

// svixHeaders returns the headers with which Svix sends a body at a time.
func svixHeaders(secret, id string, at time.Time, body []byte) http.Header {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return http.Header{}
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return http.Header{
		"Svix-Id": {id}, "Svix-Timestamp": {timestamp},
		"Svix-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
}

// emitMembership delivers an event about a membership.
func (s *server) emitMembership(change string, o *organization, m gen.Membership) {
	m.Organization = s.counted(o)
	s.emit("organizationMembership."+change, m)
}

// counted returns an organization as an event shows it: with the fields that a request must
// ask for.
func (s *server) counted(o *organization) gen.Organization {
	yes := true
	return s.asked(o, &yes, &yes)
}

// emitInvitation delivers an event about an invitation.
func (s *server) emitInvitation(change string, o *organization, i *invitation) {
	s.emit("organizationInvitation."+change, s.invitation(o, i, false))
}
