package googlechat

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// startAt is start with a clock that the test sets, and scopes for tokens of events.
func startAt(t *testing.T, more string) (*provider, *time.Time) {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w, err := seed.Parse("state", []byte(state+more))
	if err != nil {
		t.Fatal(err)
	}
	w.Now = func() time.Time { return now }
	return &provider{t, New(w)}, &now
}

const memberTypes = `(event_types:"google.workspace.chat.membership.v1.created" OR event_types:"google.workspace.chat.membership.v1.updated" OR event_types:"google.workspace.chat.membership.v1.deleted")`

// listed returns the events of a filter, one line for each.
func (s *provider) listed(as, space, filter string) []string {
	s.t.Helper()
	body := s.ok(as, "GET", "/v1/spaces/"+space+"/spaceEvents?filter="+url.QueryEscape(filter), "")
	items, _ := body["spaceEvents"].([]any)
	out := []string{}
	for _, e := range items {
		kind := strings.TrimPrefix(at(e, "eventType").(string), membershipEvents)
		field := "membership" + strings.ToUpper(kind[:1]) + kind[1:] + "EventData"
		payload, ok := e.(map[string]any)[field]
		if !ok {
			s.t.Errorf("the event lacks %s: %v", field, e)
		}
		out = append(out, kind+" "+describe(payload))
	}
	return out
}

// describe describes a payload: the number of each person, the state and the role. The first
// person has no number.
func describe(payload any) string {
	entries, ok := payload.(map[string]any)["memberships"].([]any)
	if !ok {
		entries = []any{payload}
	}
	var out []string
	for _, e := range entries {
		m, ok := e.(map[string]any)["membership"].(map[string]any)
		if !ok {
			out = append(out, "nothing")
			continue
		}
		name := m["name"].(string)
		role, _ := m["role"].(string)
		state, _ := m["state"].(string)
		out = append(out, strings.TrimSpace(strings.TrimLeft(name[strings.LastIndex(name, "/")+1:], "10")+" "+state+" "+role))
	}
	return strings.Join(out, ", ")
}

