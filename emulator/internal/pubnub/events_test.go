package pubnub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

const eventState = `
people: [{name: Ada Lovelace, email: ada@example.com}, {name: Alan Turing, email: alan@example.com}]
groups: [{name: Demo, members: [{email: ada@example.com}]}]
`

// events is an emulated PubNub in a bubble of testing/synctest.
type events struct {
	t *testing.T
	*provider
}

func inBubble(t *testing.T, state string, test func(*testing.T, *events)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, err := seed.Parse("state.yaml", []byte(state))
		if err != nil {
			t.Fatal(err)
		}
		test(t, &events{t, &provider{t: t, router: New(w)}})
	})
}

// get sends a request by its whole path.
func (s *events) get(ctx context.Context, target string) (int, string) {
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "GET", target, nil))
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

// A subscription has the content type of JavaScript, and the rest of the API that of JSON.
func TestContentTypes(t *testing.T) {
	inBubble(t, eventState, func(t *testing.T, s *events) {
		for target, want := range map[string]string{
			"/v2/subscribe/demo/x/0?uuid=me&tt=0":   `text/javascript; charset="UTF-8" no-cache`,
			"/v2/objects/demo/channels?uuid=me":     "application/json ",
			"/v2/objects/demo/channels/x?uuid=me":   "application/json; charset=utf-8 ", // 404
			"/v2/subscribe/demo/x/0?uuid=me&tt=bad": "application/json; charset=utf-8 ",
		} {
			rec := httptest.NewRecorder()
			s.router.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", target, nil))
			if got := rec.Header().Get("Content-Type") + " " + rec.Header().Get("Cache-Control"); got != want {
				t.Errorf("%s: got %q, want %q", target, got, want)
			}
		}
	})
}

