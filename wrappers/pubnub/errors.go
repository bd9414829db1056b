package pubnub

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds is empty: App Context and Access Manager mean by a status what HTTP means,
// and have no codes that would say more. Setting what exists is no error here.
var kinds []client.ErrorRule

// duplicates says what PubNub does with a write that comes a second time: to set what is
// set, or to remove what is gone, changes nothing. With an If-Match it is a conflict.
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

// readFault reads both dialects: App Context has an object as error, with message
// and details; Access Manager and the balancer have true, and message and payload
// beside it. Access Manager numbers the cause in a header.
func readFault(r *transport.Response) client.ErrorDetails {
	f := client.ErrorDetails{Code: r.Header.Get("X-Pn-Cause")}
	var body, object map[string]json.RawMessage
	if json.Unmarshal(r.Body, &body) != nil {
		return f
	}
	if json.Unmarshal(body["error"], &object) == nil && object != nil {
		f.Message = joined(text(object["message"]), details(object["details"]))
		return f
	}
	f.Message = joined(text(body["message"]), refused(body["payload"]))
	return f
}

// details says what is wrong where, as in "user.email: not an address".
func details(raw json.RawMessage) string {
	var list []map[string]json.RawMessage
	_ = json.Unmarshal(raw, &list)
	var out []string
	for _, d := range list {
		message, location := text(d["message"]), text(d["location"])
		switch {
		case message == "" && location == "":
			continue
		case message == "" || location == "":
			out = append(out, message+location)
		default:
			out = append(out, location+": "+message)
		}
	}
	return strings.Join(out, "; ")
}

// refused names what Access Manager keeps the caller from, as in "channels general".
func refused(raw json.RawMessage) string {
	var payload map[string]json.RawMessage
	_ = json.Unmarshal(raw, &payload)
	var out []string
	for _, what := range slices.Sorted(maps.Keys(payload)) {
		var ids []string
		if json.Unmarshal(payload[what], &ids) == nil && len(ids) > 0 {
			out = append(out, what+" "+strings.Join(ids, ", "))
		}
	}
	return strings.Join(out, "; ")
}

func joined(message, more string) string {
	switch {
	case more == "":
		return message
	case message == "":
		return more
	}
	return message + " (" + more + ")"
}

// text is a JSON string, "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}