// Every change is an event, whose payload has the membership as it is now.
func TestSpaceEvents(t *testing.T) {
	s, now := startAt(t, "")
	tick := func() { *now = now.Add(time.Minute) }
	eve := "/v1/spaces/team/members/eve@example.com"
	s.ok("ada", "POST", "/v1/spaces/team/members", `{"member":{"name":"users/eve@example.com","type":"HUMAN"}}`)
	tick()
	from := *now
	s.ok("ada", "PATCH", eve+"?updateMask=role", `{"role":"ROLE_MANAGER"}`)
	s.ok("ada", "PATCH", eve+"?updateMask=role", `{"role":"ROLE_MANAGER"}`) // changes nothing
	s.ok("ada", "POST", "/v1/spaces/team/members", `{"member":{"name":"users/eve@example.com","type":"HUMAN"}}`)
	tick()
	want := []string{"created 4 JOINED ROLE_MANAGER", "updated 4 JOINED ROLE_MANAGER"}
	if diff := cmp.Diff(want, s.listed("ada", "team", memberTypes)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	until := *now
	s.ok("ada", "DELETE", eve, "")
	tick()
	want = []string{"created nothing", "updated nothing", "deleted 4 NOT_A_MEMBER"}
	if diff := cmp.Diff(want, s.listed("ada", "team", memberTypes)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	stamp := func(t time.Time) string { return t.Format(time.RFC3339Nano) }
	for filter, want := range map[string][]string{
		`event_types:"google.workspace.chat.membership.v1.deleted"`:                                                                                                         {"deleted 4 NOT_A_MEMBER"},
		`event_type : "google.workspace.chat.membership.v1.deleted"`:                                                                                                        {"deleted 4 NOT_A_MEMBER"},
		`event_types:"google.workspace.chat.message.v1.created"`:                                                                                                            {},
		`start_time = "` + stamp(from) + `" AND ` + memberTypes:                                                                                                             {"deleted 4 NOT_A_MEMBER"}, // the start is exclusive
		`start_time="` + stamp(from.Add(-1)) + `" AND end_time="` + stamp(from) + `" AND ` + memberTypes:                                                                    {"updated nothing"},
		memberTypes + ` AND end_time="` + stamp(until) + `" AND start_time="` + stamp(until.Add(-1)) + `"`:                                                                  {"deleted 4 NOT_A_MEMBER"}, // the end is inclusive
		memberTypes + ` AND end_time="` + stamp(until.Add(-1)) + `"`:                                                                                                        {"created nothing", "updated nothing"},
		`start_time="2026-03-01T13:01:00+01:00" AND event_types:"google.workspace.chat.membership.v1.updated" OR event_types:"google.workspace.chat.membership.v1.deleted"`: {"deleted 4 NOT_A_MEMBER"},
	} {
		if diff := cmp.Diff(want, s.listed("ada", "team", filter)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
	*now = now.Add(kept - 2*time.Minute)
	if got := s.listed("ada", "team", memberTypes); len(got) != 2 { // the oldest is older than 28 days
		t.Errorf("got %q", got)
	}
	*now = now.Add(time.Hour)
	if got := s.listed("ada", "team", memberTypes); len(got) != 0 {
		t.Errorf("got %q after 28 days", got)
	}
}

// A space that is made with members has one event for all of them.
func TestSpaceEventBatch(t *testing.T) {
	s, _ := startAt(t, "")
	name := s.ok("ada", "POST", "/v1/spaces:setup", `{"space":{"spaceType":"SPACE","displayName":"New"},"memberships":[{"member":{"name":"users/bob@example.com"}},{"member":{"name":"users/cleo@example.com"}}]}`)["name"].(string)
	id := strings.TrimPrefix(name, "spaces/")
	want := []string{"batchCreated JOINED ROLE_MANAGER, 2 JOINED ROLE_MEMBER, 3 JOINED ROLE_MEMBER"}
	if diff := cmp.Diff(want, s.listed("ada", id, `event_types:"google.workspace.chat.membership.v1.created"`)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	name = s.ok("ada", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"Alone"}`)["name"].(string)
	want = []string{"created JOINED ROLE_MANAGER"}
	if diff := cmp.Diff(want, s.listed("ada", strings.TrimPrefix(name, "spaces/"), memberTypes)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSpaceEventPages(t *testing.T) {
	s, _ := startAt(t, "")
	for i := range 5 {
		s.ok("ada", "POST", "/v1/spaces/team/members", fmt.Sprintf(`{"groupMember":{"name":"groups/g%d"}}`, i))
	}
	path := "/v1/spaces/team/spaceEvents?pageSize=2&filter=" + url.QueryEscape(memberTypes)
	var names []string
	for token, pages := "", 0; ; pages++ {
		body := s.ok("ada", "GET", path+"&pageToken="+token, "")
		items := body["spaceEvents"].([]any)
		for _, e := range items {
			names = append(names, at(e, "name").(string))
		}
		if body["nextPageToken"] == nil {
			if pages != 2 || len(items) != 1 {
				t.Errorf("%d pages, %d in the last one", pages, len(items))
			}
			break
		}
		token = body["nextPageToken"].(string)
		s.refused("ada", "GET", "/v1/spaces/team/spaceEvents?filter="+url.QueryEscape(`event_types:"google.workspace.chat.membership.v1.created"`)+"&pageToken="+token, "", 400, invalidArgument)
	}
	if len(names) != 5 || !slices.IsSorted(names) {
		t.Errorf("got %q", names)
	}
	if e := s.ok("ada", "GET", "/v1/"+names[3], ""); e["name"] != names[3] || at(e, "membershipCreatedEventData", "membership", "groupMember", "name") != "groups/g3" {
		t.Errorf("got %v", e)
	}
	s.refused("ada", "GET", "/v1/spaces/team/spaceEvents/E999", "", 404, "NOT_FOUND")
	s.refused("ada", "GET", path+"&pageSize=-1", "", 400, invalidArgument)
}

func TestSpaceEventsRefused(t *testing.T) {
	s, _ := startAt(t, "    - {token: bot, app: true, scopes: [chat.bot]}\n    - {token: reader, scopes: [chat.spaces.readonly]}\n    - {token: appreader, app: true, scopes: [chat.app.memberships.readonly]}\n")
	created := `event_types:"google.workspace.chat.membership.v1.created"`
	for _, filter := range []string{
		"", `start_time="2026-01-01T00:00:00Z"`, "event_types", `event_types=` + `"google.workspace.chat.membership.v1.created"`,
		`event_types:"google.workspace.chat.membership.v1.batchCreated"`, `event_types:"membership"`, `event_types:created`,
		created + " AND " + strings.Replace(created, "created", "deleted", 1), `start_time="2026-01-01T00:00:00Z" OR end_time="2026-01-02T00:00:00Z"`,
		created + ` OR start_time="2026-01-01T00:00:00Z"`, `start_time="yesterday" AND ` + created, `start_time:"2026-01-01T00:00:00Z" AND ` + created,
		`start_time="2026-01-01T00:00:00Z" AND start_time="2026-01-01T00:00:00Z" AND ` + created, created + " OR", created + " AND", "(" + created, created + ")",
		"NOT " + created, created + " " + created, `target_resource="x" AND ` + created,
	} {
		s.refused("ada", "GET", "/v1/spaces/team/spaceEvents?filter="+url.QueryEscape(filter), "", 400, invalidArgument)
	}
	path := "/v1/spaces/team/spaceEvents?filter=" + url.QueryEscape(created)
	s.refused("eve", "GET", path, "", 403, permissionDenied) // no member
	s.refused("ada", "GET", strings.Replace(path, "team", "nowhere", 1), "", 404, "NOT_FOUND")
	s.refused("bot", "GET", path, "", 403, permissionDenied)
	s.refused("reader", "GET", path, "", 403, permissionDenied)
	s.ok("appreader", "GET", path, "")
	s.refused("ada", "GET", path+"&useAdminAccess=true", "", 400, invalidArgument)
}

func topic(target, more string) string {
	return `{"targetResource":"` + target + `","eventTypes":["google.workspace.chat.membership.v1.created"],"notificationEndpoint":{"pubsubTopic":"projects/p/topics/t"}` + more + `}`
}

const team = "//chat.googleapis.com/spaces/team"

func TestSubscriptions(t *testing.T) {
	s, now := startAt(t, "")
	filter := "/v1/subscriptions?filter=" + url.QueryEscape(`event_types:"google.workspace.chat.membership.v1.created"`)
	made := s.ok("ada", "POST", "/v1/subscriptions", topic(team, ""))
	name := at(made, "response", "name").(string)
	if made["done"] != true || at(made, "response", "state") != "ACTIVE" || at(made, "response", "expireTime") != "2026-03-08T12:00:00Z" || at(made, "response", "userAuthority") == nil {
		t.Errorf("got %v", made)
	}
	if diff := cmp.Diff(made, s.ok("ada", "GET", "/v1/"+made["name"].(string), "")); diff != "" {
		t.Errorf("the operation (-made +read):\n%s", diff)
	}
	if diff := cmp.Diff(made["response"], any(s.ok("ada", "GET", "/v1/"+name, ""))); diff != "" {
		t.Errorf("the subscription (-made +read):\n%s", diff)
	}
	s.refused("ada", "POST", "/v1/subscriptions", topic(team, ""), 409, alreadyExists)
	s.refused("bob", "GET", "/v1/"+name, "", 404, "NOT_FOUND")
	s.ok("bob", "POST", "/v1/subscriptions", topic(team, `,"payloadOptions":{"includeResource":true}`))
	s.ok("ada", "POST", "/v1/subscriptions", topic("//chat.googleapis.com/spaces/-", ""))
	if all := s.ok("ada", "GET", filter, "")["subscriptions"].([]any); len(all) != 2 {
		t.Errorf("got %v", all)
	}
	one := filter + url.QueryEscape(` AND target_resource="`+team+`"`)
	if all := s.ok("ada", "GET", one, "")["subscriptions"].([]any); len(all) != 1 || at(all[0], "name") != name {
		t.Errorf("got %v", all)
	}
	*now = now.Add(time.Hour)
	etag := at(made, "response", "etag").(string)
	body := `{"name":"` + name + `","ttl":"86400s"}` // with what an SDK sends as well
	renewed := s.ok("ada", "PATCH", "/v1/"+name+"?updateMask=ttl", body)
	if at(renewed, "response", "expireTime") != "2026-03-02T13:00:00Z" || at(renewed, "response", "etag") == etag {
		t.Errorf("got %v", renewed)
	}
	if r := s.ok("ada", "PATCH", "/v1/"+name+"?updateMask=expire_time,event_types", `{"expireTime":"2026-03-03T00:00:00Z","eventTypes":["google.workspace.chat.membership.v1.deleted"]}`); at(r, "response", "expireTime") != "2026-03-03T00:00:00Z" || at(r, "response", "eventTypes").([]any)[0] != "google.workspace.chat.membership.v1.deleted" {
		t.Errorf("got %v", r)
	}
	s.ok("ada", "PATCH", "/v1/"+name+"?updateMask=ttl", `{"ttl":"0s"}`)
	s.refused("ada", "PATCH", "/v1/"+name+"?updateMask=ttl", `{"ttl":"60s","etag":"other"}`, 409, "ABORTED")
	s.refused("ada", "DELETE", "/v1/"+name+"?etag=other", "", 409, "ABORTED")
	if r := s.ok("ada", "POST", "/v1/"+name+":reactivate", ""); at(r, "response", "state") != "ACTIVE" {
		t.Errorf("got %v", r)
	}
	if gone := s.ok("ada", "DELETE", "/v1/"+name, ""); gone["done"] != true || gone["response"] != nil {
		t.Errorf("got %v", gone)
	}
	s.refused("ada", "DELETE", "/v1/"+name, "", 404, "NOT_FOUND")
	s.ok("ada", "DELETE", "/v1/"+name+"?allowMissing=true", "")
	s.refused("ada", "POST", "/v1/"+name+":reactivate", "{}", 404, "NOT_FOUND")
	s.refused("ada", "POST", "/v1/"+name+":other", "{}", 405, "UNIMPLEMENTED")
	s.refused("ada", "POST", "/v1/"+name, "{}", 405, "UNIMPLEMENTED")
	s.refused("ada", "GET", "/v1/operations/O9", "", 404, "NOT_FOUND")
	*now = now.Add(7 * 24 * time.Hour)
	if all := s.ok("ada", "GET", filter, "")["subscriptions"]; all != nil {
		t.Errorf("got %v after the end", all)
	}
}

func TestSubscriptionsRefused(t *testing.T) {
	s, _ := startAt(t, "")
	for _, body := range []string{
		"{}", topic("", ""), topic("spaces/team", ""), topic("//chat.googleapis.com/spaces/", ""), topic("//chat.googleapis.com/spaces/a/b", ""),
		strings.Replace(topic(team, ""), "v1.created", "v1.batchCreated", 1), strings.Replace(topic(team, ""), `"google.workspace.chat.membership.v1.created"`, "", 1),
		strings.Replace(topic(team, ""), "projects/p/topics/t", "topics/t", 1), topic(team, `,"ttl":"700000s"`), topic(team, `,"ttl":"1h"`), topic(team, `,"ttl":"-1s"`),
		topic(team, `,"ttl":"14401s","payloadOptions":{"includeResource":true}`), topic(team, `,"expireTime":"2026-02-01T00:00:00Z"`), topic(team, `,"unknown":1`),
	} {
		s.refused("ada", "POST", "/v1/subscriptions", body, 400, invalidArgument)
	}
	s.refused("eve", "POST", "/v1/subscriptions", topic(team, ""), 403, permissionDenied)
	s.refused("ada", "POST", "/v1/subscriptions", topic("//chat.googleapis.com/spaces/nowhere", ""), 404, "NOT_FOUND")
	s.refused("ada", "POST", "/v1/subscriptions", topic("//cloudidentity.googleapis.com/users/bob@example.com", ""), 403, permissionDenied)
	s.ok("ada", "POST", "/v1/subscriptions", topic("//cloudidentity.googleapis.com/users/ada@example.com", ""))
	s.refused("app", "POST", "/v1/subscriptions", topic("//chat.googleapis.com/spaces/-", ""), 400, invalidArgument)
	s.ok("app", "POST", "/v1/subscriptions", topic(team, ""))
	name := at(s.ok("ada", "POST", "/v1/subscriptions", topic(team, "")), "response", "name").(string)
	for query, body := range map[string]string{
		"": `{"ttl":"60s"}`, "?updateMask=target_resource": "{}", "?updateMask=eventTypes": "{}", "?updateMask=expireTime": "{}", "?updateMask=ttl": `{"ttl":"x"}`,
	} {
		s.refused("ada", "PATCH", "/v1/"+name+query, body, 400, invalidArgument)
	}
	for _, filter := range []string{"", `target_resource="x"`, `event_types:"google.workspace.chat.membership.v1.created" AND start_time="2026-01-01T00:00:00Z"`} {
		s.refused("ada", "GET", "/v1/subscriptions?filter="+url.QueryEscape(filter), "", 400, invalidArgument)
	}
}

// A subscription to a deleted space stays suspended; one whose owner comes back starts again.
func TestSuspendedSubscriptions(t *testing.T) {
	s, _ := startAt(t, "")
	other := at(s.ok("ada", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"New"}`), "name").(string)
	lost := at(s.ok("ada", "POST", "/v1/subscriptions", topic("//chat.googleapis.com/"+other, "")), "response", "name").(string)
	back := at(s.ok("bob", "POST", "/v1/subscriptions", topic(team, "")), "response", "name").(string)
	s.ok("ada", "DELETE", "/v1/"+other, "")
	s.ok("ada", "DELETE", "/v1/spaces/team/members/bob@example.com", "")
	for as, want := range map[string]string{"ada": "SUSPENDED RESOURCE_DELETED", "bob": "SUSPENDED USER_AUTHORIZATION_FAILURE"} {
		sub := s.ok(as, "GET", "/v1/"+map[string]string{"ada": lost, "bob": back}[as], "")
		if got := fmt.Sprint(sub["state"], " ", sub["suspensionReason"]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	s.refused("ada", "POST", "/v1/"+lost+":reactivate", "{}", 400, failedPrecondition)
	s.refused("bob", "POST", "/v1/"+back+":reactivate", "{}", 400, failedPrecondition)
	s.ok("ada", "POST", "/v1/spaces/team/members", `{"member":{"name":"users/bob@example.com"}}`)
	if r := s.ok("bob", "POST", "/v1/"+back+":reactivate", "{}"); at(r, "response", "state") != "ACTIVE" || at(r, "response", "suspensionReason") != nil {
		t.Errorf("got %v", r)
	}
}
