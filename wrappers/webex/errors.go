package webex

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds has the statuses whose kind depends on the operation. No rule depends on a message,
// because messages are for people and change.
var kinds = []client.ErrorRule{
	{Status: 409, Op: "Memberships.Create", Kind: memberships.ErrAlreadyExists},
	{Status: 409, Op: "TeamMemberships.Create", Kind: memberships.ErrAlreadyExists},
}

// busy reports whether a resource is locked; Webex unlocks it by itself.
func busy(r *transport.Response) bool { return r.StatusCode == http.StatusLocked }

// duplicates has the effect of a repeated write: a second addition is 409, and a second
// removal is 404. Rooms, teams and webhooks may exist twice with the same name.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create":     client.Refused,
	"Memberships.Update":     client.Merged,
	"TeamMemberships.Create": client.Refused,
	"TeamMemberships.Update": client.Merged,
	"Rooms.Update":           client.Merged,
	"Teams.Update":           client.Merged,
	"Webhooks.Update":        client.Merged,
	"Memberships.Delete":     client.Refused,
	"TeamMemberships.Delete": client.Refused,
	"Rooms.Delete":           client.Refused,
	"Teams.Delete":           client.Refused,
	"Webhooks.Delete":        client.Refused,
	"Rooms.Create":           client.Harms,
	"Teams.Create":           client.Harms,
	"Webhooks.Create":        client.Harms,
}

// readErrorDetails returns the details in an error body. Webex sends {message, errors,
// trackingId}. A gateway sends {code, message} or no body, with the tracking id in a header.
func readErrorDetails(r *transport.Response) client.ErrorDetails {
	body := decode.Failure[gen.Error](r.Body)
	f := client.ErrorDetails{
		Message: body.Message, Code: body.Code,
		RequestID: cmp.Or(body.TrackingID, r.Header.Get("Trackingid")),
	}
	code := body.ErrorCode
	for _, d := range body.Errors {
		if f.Message == "" {
			f.Message = d.Description
		}
		if code == 0 {
			code = d.ErrorCode
		}
	}
	if f.Code == "" && code != 0 {
		f.Code = strconv.FormatInt(code, 10)
	}
	return f
}
