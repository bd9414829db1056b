package pubnub

import (
	"net/http"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/internal/pattern"
)

const (
	subscribePath = "/v2/subscribe/"
	timePath      = "/time/0"
)

// presencePath matches the requests that PubNub's SDKs make beside a subscription.
var presencePath = pattern.New(`^/v2/presence/sub-key/[^/]+/channel/[^/]+/(heartbeat|leave)$`)

// presenceAnswer is the response of the Presence API.
type presenceAnswer struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Action  string `json:"action,omitempty"`
	Service string `json:"service"`
}

// other serves the requests of PubNub's SDKs that are not about memberships: the time, and
// the signs of presence, which nothing reads.
func (s *server) other(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	if r.URL.Path == timePath {
		httpapi.WriteJSON(w, http.StatusOK, []int64{timetoken(s.seed.Now())})
		return true
	}
	m := presencePath.FindStringSubmatch(r.URL.Path)
	if m == nil {
		return false
	}
	if key := strings.Split(r.URL.Path, "/")[4]; !subscribeKeys.MatchString(key) {
		return false
	}
	httpapi.WriteJSON(w, http.StatusOK, presenceAnswer{http.StatusOK, "OK", strings.TrimSuffix(m[1], "heartbeat"), "Presence"})
	return true
}
