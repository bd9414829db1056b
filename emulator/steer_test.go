package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// A fault of the control API applies once and goes away; keep lets it stay. Faults apply in
// the order of their arrival.
func TestFaultsOfTheControlAPI(t *testing.T) {
	e := create(t)
	add := func(fault string) {
		t.Helper()
		if status, body := steer(e, "POST", "/_emulator/faults", fault); status != 201 {
			t.Fatalf("%d %s", status, body)
		}
	}
	add(`{"provider":"webex","status":503}`)
	add(`{"provider":"webex","status":429,"times":2,"retry_after":7}`)
	add(`{"path":"/v1/rooms","status":500,"keep":true}`)
	var got []int
	for range 6 {
		status, _ := answer(e, "GET", "/v1/rooms", "")
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{503, 429, 429, 500, 500, 500}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	_, body := steer(e, "GET", "/_emulator/faults", "")
	if want := `{"faults":[{"id":3,"path":"/v1/rooms","status":500,"keep":true,"matched":3}]}`; strings.TrimSpace(body) != want {
		t.Errorf("got %s, want %s", body, want)
	}
	add(`{"path":"/v1/rooms","status":503,"after":1}`)
	if status, _ := steer(e, "DELETE", "/_emulator/faults?id=3", ""); status != 204 {
		t.Errorf("the removal is answered %d", status)
	}
	got = nil
	for range 3 {
		status, _ := answer(e, "GET", "/v1/rooms", "")
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{200, 503, 200}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	e = create(t, emulator.WithFaults(emulator.Fault{Path: "/v1/rooms", Status: 503, Times: 1}))
	for _, want := range []int{503, 200} {
		if status, _ := answer(e, "GET", "/v1/rooms", ""); status != want {
			t.Errorf("got %d, want %d", status, want)
		}
	}
	add(`{"status":500,"keep":true}`)
	e.Reset()
	for _, want := range []int{503, 200} {
		if status, _ := answer(e, "GET", "/v1/rooms", ""); status != want {
			t.Errorf("after a reset: got %d, want %d", status, want)
		}
	}
}

// The log of requests has who called, the answer and the reason of a refusal, and no
// credential wherever it was sent.
func TestRequests(t *testing.T) {
	const secret = "topsecret7"
	e := create(t, emulator.WithState("s.yaml", []byte(`
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}]
groups: [{name: Demo, ids: {clerk: org_demo, pubnub: demo, googlechat: AAAA}, members: [{email: ada@example.com, role: owner}]}]
credentials:
  webex: [{token: `+secret+`, email: bob@example.com}]
  googlechat: [{token: `+secret+`, app: true}]
`)), emulator.WithFaults(emulator.Fault{Path: "/2.0/users/me", Drop: true}))
	request := func(method, path, body string) {
		req := httptest.NewRequest(method, "http://emulator.example"+path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+secret)
		req.Header.Set("Content-Type", "application/json")
		defer func() { _ = recover() }()
		e.ServeHTTP(httptest.NewRecorder(), req)
	}
	request("GET", "/v1/rooms", "")
	request("GET", "/v1/rooms?access_token="+secret, "")
	request("GET", "/v1/rooms/"+secret, "")
	request("GET", "/v1/spaces/AAAA?oauth_token="+secret+"&pageToken=p", "")
	request("GET", "/v2/objects/demo/channels?uuid=me&auth="+secret+"&signature=v2."+secret+"&sign%61ture=x", "")
	request("POST", "/v1/organizations/org_demo/memberships", `{"user_id":"nobody","role":"org:member"}`)
	request("POST", "/v1/organizations/org_demo/memberships", `{"role":"org:member"}`)
	request("GET", "/2.0/users/me", "")
	request("GET", "/v9/"+secret+"?%zz="+secret+"&token", "")
	want := []emulator.Request{
		{Method: "GET", Path: "/v1/rooms", Provider: "webex", Caller: "bob@example.com", Status: 200},
		{Method: "GET", Path: "/v1/rooms?access_token=redacted", Provider: "webex", Caller: "bob@example.com", Status: 200},
		{Method: "GET", Path: "/v1/rooms/redacted", Provider: "webex", Caller: "bob@example.com", Status: 404, Problem: "Could not find a room with provided ID."},
		{Method: "GET", Path: "/v1/spaces/AAAA?oauth_token=redacted&pageToken=p", Provider: "googlechat", Caller: "app", Status: 400, Problem: "pageToken: there is no such parameter"},
		{Method: "GET", Path: "/v2/objects/demo/channels?uuid=me&auth=redacted&signature=redacted&sign%61ture=redacted", Provider: "pubnub", Status: 200},
		{Method: "POST", Path: "/v1/organizations/org_demo/memberships", Provider: "clerk", Status: 404, Problem: "resource_not_found: there is no user with id nobody"},
		{Method: "POST", Path: "/v1/organizations/org_demo/memberships", Provider: "clerk", Status: 422, Problem: `user_id: property "user_id" is missing`},
		{Method: "GET", Path: "/2.0/users/me", Provider: "box", Status: 0, Problem: "fault: the connection is dropped"},
		{Method: "GET", Path: "/v9/redacted?%zz=redacted&token=redacted", Status: 404, Problem: "no provider has this path"},
	}
	if diff := cmp.Diff(want, e.Requests(), cmpopts.IgnoreFields(emulator.Request{}, "Time")); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if _, body := steer(e, "GET", "/_emulator/requests", ""); strings.Contains(body, secret) || !strings.Contains(body, "bob@example.com") {
		t.Errorf("got %s", body)
	}
	for range 1100 {
		request("GET", "/v1/teams", "")
	}
	if got := e.Requests(); len(got) != 1000 || got[0].Path != "/v1/teams" {
		t.Errorf("%d requests", len(got))
	}
}

// The clock ends an invitation, and a reset sets it back with the state.
func TestClockAndReset(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e := create(t, emulator.WithClock(func() time.Time { return at }))
	c := clerkOf(t, e)
	i := must(c.Invitations.Create(t.Context(), "org_demo", clerk.CreateInvitationRequest{Email: "new@example.com", Role: clerk.RoleMember}))
	status, body := steer(e, "POST", "/_emulator/clock", `{"advance":"720h"}`)
	if want := `{"status":"ok","now":"2026-01-31T00:00:00Z","advanced":"720h0m0s"}`; status != 200 || strings.TrimSpace(body) != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
	if i = must(c.Invitations.Get(t.Context(), "org_demo", i.ID)); i.Status != "expired" {
		t.Errorf("the invitation is %s", i.Status)
	}
	if status, body = steer(e, "POST", "/_emulator/reset", ""); status != 200 || !strings.Contains(body, `"advanced":"0s"`) {
		t.Errorf("got %d %s", status, body)
	}
	if _, err := c.Invitations.Get(t.Context(), "org_demo", i.ID); err == nil {
		t.Error("the invitation is still there")
	}
	if n := len(e.Requests()); n != 1 {
		t.Errorf("%d requests are in the log, want the one since the reset", n)
	}
}

// A replaced state cuts the waiting requests, and later requests get the
// new state.
func TestResetCutsRequests(t *testing.T) {
	srv := emulator.NewServer(emulator.WithFaults(emulator.Fault{Path: "/v1/rooms", Delay: "1h"}))
	defer srv.Close()
	result := make(chan error, 1)
	go func() {
		resp, err := http.Get(srv.URL + "/v1/rooms")
		if err == nil {
			err = fmt.Errorf("status %d", resp.StatusCode)
			_ = resp.Body.Close()
		}
		result <- err
	}()
	time.Sleep(50 * time.Millisecond)
	srv.Reset()
	select {
	case err := <-result:
		if err == nil || strings.Contains(err.Error(), "status") {
			t.Errorf("got %v, want a connection that ends", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the request still waits")
	}
}

// Resets, dumps and changes at once leave a state that loads.
func TestSteeringIsConcurrent(t *testing.T) {
	e := create(t)
	c := func() *webex.Client { return client(t, e) }()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 30 {
				_, _ = c.Rooms.Create(context.Background(), webex.CreateRoomRequest{Title: fmt.Sprint(i)})
			}
		})
		all.Go(func() {
			for i := range 10 {
				switch i % 3 {
				case 0:
					e.Reset()
				case 1:
					steer(e, "POST", "/_emulator/clock", `{"advance":"1s"}`)
				default:
					steer(e, "GET", "/_emulator/groups", "")
				}
				_, dump := steer(e, "GET", "/_emulator/state", "")
				if _, err := emulator.New(emulator.WithState("dump", []byte(dump))); err != nil {
					t.Errorf("%v\n%s", err, dump)
				}
			}
		})
	}
	all.Wait()
}

// The groups of all providers are listed as they are.
func TestGroups(t *testing.T) {
	e := create(t, emulator.WithState("s.yaml", []byte(`
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}]
groups: [{name: Demo, ids: {clerk: org_demo}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com, state: invited}], count: 200, invitations: [{email: new@example.com}]}]
`)))
	_, body := steer(e, "GET", "/_emulator/groups", "")
	type member struct{ Name, Email, Role, State string }
	type group struct {
		Name    string
		Total   int
		Members []member
	}
	var got map[string][]group
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for provider, want := range map[string]struct {
		total int
		first []member
	}{
		"box":        {201, []member{{"Ada", "ada@example.com", "admin", "active"}}},
		"clerk":      {202, []member{{"Ada", "ada@example.com", "org:admin", "active"}}},
		"googlechat": {202, []member{{"Ada", "ada@example.com", "ROLE_MANAGER", "active"}, {"Bob", "bob@example.com", "ROLE_MEMBER", "invited"}}},
		"pubnub":     {202, []member{{"Ada", "ada@example.com", "owner", "active"}, {"Bob", "bob@example.com", "", "pending"}}},
		"webex":      {201, []member{{"Ada", "ada@example.com", "moderator", "active"}}},
	} {
		g := got[provider][0]
		if g.Name != "Demo" || g.Total != want.total || len(g.Members) != 100 {
			t.Errorf("%s: %s with %d members, %d shown, want %d", provider, g.Name, g.Total, len(g.Members), want.total)
			continue
		}
		if diff := cmp.Diff(want.first, g.Members[:len(want.first)]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", provider, diff)
		}
	}
}

// A reset makes the positions of Box's stream invalid, also after as many new events, and no
// id of an event returns: a reader of the stream misses no change without an error.
func TestResetEndsPositions(t *testing.T) {
	e := create(t, emulator.WithClock(time.Now))
	change := func() {
		t.Helper()
		if status, body := answer(e, "POST", "/2.0/group_memberships", `{"user":{"id":"11000000013"},"group":{"id":"9000001"}}`); status != 201 {
			t.Fatal(status, body)
		}
	}
	read := func(position string) (status int, next, id string) {
		t.Helper()
		status, body := answer(e, "GET", "/2.0/events?stream_type=admin_logs_streaming&stream_position="+position, "")
		var page struct {
			Next    string `json:"next_stream_position"`
			Entries []struct {
				ID string `json:"event_id"`
			} `json:"entries"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		for _, entry := range page.Entries {
			id = entry.ID
		}
		return status, page.Next, id
	}
	change()
	_, position, first := read("0")
	e.Reset()
	change()
	if status, _, _ := read(position); status != 400 {
		t.Errorf("the position before the reset is answered %d", status)
	}
	if _, _, second := read("0"); first == "" || second == first {
		t.Errorf("the ids are %q and %q", first, second)
	}
}
