package webex

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Kinds of ids. All ids but those of people and organizations name a cluster; here it is
// "us".
const (
	typePerson         = "PEOPLE"
	typeRoom           = "ROOM"
	typeTeam           = "TEAM"
	typeMembership     = "MEMBERSHIP"
	typeTeamMembership = "TEAM_MEMBERSHIP"
	typeOrganization   = "ORGANIZATION"
	typeWebhook        = "WEBHOOK"
	typeApplication    = "APPLICATION"
)

// Families of uuids. The first group of a uuid tells the kind that its number counts.
const (
	personFamily  = "5e1f0000"
	roomFamily    = "90010000"
	webhookFamily = "3eb00000"
)

var (
	orgID = encodeID(typeOrganization, "0e6a0000-0000-4000-8000-000000000001")
	appID = encodeID(typeApplication, "a9900000-0000-4000-8000-000000000001")
)

func uuid(family string, n int64) string { return fmt.Sprintf("%s-0000-4000-8000-%012x", family, n) }

// number returns the number in a uuid of a family.
func number(family, id string) (int64, bool) {
	digits, ok := strings.CutPrefix(id, family+"-0000-4000-8000-")
	if !ok || len(digits) != 12 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 16, 64)
	return n, err == nil && uuid(family, n) == id
}

func encodeID(typ, payload string) string {
	return base64.RawStdEncoding.EncodeToString([]byte("ciscospark://us/" + typ + "/" + payload))
}

// decodeID returns the payload of an id of a type. It accepts padding and the URL-safe
// alphabet, as Webex does.
func decodeID(typ, id string) (string, bool) {
	id = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(id, "="))
	b, err := base64.RawStdEncoding.DecodeString(id)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(string(b), "ciscospark://us/"+typ+"/")
}

func personID(n int64) string { return encodeID(typePerson, uuid(personFamily, n)) }

func personNumber(id string) (int64, bool) {
	payload, ok := decodeID(typePerson, id)
	if !ok {
		return 0, false
	}
	return number(personFamily, payload)
}

// membershipID returns an id that contains the ids of the person and of the room or team.
func membershipID(typ string, person int64, roomUUID string) string {
	return encodeID(typ, uuid(personFamily, person)+":"+roomUUID)
}

func splitMembershipID(typ, id string) (person int64, roomUUID string, ok bool) {
	payload, ok := decodeID(typ, id)
	if !ok {
		return 0, "", false
	}
	p, roomUUID, ok := strings.Cut(payload, ":")
	if !ok {
		return 0, "", false
	}
	person, ok = number(personFamily, p)
	return person, roomUUID, ok
}
