package webex

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// provider is an emulated Webex with tokens of three people.
type provider struct {
	t *testing.T
	h http.Handler
}

const state = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Eve Outside, email: eve@example.com}
groups:
  - {name: Open, kind: room, members: [{email: ada@example.com}, {email: bob@example.com}]}
  - {name: Locked, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Crew, kind: team, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Crowd, members: [{email: ada@example.com}], count: 1000000}
credentials:
  webex: [{token: ada}, {token: bob, email: bob@example.com}, {token: eve, email: eve@example.com}, {token: officer, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark-compliance:memberships_write"]},
    {token: reader, scopes: ["spark:memberships_read", "spark:rooms_read", "spark:team_memberships_read"]},
    {token: all, scopes: ["spark:all"]},
    {token: half, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark:memberships_write"]}]
`

func start(t *testing.T) *provider {
	t.Helper()
	w, err := seed.Parse("state", []byte(state))
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t, New(w)}
}

type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (s *provider) do(as, method, path, body string, header ...string) reply {
	s.t.Helper()
	req := httptest.NewRequest(method, "http://webex.example"+path, strings.NewReader(body))
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+as)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, req)
	r := reply{status: rec.Code, header: rec.Header()}
	_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
	return r
}

func (s *provider) room(title string) string {
	s.t.Helper()
	for _, r := range s.do("ada", "GET", "/v1/rooms", "").body["items"].([]any) {
		if m := r.(map[string]any); m["title"] == title {
			return m["id"].(string)
		}
	}
	s.t.Fatalf("no room %s", title)
	return ""
}

func (s *provider) membershipOf(room, email string) map[string]any {
	s.t.Helper()
	r := s.do("officer", "GET", "/v1/memberships?roomId="+room+"&personEmail="+email, "")
	items, _ := r.body["items"].([]any)
	if len(items) == 0 {
		return nil
	}
	return items[0].(map[string]any)
}

// A token with scopes allows their methods alone, also for missing resources. A
// compliance officer's scope covers all rooms, but its own methods alone.
func TestScopes(t *testing.T) {
	s := start(t)
	room := s.room("Open")
	bob := "/v1/memberships/" + s.membershipOf(room, "bob@example.com")["id"].(string)
	add := `{"roomId":"` + room + `","personEmail":"guest@example.com"}`
	hook := `{"name":"h","targetUrl":"http://127.0.0.1:1/","event":"created","resource":`
	tests := []struct {
		as, method, path, body string
		status                 int
	}{
		{"reader", "GET", "/v1/memberships?roomId=" + room, "", 200},
		{"reader", "GET", bob, "", 200},
		{"reader", "GET", "/v1/rooms", "", 200},
		{"reader", "GET", "/v1/teams", "", 403},
		{"reader", "GET", "/v1/people/me", "", 403},
		{"reader", "POST", "/v1/memberships", add, 403},
		{"reader", "PUT", bob, `{"isModerator":true}`, 403},
		{"reader", "DELETE", bob, "", 403},
		{"reader", "DELETE", "/v1/memberships/x", "", 403},
		{"reader", "DELETE", "/v1/team/memberships/x", "", 403},
		{"reader", "DELETE", "/v1/rooms/" + room, "", 403},
		{"reader", "GET", "/v1/team/memberships/x", "", 404},
		{"reader", "POST", "/v1/webhooks", hook + `"memberships"}`, 200},
		{"reader", "POST", "/v1/webhooks", hook + `"messages"}`, 403},
		{"reader", "GET", "/v1/webhooks", "", 200},
		{"all", "DELETE", "/v1/memberships/x", "", 404},
		{"all", "GET", "/v1/people/me", "", 200},
		{"officer", "GET", "/v1/rooms", "", 403},
		{"officer", "GET", bob, "", 200},
		{"half", "GET", bob, "", 200},
		{"half", "DELETE", bob, "", 404},
		{"ada", "DELETE", bob, "", 204},
	}
	for _, tt := range tests {
		r := s.do(tt.as, tt.method, tt.path, tt.body)
		if r.status != tt.status {
			t.Errorf("%s %s %s: status %d %v, want %d", tt.as, tt.method, tt.path, r.status, r.body, tt.status)
		}
		if said, _ := r.body["message"].(string); tt.status == 403 && !strings.Contains(said, "scope") {
			t.Errorf("%s %s %s: %q does not speak of scopes", tt.as, tt.method, tt.path, said)
		}
	}
}

// Every error has Webex's format and a tracking id.
func TestErrorFormat(t *testing.T) {
	s := start(t)
	tests := []struct {
		name, as, method, path, body string
		header                       []string
		status                       int
	}{
		{"no credentials", "", "GET", "/v1/rooms", "", nil, 401},
		{"unknown credentials", "mallory", "GET", "/v1/rooms", "", nil, 401},
		{"no credentials for nothing", "", "GET", "/v1/rooms/x/y", "", nil, 401},
		{"unknown route", "ada", "GET", "/v1/rooms/x/y", "", nil, 404},
		{"method", "ada", "PATCH", "/v1/memberships/x", `{}`, nil, 405},
		{"content type", "ada", "POST", "/v1/memberships", `roomId=x`, []string{"Content-Type", "text/plain"}, 415},
		{"not JSON", "ada", "POST", "/v1/memberships", `{`, nil, 400},
		{"missing property", "ada", "POST", "/v1/memberships", `{"personEmail":"bob@example.com"}`, nil, 400},
		{"wrong type", "ada", "POST", "/v1/memberships", `{"roomId":7}`, nil, 400},
		{"missing parameter", "ada", "GET", "/v1/team/memberships", "", nil, 400},
		{"parameter that is no number", "ada", "GET", "/v1/rooms?max=null", "", nil, 400},
		{"cursor", "ada", "GET", "/v1/rooms?cursor=x", "", nil, 400},
		{"malformed id", "ada", "GET", "/v1/memberships/x", "", nil, 404},
		{"dot segment", "ada", "GET", "/v1/rooms/..", "", nil, 404},
		{"nobody named", "ada", "POST", "/v1/memberships", `{"roomId":"` + s.room("Open") + `"}`, nil, 400},
		{"room of others", "eve", "GET", "/v1/rooms/" + s.room("Open"), "", nil, 404},
		{"members of others", "eve", "GET", "/v1/memberships?roomId=" + s.room("Open"), "", nil, 404},
		{"memberships of another", "bob", "GET", "/v1/memberships?personEmail=ada@example.com", "", nil, 400},
		{"moderated room", "bob", "POST", "/v1/memberships", `{"roomId":"` + s.room("Locked") + `","personEmail":"eve@example.com"}`, nil, 403},
		{"twice", "ada", "POST", "/v1/memberships", `{"roomId":"` + s.room("Open") + `","personEmail":"BOB@example.com"}`, nil, 409},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do(tt.as, tt.method, tt.path, tt.body, tt.header...)
			errs, _ := r.body["errors"].([]any)
			if r.status != tt.status || r.body["message"] == "" || len(errs) != 1 || r.body["trackingId"] != r.header.Get("Trackingid") || r.header.Get("Trackingid") == "" {
				t.Errorf("got %d %v, want %d in the service's shape", r.status, r.body, tt.status)
			}
		})
	}
}

// A team and its General room have the same members after a change on either side.
func TestTeamAndGeneralRoomAgree(t *testing.T) {
	s := start(t)
	general := s.room("Crew")
	team := s.do("ada", "GET", "/v1/teams", "").body["items"].([]any)[0].(map[string]any)["id"].(string)
	if r := s.do("ada", "POST", "/v1/team/memberships", `{"teamId":"`+team+`","personEmail":"eve@example.com"}`); r.status != 200 {
		t.Fatal(r)
	}
	m := s.membershipOf(general, "eve@example.com")
	if m == nil {
		t.Fatal("who joined the team is not in its General room")
	}
	if r := s.do("officer", "DELETE", "/v1/memberships/"+m["id"].(string), ""); r.status != 204 {
		t.Fatal(r)
	}
	for _, item := range s.do("ada", "GET", "/v1/team/memberships?teamId="+team, "").body["items"].([]any) {
		if item.(map[string]any)["personEmail"] == "eve@example.com" {
			t.Error("who left the General room is still in the team")
		}
	}
	// The last moderator cannot leave, through the room or the team.
	ada := s.membershipOf(general, "ada@example.com")["id"].(string)
	if r := s.do("ada", "DELETE", "/v1/memberships/"+ada, ""); r.status != 403 {
		t.Errorf("the last moderator left: %v", r)
	}
	if r := s.do("ada", "PUT", "/v1/memberships/"+ada, `{"isModerator":false}`); r.status != 403 {
		t.Errorf("the last moderator stepped down: %v", r)
	}
}

// The first promotion makes the room moderated and the caller a moderator.
func TestPromotionLocksTheRoom(t *testing.T) {
	s := start(t)
	room := s.room("Open")
	bob := s.membershipOf(room, "bob@example.com")["id"].(string)
	if r := s.do("ada", "PUT", "/v1/memberships/"+bob, `{"isModerator":true}`); r.status != 200 || r.body["isModerator"] != true {
		t.Fatal(r)
	}
	if m := s.membershipOf(room, "ada@example.com"); m["isModerator"] != true {
		t.Error("the caller is no moderator")
	}
	if r := s.do("ada", "GET", "/v1/rooms/"+room, ""); r.body["isLocked"] != true {
		t.Error("the room is not moderated")
	}
}

// The Link header has the requested origin and the filters. A max above the limit is
// silently lowered. A million members take no memory until they are listed.
func TestPagingOfGeneratedMembers(t *testing.T) {
	s := start(t)
	room := s.room("Crowd")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := s.do("ada", "GET", "/v1/memberships?max=5000&roomId="+room, "")
	if n := len(r.body["items"].([]any)); n != 1000 {
		t.Errorf("%d items, want the cap of 1000", n)
	}
	link := r.header.Get("Link")
	raw, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	u, err := url.Parse(raw)
	if err != nil || u.Host != "webex.example" || u.Query().Get("roomId") != room || u.Query().Get("cursor") == "" || !strings.HasSuffix(link, `; rel="next"`) {
		t.Fatalf("Link: %s", link)
	}
	last := s.do("ada", "GET", "/v1/memberships?max=1000&cursor="+encodeCursor(1000, 1_000_000)+"&roomId="+room, "")
	items := last.body["items"].([]any)
	if len(items) != 1 || last.header.Get("Link") != "" || items[0].(map[string]any)["personEmail"] != "member-1000000@example.com" {
		t.Errorf("the last page has %d items and Link %q", len(items), last.header.Get("Link"))
	}
	r, last = reply{}, reply{}
	_ = items
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(s)
}

// Webhooks are delivered in order with a signature of the body. Adding a moderator sends
// created and then updated.
func TestWebhookDelivery(t *testing.T) {
	type event struct {
		Event, ActorID, Secret string
		Data                   struct {
			PersonEmail string
			IsModerator bool
		}
	}
	got := make(chan event, 4)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha1.New, []byte("hush"))
		mac.Write(body)
		if r.Header.Get("X-Spark-Signature") != hex.EncodeToString(mac.Sum(nil)) {
			t.Error("the signature is wrong")
		}
		var e event
		if err := json.Unmarshal(body, &e); err != nil {
			t.Error(err)
		}
		got <- e
	}))
	defer target.Close()
	s := start(t)
	room := s.room("Open")
	hook := fmt.Sprintf(`{"name":"n","targetUrl":%q,"resource":"memberships","event":"all","filter":"roomId=%s","secret":"hush"}`, target.URL, room)
	if r := s.do("ada", "POST", "/v1/webhooks", hook); r.status != 200 {
		t.Fatal(r)
	}
	s.do("ada", "POST", "/v1/memberships", `{"roomId":"`+s.room("Locked")+`","personEmail":"eve@example.com"}`) // the filter excludes it
	s.do("ada", "POST", "/v1/memberships", `{"roomId":"`+room+`","personEmail":"eve@example.com","isModerator":true}`)
	var seen []string
	for range 2 {
		e := <-got
		seen = append(seen, fmt.Sprint(e.Event, " ", e.Data.PersonEmail, " ", e.Data.IsModerator, " ", e.Secret))
	}
	want := []string{"created eve@example.com false ", "updated eve@example.com true "}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}