// poll subscribes to channels and returns the next timetoken and the messages as
// "channel object.event data".
func (s *events) poll(channels, tt string) (next string, messages []string) {
	s.t.Helper()
	code, body := s.get(s.t.Context(), "/v2/subscribe/demo/"+channels+"/0?uuid=me&tr=41&tt="+tt)
	var b struct {
		T struct {
			T string
			R int
		}
		M []struct {
			A, K, C string
			E, F    int
			P       struct {
				T string
				R int
			}
			D struct {
				Source, Version, Event, Type string
				Data                         json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &b); err != nil || code != 200 || b.T.R != 41 || b.M == nil {
		s.t.Fatalf("status %d: %s: %v", code, body, err)
	}
	for _, m := range b.M {
		if m.E != 2 || m.K != "demo" || m.D.Source != "objects" || m.D.Version != "2.0" || m.P.T > b.T.T || m.P.R != 41 {
			s.t.Errorf("an odd message: %+v", m)
		}
		messages = append(messages, m.C+" "+m.D.Type+"."+m.D.Event+" "+string(m.D.Data))
	}
	return b.T.T, messages
}

// A membership is published to both sides, once for each real change.
func TestEvents(t *testing.T) {
	const plain = "AUSozM2J7a5wtUw"
	inBubble(t, eventState, func(t *testing.T, s *events) {
		time.Sleep(123456789) // nanoseconds
		begin, messages := s.poll("demo,alan,ada", "0")
		if len(messages) != 0 || len(begin) < 16 {
			t.Fatalf("the handshake has %s and %q", begin, messages)
		}
		for _, change := range []struct{ method, target, body string }{
			{"PATCH", "/channels/demo/uuids", `{"set":[{"uuid":{"id":"alan"},"custom":{"role":"owner"},"status":"s","type":"t"}]}`},
			{"PATCH", "/channels/demo/uuids", `{"set":[{"uuid":{"id":"alan"},"custom":{"role":"owner"},"status":"s","type":"t"}]}`}, // no change
			{"PATCH", "/uuids/alan/channels", `{"set":[{"channel":{"id":"demo"}}]}`},
			{"PATCH", "/uuids/alan/channels", `{"delete":[{"channel":{"id":"demo"}},{"channel":{"id":"nowhere"}}]}`},
			{"PATCH", "/channels/demo/uuids", `{"delete":[{"uuid":{"id":"alan"}}]}`}, // there is no such member
			{"PATCH", "/channels/alan/uuids", `{"set":[{"uuid":{"id":"alan"}}]}`},    // both sides have one name
			{"PATCH", "/uuids/ada", `{"name":"Ada"}`},
			{"PATCH", "/uuids/ada", `{"name":"Ada"}`}, // no change
			{"DELETE", "/uuids/ada", ""},
			{"DELETE", "/uuids/ada", ""}, // nothing is there
			{"PATCH", "/channels/demo", `{"description":"d","custom":{"a":1}}`},
			{"DELETE", "/channels/demo", ""},
		} {
			if code, body := s.do(change.method, change.target, change.body); code != 200 {
				t.Fatalf("%v: %d %s", change, code, body)
			}
		}
		pair := `"channel":{"id":"demo"},`
		of := func(data string, channels ...string) (all []string) {
			for _, c := range channels {
				all = append(all, c+" "+data)
			}
			return all
		}
		var want []string
		for _, part := range [][]string{
			of(`membership.set {`+pair+`"custom":{"role":"owner"},"eTag":"E","status":"s","type":"t","updated":"2000-01-01T00:00:00.123456800Z","uuid":{"id":"alan"}}`, "demo", "alan"),
			of(`membership.set {`+pair+`"eTag":"`+plain+`","updated":"2000-01-01T00:00:00.123457200Z","uuid":{"id":"alan"}}`, "demo", "alan"),
			of(`membership.delete {`+pair+`"uuid":{"id":"alan"}}`, "demo", "alan"),
			of(`membership.set {"channel":{"id":"alan"},"eTag":"`+plain+`","updated":"U","uuid":{"id":"alan"}}`, "alan"),
			of(`uuid.set {"eTag":"E","email":"ada@example.com","id":"ada","name":"Ada","updated":"U"}`, "ada", "demo"),
			of(`uuid.delete {"id":"ada"}`, "ada", "demo"),
			of(`channel.set {"custom":{"a":1},"description":"d","eTag":"E","id":"demo","name":"Demo","updated":"U"}`, "demo"),
			of(`channel.delete {"id":"demo"}`, "demo"),
		} {
			want = append(want, part...)
		}
		next, got := s.poll("demo,alan,ada", begin)
		for i := range got {
			if i >= len(want) {
				break
			}
			for field, sign := range map[string]string{"eTag": "E", "updated": "U"} {
				if strings.Contains(want[i], fmt.Sprintf(`"%s":"%s"`, field, sign)) {
					before, rest, _ := strings.Cut(got[i], `"`+field+`":"`)
					_, after, _ := strings.Cut(rest, `"`)
					got[i] = before + fmt.Sprintf(`"%s":"%s"`, field, sign) + after
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("messages (-want +got):\n%s", d)
		}
		if _, own := s.poll("alan", begin); len(own) != 4 {
			t.Errorf("the user's channel has %q", own)
		}
		// REST has the same time in microseconds.
		if _, body := s.do("GET", "/channels/alan/uuids", ""); !strings.Contains(body, `"updated":"2000-01-01T00:00:00.123457Z"`) && !strings.Contains(body, `"updated":"2000-01-01T00:00:00.123458Z"`) {
			t.Errorf("REST has %s", body)
		}
		start := time.Now()
		if after, none := s.poll("demo,alan,ada", next); len(none) != 0 || after <= next || time.Since(start) != 280*time.Second {
			t.Errorf("after %s: %q at %s after %s", time.Since(start), none, after, next)
		}
	})
}

// A held request ends with a message to one of its channels, and with its context.
func TestEventsAreHeld(t *testing.T) {
	inBubble(t, eventState, func(t *testing.T, s *events) {
		begin, _ := s.poll("alan", "0")
		start := time.Now()
		go func() {
			time.Sleep(time.Minute)
			s.do("PATCH", "/channels/other/uuids", `{"set":[{"uuid":{"id":"eve"}}]}`)
			time.Sleep(time.Minute)
			s.do("PATCH", "/channels/other/uuids", `{"set":[{"uuid":{"id":"alan"}}]}`)
		}()
		if _, got := s.poll("alan", begin); len(got) != 1 || time.Since(start) != 2*time.Minute {
			t.Errorf("after %s: %q", time.Since(start), got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		s.get(ctx, "/v2/subscribe/demo/nowhere/0?uuid=me&tt="+begin)
		if took := time.Since(start); took != time.Second {
			t.Errorf("the request ended after %s", took)
		}
	})
}

// Messages are lost after 16 minutes, and a response has the latest 100.
func TestEventsAreLost(t *testing.T) {
	inBubble(t, eventState, func(t *testing.T, s *events) {
		begin, _ := s.poll("many", "0")
		set := func(n int) {
			s.do("PATCH", "/channels/many/uuids", fmt.Sprintf(`{"set":[{"uuid":{"id":"u"},"custom":{"n":%d}}]}`, n))
		}
		set(0)
		time.Sleep(15 * time.Minute)
		if _, got := s.poll("many", begin); len(got) != 1 {
			t.Errorf("after 15 minutes: %q", got)
		}
		time.Sleep(2 * time.Minute)
		for n := range 150 {
			set(1000 + n)
		}
		_, got := s.poll("many", begin)
		if len(got) != 100 || !strings.Contains(got[0], `"n":1050`) || !strings.Contains(got[99], `"n":1149`) {
			t.Errorf("%d messages, from %s to %s", len(got), got[0], got[len(got)-1])
		}
	})
}

func TestEventLogIsBounded(t *testing.T) {
	k := &keyset{key: "k"}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for range maxLog + 50 {
		k.publish(now, "uuid", "delete", nil, "u")
	}
	if n := len(k.events.entries); n != maxLog {
		t.Errorf("%d messages are kept, want %d", n, maxLog)
	}
	last := int64(0)
	for _, e := range k.events.entries {
		if e.timetoken <= last {
			t.Fatalf("timetoken %d follows %d", e.timetoken, last)
		}
		last = e.timetoken
	}
	k.publish(now.Add(time.Hour), "uuid", "delete", nil, "u")
	if n := len(k.events.entries); n != 1 {
		t.Errorf("%d messages are kept after an hour", n)
	}
}

// The requests of PubNub's SDKs beside a subscription, and refusals.
func TestEventRequests(t *testing.T) {
	const denied = `{"message":"Forbidden","payload":{"channels":["a","b c"]},"error":true,"service":"Access Manager","status":403}`
	const state = eventState + "credentials: {pubnub: [{token: reader, scopes: [read]}, {token: getter, scopes: [get]}]}\n"
	inBubble(t, state, func(t *testing.T, s *events) {
		for _, tc := range []struct {
			target string
			status int
			body   string
		}{
			{"/time/0", 200, "[9466848000000000]"},
			{"/v2/presence/sub-key/demo/channel/a,b/heartbeat?uuid=me&heartbeat=300", 200, `{"status":200,"message":"OK","service":"Presence"}`},
			{"/v2/presence/sub-key/demo/channel/a,b-pnpres/leave?uuid=me", 200, `{"status":200,"message":"OK","action":"leave","service":"Presence"}`},
			{"/v2/subscribe/demo/a/0?uuid=me&tt=0&auth=reader&heartbeat=300&filter-expr=x&channel-group=g&pnsdk=p", 200, `{"t":{"t":"9466848000000000","r":41},"m":[]}`},
			{"/v2/subscribe/demo/a/0?uuid=me&auth=reader", 200, `{"t":{"t":"9466848000000001","r":41},"m":[]}`},
			{"/v2/subscribe/demo/,/0?uuid=me&tt=0&auth=reader&channel-group=g", 200, `{"t":{"t":"9466848000000002","r":41},"m":[]}`},
			{"/v2/subscribe/demo/a,b%20c/0?uuid=me&tt=0&auth=getter", 403, denied},
			{"/v2/subscribe/demo/a,b%20c/0?uuid=me&tt=0", 403, denied},
			{"/v2/subscribe/de.mo/a/0?uuid=me&tt=0&auth=reader", 400, `{"message":"Invalid Subscribe Key","error":true,"service":"Access Manager","status":400}`},
			{"/v2/subscribe/demo/a/0?tt=0&auth=reader", 400, `{"status":400,"error":{"message":"No UUID specified","source":"objects"}}`},
		} {
			if code, body := s.get(t.Context(), tc.target); code != tc.status || body != tc.body {
				t.Errorf("%s: %d %s, want %d %s", tc.target, code, body, tc.status, tc.body)
			}
		}
		for _, target := range []string{"/v2/subscribe/demo/a/0?uuid=me&auth=reader&tt=now", "/v2/subscribe/demo/a/0?uuid=me&auth=reader&tt=-1", "/v2/subscribe/demo/a/0?uuid=me&auth=reader&tt=9999999999999999999", "/v2/subscribe/demo/" + strings.Repeat("x", 101) + "/0?uuid=me&auth=reader&tt=0"} {
			if code, body := s.get(t.Context(), target); code != 400 {
				t.Errorf("%s: %d %s", target, code, body)
			}
		}
		for _, target := range []string{"/v2/presence/sub-key/demo/channel/a/where?uuid=me&auth=reader", "/v2/subscribe/demo/a?uuid=me&auth=reader", "/time/1?uuid=me&auth=reader"} {
			if code, _ := s.get(t.Context(), target); code == 200 {
				t.Errorf("%s: answered", target)
			}
		}
	})
}
