package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// steer makes a control call as a program on this machine does.
func steer(e http.Handler, method, path, body string, headers ...string) (int, string) {
	req := httptest.NewRequest(method, "http://127.0.0.1:8787"+path, strings.NewReader(body))
	if method != "GET" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	b, _ := io.ReadAll(rec.Body)
	return rec.Code, string(b)
}

// as makes a request of a provider with a token.
func as(e http.Handler, token, method, path, body string) (int, string) {
	req := httptest.NewRequest(method, "http://emulator.example"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	b, _ := io.ReadAll(rec.Body)
	return rec.Code, string(b)
}

const dumpState = `
people:
  - {name: Ada, email: ada@example.com}
  - {name: Bob, email: bob@example.com}
  - {name: "<script>", email: eve@example.com}
groups:
  - {name: Demo, ids: {clerk: org_demo, pubnub: demo}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}], count: 5}
  - {name: Other, in: [box, clerk, webex], members: [{email: ada@example.com, role: owner}], count: 3}
  - {name: Invites, in: [clerk], ids: {clerk: org_invites}, members: [{email: ada@example.com, role: owner}], invitations: [{email: new@example.com}]}
credentials:
  webex: [{token: ada, email: ada@example.com}, {token: bob, email: bob@example.com}]
  box: [{token: ada, email: ada@example.com}, {token: bob, email: bob@example.com}]
`

// values returns the values of a key in all objects of a JSON text.
func values(text, key string) (out []string) {
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v[key].(string); ok {
				out = append(out, s)
			}
			for _, name := range []string{"entries", "data", "items", "spaces", "memberships"} {
				walk(v[name])
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	var v any
	_ = json.Unmarshal([]byte(text), &v)
	walk(v)
	return out
}

// everything returns what all providers list.
func everything(t *testing.T, e http.Handler) map[string]string {
	out := map[string]string{}
	get := func(path string) string {
		status, body := as(e, "ada", "GET", path, "")
		if status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
		out[path] = body
		return body
	}
	for _, id := range values(get("/2.0/groups?limit=1000"), "id") {
		for _, m := range values(get("/2.0/groups/"+id+"/memberships?limit=1000"), "id") {
			get("/2.0/group_memberships/" + m)
		}
	}
	get("/2.0/users?limit=1000")
	for _, path := range []string{"organizations", "organization_memberships", "organization_invitations", "users"} {
		get("/v1/" + path + "?limit=500")
	}
	for _, name := range values(get("/v1/spaces?pageSize=1000"), "name") {
		get("/v1/" + name + "/members?pageSize=1000&showInvited=true")
	}
	const include = "&include=custom,status,type&limit=100"
	for _, id := range values(get("/v2/objects/demo/channels?uuid=me"+include), "id") {
		get("/v2/objects/demo/channels/" + id + "/uuids?uuid=me" + include)
	}
	get("/v2/objects/demo/uuids?uuid=me&include=custom&limit=100")
	for _, id := range values(get("/v1/rooms?max=1000"), "id") {
		get("/v1/memberships?max=1000&roomId=" + id)
	}
	get("/v1/teams?max=1000")
	get("/v1/webhooks?max=100")
	return out
}

// change makes a random request, which a provider may refuse.
func change(t *testing.T, r *rand.Rand, e http.Handler) {
	token := []string{"ada", "ada", "ada", "bob"}[r.IntN(4)]
	do := func(method, path, format string, args ...any) {
		if status, body := as(e, token, method, path, fmt.Sprintf(format, args...)); status >= 500 {
			t.Errorf("%s %s: %d %s", method, path, status, body)
		}
	}
	list := func(path, key string) string {
		_, body := as(e, "ada", "GET", path, "")
		all := values(body, key)
		if len(all) == 0 {
			return "none"
		}
		return all[r.IntN(len(all))]
	}
	mail := []string{"bob@example.com", "eve@example.com", "member-0000002@example.com", fmt.Sprintf("new-%d@example.com", r.IntN(5))}[r.IntN(4)]
	yes := r.IntN(2) == 0
	n := r.IntN(1000)
	switch r.IntN(24) {
	case 0:
		do("POST", "/2.0/groups", `{"name":"G%d \u00e9\ud83d\ude00","description":"<b>"}`, n)
	case 1, 2:
		role := map[bool]string{true: "admin", false: "member"}[yes]
		do("POST", "/2.0/group_memberships", `{"user":{"id":%q},"group":{"id":%q},"role":%q}`, list("/2.0/users?limit=1000", "id"), list("/2.0/groups", "id"), role)
	case 3:
		m := list("/2.0/groups/"+list("/2.0/groups", "id")+"/memberships?limit=1000", "id")
		do("PUT", "/2.0/group_memberships/"+m, `{"role":"admin"}`)
	case 4:
		do("DELETE", "/2.0/group_memberships/"+list("/2.0/groups/"+list("/2.0/groups", "id")+"/memberships?limit=1000", "id"), "")
	case 5:
		do("POST", "/2.0/users", `{"name":"U","login":%q}`, fmt.Sprintf("u%d@example.com", n))
	case 6:
		do("POST", "/v1/users", `{"email_address":[%q],"public_metadata":{"n":%d}}`, mail, n)
	case 7, 8:
		do("POST", "/v1/organizations/"+list("/v1/organizations", "id")+"/memberships", `{"user_id":%q,"role":"org:member","private_metadata":{"a":null}}`, list("/v1/users?limit=500", "id"))
	case 9:
		do("PATCH", "/v1/organizations/org_demo/memberships/"+list("/v1/users?limit=500", "id"), `{"role":"org:admin"}`)
	case 10:
		do("DELETE", "/v1/organizations/org_demo/memberships/"+list("/v1/users?limit=500", "id"), "")
	case 11:
		do("POST", "/v1/organizations/org_invites/invitations", `{"email_address":%q,"role":"org:member"}`, mail)
	case 12:
		steer(e, "POST", "/_emulator/clerk/invitations/"+list("/v1/organization_invitations?limit=500", "id")+"/accept", "")
	case 13:
		do("POST", "/v1/organizations", `{"name":"O%d"}`, n)
	case 14:
		do("DELETE", "/v1/users/"+list("/v1/users?limit=500", "id"), "")
	case 15:
		do("POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"S%d"}`, n)
	case 16, 17:
		do("POST", "/v1/"+list("/v1/spaces?pageSize=1000", "name")+"/members?access_token=other", `{"member":{"name":"users/%s","type":"HUMAN"}}`, mail)
	case 18:
		space := list("/v1/spaces?pageSize=1000", "name")
		do("DELETE", "/v1/"+list("/v1/"+space+"/members", "name"), "")
	case 19:
		do("PATCH", fmt.Sprintf("/v2/objects/demo/channels/c%d/uuids?uuid=me&auth=hidden", n%3), `{"set":[{"uuid":{"id":"u%d"},"custom":{"role":"manager"}}]}`, n%4)
	case 20:
		do("PATCH", "/v2/objects/demo/channels/demo/uuids?uuid=me", `{"delete":[{"uuid":{"id":"bob"}}]}`)
	case 21:
		do("POST", "/v1/rooms", `{"title":"R%d"}`, n)
	case 22:
		do("POST", "/v1/memberships", `{"roomId":%q,"personEmail":%q,"isModerator":%t}`, list("/v1/rooms", "id"), mail, yes)
	case 23:
		m := list("/v1/memberships?roomId="+list("/v1/rooms", "id"), "id")
		if yes {
			do("DELETE", "/v1/memberships/"+m, "")
		} else {
			do("PUT", "/v1/memberships/"+m, `{"isModerator":true}`)
		}
	}
	if r.IntN(10) == 0 {
		do("POST", "/v1/webhooks", `{"name":"w","targetUrl":"http://127.0.0.1:9/","resource":"memberships","event":"deleted"}`)
	}
	if r.IntN(10) == 0 {
		if status, body := steer(e, "POST", "/_emulator/clock", fmt.Sprintf(`{"advance":"%dh"}`, r.IntN(200))); status != 200 {
			t.Errorf("%d %s", status, body)
		}
	}
}

// A dump is a state file that loads into an equal emulator: every list has the same bytes,
// the dump of the other is the same, and the next changes get the same answers.
func TestStateLoadsIntoAnEqualEmulator(t *testing.T) {
	for seed := range uint64(deeptest.Count(4, 60)) {
		var ticks atomic.Int64
		var frozen atomic.Bool
		start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		clock := func() time.Time { // it moves each time that it is read
			if frozen.Load() {
				return start.Add(time.Duration(ticks.Load()))
			}
			return start.Add(time.Duration(ticks.Add(1_234_567)))
		}
		e := create(t, emulator.WithState("s.yaml", []byte(dumpState)), emulator.WithClock(clock))
		r := rand.New(rand.NewPCG(seed, 1))
		for range 60 {
			change(t, r, e)
		}
		frozen.Store(true)
		for _, media := range []string{"application/json", "application/yaml"} {
			status, dump := steer(e, "GET", "/_emulator/state", "", "Accept", media)
			if status != 200 {
				t.Fatalf("%d %s", status, dump)
			}
			if strings.Contains(dump, "hidden") || strings.Contains(dump, "access_token") {
				t.Errorf("a credential is in %s", dump)
			}
			other := create(t, emulator.WithClock(clock))
			if status, body := steer(other, "PUT", "/_emulator/state", dump, "Content-Type", media); status != 200 {
				t.Fatalf("seed %d: %d %s", seed, status, body)
			}
			if diff := cmp.Diff(everything(t, e), everything(t, other)); diff != "" {
				t.Errorf("seed %d, %s (-dumped +loaded):\n%s", seed, media, diff)
			}
			if _, again := steer(other, "GET", "/_emulator/state", "", "Accept", media); again != dump {
				t.Errorf("seed %d, %s: the dump of the loaded state differs:\n%s", seed, media, cmp.Diff(dump, again))
			}
			twin := create(t, emulator.WithState("dump", []byte(dump)), emulator.WithClock(clock))
			for _, request := range []struct{ method, path, body string }{
				{"POST", "/v1/rooms", `{"title":"next"}`}, {"POST", "/2.0/groups", `{"name":"next"}`}, {"POST", "/v1/organizations", `{"name":"next"}`},
			} {
				_, want := as(other, "ada", request.method, request.path, request.body)
				if _, got := as(twin, "ada", request.method, request.path, request.body); got != want {
					t.Errorf("seed %d, %s: got %s, want %s", seed, request.path, got, want)
				}
			}
		}
	}
}
