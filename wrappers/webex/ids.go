package webex

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
)

// GeneralRoomID returns the id of a team's General room, which has the same members as
// the team. A compliance officer outside of a team manages it through that room. The id
// of another resource is memberships.ErrInvalidArgument. It sends nothing.
func GeneralRoomID(teamID string) (string, error) {
	bad := func(why string) (string, error) {
		return "", &memberships.Error{
			Provider: api.Name, Op: "GeneralRoomID", Kind: memberships.ErrInvalidArgument,
			Err: fmt.Errorf("teamID %s", why),
		}
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(teamID, "-_") {
		enc = base64.RawURLEncoding
	}
	b, err := enc.DecodeString(strings.TrimRight(teamID, "="))
	if err != nil {
		return bad("is not base64")
	}
	// ciscospark://<cluster>/TEAM/<uuid>: outside the US the cluster holds the word
	// TEAM as well, so only the segment may change.
	rest, ok := strings.CutPrefix(string(b), "ciscospark://")
	seg := strings.Split(rest, "/")
	if !ok || len(seg) != 3 || seg[0] == "" || seg[2] == "" {
		return bad("does not name a Webex resource")
	}
	if seg[1] != "TEAM" {
		return bad("names a " + seg[1] + " and not a TEAM")
	}
	seg[1] = "ROOM"
	return enc.EncodeToString([]byte("ciscospark://" + strings.Join(seg, "/"))), nil
}
