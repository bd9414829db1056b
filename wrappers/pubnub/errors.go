package pubnub

import (
	"net/http"
	"strings"

	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds is empty: the statuses of App Context and Access Manager have the meaning of HTTP,
// and no code refines it.
var kinds []client.ErrorRule

// duplicates holds the effect of a write that PubNub gets twice. The second set or remove
// changes nothing; with an If-Match it is a conflict.
var duplicates = map[string]client.Duplicate{
	"Members.Add":        client.Merged,
	"Members.Update":     client.Merged,
	"Members.Remove":     client.Merged,
	"Members.Manage":     client.Merged,
	"Memberships.Add":    client.Merged,
	"Memberships.Update": client.Merged,
	"Memberships.Remove": client.Merged,
	"Memberships.Manage": client.Merged,
	"Channels.Set":       client.Merged,
	"Channels.Remove":    client.Merged,
	"Users.Set":          client.Merged,
	"Users.Remove":       client.Merged,
}

// readErrorDetails reads both dialects. App Context sends an object as error, with a message and
// details. Access Manager and the balancer send true as error and put a message and
// payload beside it; Access Manager numbers the cause in a header.
func readErrorDetails(r *transport.Response) client.ErrorDetails {
	body := decode.Failure[gen.Error](r.Body)
	message, more := body.Error.Message, details(body.Error.Details)
	if message == "" && more == "" {
		message, more = body.Message, refused(body.Payload)
	}
	switch {
	case message == "":
		message = more
	case more != "":
		message += " (" + more + ")"
	}
	f := client.ErrorDetails{Code: r.Header.Get("X-Pn-Cause"), Message: message}
	if r.StatusCode == http.StatusForbidden && body.Error.Source == "objects" {
		f.Err = appContext
	}
	return f
}

// details returns the causes of a failure, such as "user.email: not an address".
func details(list []gen.ErrorDetail) string {
	var out []string
	for _, d := range list {
		switch {
		case d.Message == "" && d.Location == "":
			continue
		case d.Message == "" || d.Location == "":
			out = append(out, d.Message+d.Location)
		default:
			out = append(out, d.Location+": "+d.Message)
		}
	}
	return strings.Join(out, "; ")
}

// refused returns the resources that Access Manager refuses access to, such as "channels
// general".
func refused(r gen.RefusedResources) string {
	var out []string
	add := func(kind string, ids []string) {
		if len(ids) > 0 {
			out = append(out, kind+" "+strings.Join(ids, ", "))
		}
	}
	add("channel-groups", r.ChannelGroups)
	add("channels", r.Channels)
	add("uuids", r.Users)
	return strings.Join(out, "; ")
}
