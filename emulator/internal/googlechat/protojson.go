package googlechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// normalize rewrites a request into the form that the document describes. Google accepts
// every form of ProtoJSON: names in snake_case, enum values as numbers, null and empty
// parameters for absent ones. It also accepts the parameters of all Google APIs, which
// have no effect here except for fields. Responses have enum values by name even if
// $alt=json;enum-encoding=int asks for numbers, because ProtoJSON decoders accept names.
func normalize(r *http.Request) {
	// A raw semicolon is part of a value here, but net/url rejects it.
	if q, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")); err == nil {
		known := url.Values{}
		for name, values := range q {
			if !global[name] && !strings.HasPrefix(name, "$") && values[0] != "" {
				known[camel(name)] = values
			}
		}
		r.URL.RawQuery = known.Encode()
	}
	const most = 8 << 20 // a longer body keeps its length, for which it is rejected later
	body, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return
	}
	var v map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return
	}
	if body, err = json.Marshal(plain(v, "")); err == nil {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
}

// global holds the parameters of all Google APIs. It leaves out the ones that begin with $.
var global = map[string]bool{
	"access_token": true, "alt": true, "callback": true, "fields": true, "key": true, "oauth_token": true,
	"prettyPrint": true, "quotaUser": true, "uploadType": true, "upload_protocol": true,
}

// camel converts a name from snake_case to lowerCamelCase.
func camel(name string) string {
	parts := strings.Split(name, "_")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// plain returns a body's value in its usual form. at is its path.
func plain(v any, at string) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			name = camel(name)
			if value != nil {
				out[name] = plain(value, strings.TrimPrefix(at+"."+name, "."))
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i], at)
		}
	case json.Number:
		if name := enums[strings.TrimPrefix(strings.TrimPrefix(at, "space."), "memberships.")][v.String()]; name != "" {
			return name
		}
	}
	return v
}

// enums maps the path of an enum to the names of its numbers.
var enums = map[string]map[string]string{
	"state":       {"0": "MEMBERSHIP_STATE_UNSPECIFIED", "1": "JOINED", "2": "INVITED", "3": "NOT_A_MEMBER"},
	"role":        {"0": "MEMBERSHIP_ROLE_UNSPECIFIED", "1": "ROLE_MEMBER", "2": "ROLE_MANAGER", "4": "ROLE_ASSISTANT_MANAGER"},
	"member.type": {"0": "TYPE_UNSPECIFIED", "1": "HUMAN", "2": "BOT"},
	"type":        {"0": "TYPE_UNSPECIFIED", "1": "ROOM", "2": "DM"},
	"spaceType":   {"0": "SPACE_TYPE_UNSPECIFIED", "1": "SPACE", "2": "GROUP_CHAT", "3": "DIRECT_MESSAGE"},
	"spaceThreadingState": {
		"0": "SPACE_THREADING_STATE_UNSPECIFIED", "2": "THREADED_MESSAGES", "3": "GROUPED_MESSAGES", "4": "UNTHREADED_MESSAGES",
	},
	"spaceHistoryState":            {"0": "HISTORY_STATE_UNSPECIFIED", "1": "HISTORY_OFF", "2": "HISTORY_ON"},
	"accessSettings.accessState":   {"0": "ACCESS_STATE_UNSPECIFIED", "1": "PRIVATE", "2": "DISCOVERABLE"},
	"predefinedPermissionSettings": {"0": "PREDEFINED_PERMISSION_SETTINGS_UNSPECIFIED", "1": "COLLABORATION_SPACE", "2": "ANNOUNCEMENT_SPACE"},
}
