package webex

import (
	"regexp"
	"testing"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Every time has three fractional digits, because clients in other languages accept no
// other form.
func TestTimesHaveMilliseconds(t *testing.T) {
	millis := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	times := map[string]bool{"created": true, "lastModified": true, "lastActivity": true, "madePublic": true}
	var look func(at string, v any)
	seen := 0
	look = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, v := range v {
				if s, ok := v.(string); ok && times[k] {
					if seen++; !millis.MatchString(s) {
						t.Errorf("%s: %s is %s", at, k, s)
					}
				}
				look(at, v)
			}
		case []any:
			for _, v := range v {
				look(at, v)
			}
		}
	}
	for _, now := range []string{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.12Z", "2026-03-01T12:00:00.999999Z", "2026-12-31T23:59:59.9905Z"} {
		clock, err := time.Parse(time.RFC3339Nano, now)
		if err != nil {
			t.Fatal(err)
		}
		w, err := seed.Parse("state", []byte(updateState))
		if err != nil {
			t.Fatal(err)
		}
		w.Now = func() time.Time { return clock }
		s := &provider{t, New(w)}
		for _, call := range [][3]string{
			{"GET", "/v1/rooms", ""}, {"GET", "/v1/teams", ""}, {"GET", "/v1/people/me", ""},
			{"GET", "/v1/memberships", ""}, {"GET", "/v1/team/memberships?teamId=" + encodeID(typeTeam, "crew"), ""},
			{"POST", "/v1/rooms", `{"title":"New"}`}, {"POST", "/v1/teams", `{"name":"New"}`},
			{"POST", "/v1/memberships", `{"roomId":"` + encodeID(typeRoom, "open") + `","personEmail":"eve@example.com"}`},
			{"POST", "/v1/webhooks", `{"name":"n","targetUrl":"http://127.0.0.1:9","resource":"memberships","event":"created"}`},
		} {
			r := s.do("ada", call[0], call[1], call[2])
			if r.status != 200 {
				t.Fatal(call, r)
			}
			look(now+" "+call[0]+" "+call[1], r.body)
		}
	}
	if seen < 60 {
		t.Errorf("%d times were seen", seen)
	}
}
