package emulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// operations returns the operation ids of the document by method and path.
func operations(t *testing.T) map[string]string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := yamldoc.Read("control.yaml", controlDocument, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			out[strings.ToUpper(method)+" "+path] = op.OperationID
		}
	}
	return out
}

// The routes are those of the document.
func TestControlDocument(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for route, id := range operations(t) {
		if id == "" {
			t.Errorf("%s has no operationId", route)
		}
		want = append(want, route)
	}
	got := e.control.Routes()
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-document +handler):\n%s", diff)
	}
}

const steeredState = `
people: [{name: Ada, email: ada@example.com}]
groups: [{name: Demo, ids: {clerk: org_demo}, members: [{email: ada@example.com, role: owner}], invitations: [{email: new@example.com}]}]
`

// A call is a valid call of the control API.
type call struct {
	operation, method, path, body string
	status                        int
	changes                       bool
}

var calls = []call{
	{"page", "GET", "/", "", 200, false},
	{"pageStyle", "GET", "/_emulator/page.css", "", 200, false},
	{"pageScript", "GET", "/_emulator/page.js", "", 200, false},
	{"documentJSON", "GET", "/_emulator/openapi.json", "", 200, false},
	{"documentYAML", "GET", "/_emulator/openapi.yaml", "", 200, false},
	{"health", "GET", "/_emulator/health", "", 200, false},
	{"getState", "GET", "/_emulator/state", "", 200, false},
	{"groups", "GET", "/_emulator/groups", "", 200, false},
	{"listFaults", "GET", "/_emulator/faults", "", 200, false},
	{"listRequests", "GET", "/_emulator/requests", "", 200, false},
	{"listDeliveries", "GET", "/_emulator/deliveries", "", 200, false},
	{"events", "GET", "/_emulator/events", "", 200, false},
	{"addFault", "POST", "/_emulator/faults", `{"status":503}`, 201, true},
	{"removeFaults", "DELETE", "/_emulator/faults", "", 204, true},
	{"advanceClock", "POST", "/_emulator/clock", `{"advance":"1h"}`, 200, true},
	{"setDeliveries", "PUT", "/_emulator/deliveries", `{"box":{"url":"http://127.0.0.1:9/"}}`, 200, true},
	{"acceptInvitation", "POST", "/_emulator/clerk/invitations/INVITATION/accept", "", 200, true},
	{"setState", "PUT", "/_emulator/state", `{"people":[{"name":"Bob","email":"bob@example.com"}]}`, 200, true},
	{"reset", "POST", "/_emulator/reset", "", 200, true},
}

// subject is an emulator with a fault, a request, a target and an advanced clock, so that
// every change is visible.
func subject(t *testing.T) *Emulator {
	t.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e, err := New(WithState("s.yaml", []byte(steeredState)), WithClock(func() time.Time { return at }))
	if err != nil {
		t.Fatal(err)
	}
	s := steering{e}
	if _, err := s.AddFault([]byte(`{"path":"/v1/teams","status":500,"keep":true}`)); err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "http://127.0.0.1/v1/rooms", strings.NewReader(`{"title":"x"}`))
	req.Header.Set("Authorization", "Bearer any")
	req.Header.Set("Content-Type", "application/json")
	e.ServeHTTP(httptest.NewRecorder(), req)
	return e
}

// look returns all that the control API can change.
func look(t *testing.T, e *Emulator) string {
	t.Helper()
	s := steering{e}
	state, err := s.State(false)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]any{"state": json.RawMessage(state), "faults": s.Faults(), "requests": e.Requests(), "targets": s.Targets()})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// invited returns a path with the id of the invitation in place of INVITATION.
func invited(e *Emulator, path string) string {
	if !strings.Contains(path, "INVITATION") {
		return path
	}
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("GET", "http://127.0.0.1/v1/organization_invitations", http.NoBody)
	req.Header.Set("Authorization", "Bearer any")
	e.serveProvider(rec, req)
	var list struct{ Data []struct{ ID string } }
	_ = json.Unmarshal(rec.Body.Bytes(), &list)
	return strings.Replace(path, "INVITATION", list.Data[0].ID, 1)
}

func (c call) request(e *Emulator) *http.Request {
	req := httptest.NewRequest(c.method, "http://127.0.0.1:8787"+invited(e, c.path), strings.NewReader(c.body))
	if c.method != "GET" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// readers returns the number of readers of the live stream.
func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}

// Every route of the document refuses a foreign host, a foreign origin and, for a change,
// another content type. Nothing happens then.
func TestControlGuards(t *testing.T) {
	refusals := map[string]struct {
		change func(*http.Request)
		status int
		writes bool // for changes alone
	}{
		"foreign host":           {func(r *http.Request) { r.Host = "evil.example" }, 421, false},
		"host that looks local":  {func(r *http.Request) { r.Host = "localhost.evil.example:8787" }, 421, false},
		"host with a local part": {func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, 421, false},
		"other address":          {func(r *http.Request) { r.Host = "192.0.2.1:8787" }, 421, false},
		"no host":                {func(r *http.Request) { r.Host = "" }, 421, false},
		"foreign origin":         {func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403, false},
		"null origin":            {func(r *http.Request) { r.Header.Set("Origin", "null") }, 403, false},
		"other port":             {func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:3000") }, 403, false},
		"empty origin":           {func(r *http.Request) { r.Header.Set("Origin", "") }, 403, false},
		"two origins":            {func(r *http.Request) { r.Header["Origin"] = []string{"http://127.0.0.1:8787", "http://evil.example"} }, 403, false},
		"origin of a file":       {func(r *http.Request) { r.Header.Set("Origin", "file://127.0.0.1:8787") }, 403, false},
		"cross-site":             {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403, false},
		"same-site":              {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403, false},
		"cross-site, own origin": {func(r *http.Request) {
			r.Header.Set("Origin", "http://127.0.0.1:8787")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 403, false},
		"no content type":         {func(r *http.Request) { r.Header.Del("Content-Type") }, 415, true},
		"form":                    {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, true},
		"text":                    {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415, true},
		"text that ends as JSON":  {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain; application/json") }, 415, true},
		"content type is no type": {func(r *http.Request) { r.Header.Set("Content-Type", "application/json;=") }, 415, true},
	}
	ids := map[string]bool{}
	for _, id := range operations(t) {
		ids[id] = true
	}
	for _, c := range calls {
		delete(ids, c.operation)
		for name, refusal := range refusals {
			if refusal.writes && c.method == "GET" {
				continue
			}
			e := subject(t)
			req := c.request(e)
			before := look(t, e)
			refusal.change(req)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req.WithContext(ctx))
			cancel()
			if rec.Code != refusal.status || !strings.HasPrefix(rec.Body.String(), `{"error":`) || strings.Contains(rec.Body.String(), "evil") {
				t.Errorf("%s, %s: %d %s, want %d", c.operation, name, rec.Code, rec.Body, refusal.status)
			}
			if diff := cmp.Diff(before, look(t, e)); diff != "" {
				t.Errorf("%s, %s: something happened:\n%s", c.operation, name, diff)
			}
		}
	}
	for id := range ids {
		t.Errorf("no call of %s is tested", id)
	}
}

// Each call of the table is valid, and each changing one has its effect.
func TestControlCalls(t *testing.T) {
	accepted := map[string]func(*http.Request){
		"as it is":  func(*http.Request) {},
		"localhost": func(r *http.Request) { r.Host = "localhost:1" },
		"IPv6":      func(r *http.Request) { r.Host = "[::1]:8787" },
		"loopback":  func(r *http.Request) { r.Host = "127.9.9.9" },
		"same origin": func(r *http.Request) {
			r.Header.Set("Origin", "http://127.0.0.1:8787")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		},
		"address bar": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") },
		"address of the connection": func(r *http.Request) {
			r.Host = "192.0.2.7:8787"
			*r = *r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 8787}))
		},
	}
	for _, c := range calls {
		for name, change := range accepted {
			e := subject(t)
			if name == "address of the connection" {
				e.settings.control = controlOn
			}
			e.control = e.newControl()
			req := c.request(e)
			before := look(t, e)
			change(req)
			ctx, cancel := context.WithCancel(req.Context())
			if c.operation == "events" {
				cancel()
			}
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req.WithContext(ctx))
			cancel()
			if rec.Code != c.status {
				t.Errorf("%s, %s: %d %s", c.operation, name, rec.Code, rec.Body)
			}
			if changed := look(t, e) != before; changed != c.changes {
				t.Errorf("%s, %s: changed %v", c.operation, name, changed)
			}
		}
	}
}

// Only an unknown path and a wrong method are left.
func TestControlHasNoOtherRoute(t *testing.T) {
	e := subject(t)
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/_emulator/", 404}, {"GET", "/_emulator/states", 404}, {"POST", "/_emulator/state", 405}, {"DELETE", "/_emulator/state", 405},
		{"POST", "/", 405}, {"GET", "/_emulator/reset", 405}, {"GET", "/_emulator/clerk/invitations/x/accept", 405},
		{"POST", "/_emulator/clerk/invitations/x/accept", 404}, {"GET", "/_emulator/../v1/rooms", 404}, {"GET", "/_emulator//state", 404},
	} {
		req := httptest.NewRequest(tt.method, "http://127.0.0.1"+tt.path, http.NoBody)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, req)
		if rec.Code != tt.status {
			t.Errorf("%s %s: %d %s, want %d", tt.method, tt.path, rec.Code, rec.Body, tt.status)
		}
	}
}

// The control API is on for connections to the loopback interface, unless an option decides.
func TestControlIsOn(t *testing.T) {
	local, remote := &net.TCPAddr{IP: net.ParseIP("127.0.0.1")}, &net.TCPAddr{IP: net.ParseIP("192.0.2.7")}
	for name, tt := range map[string]struct {
		opts []Option
		addr net.Addr
		host string
		want int
	}{
		"loopback":                  {nil, local, "127.0.0.1", 200},
		"another address":           {nil, remote, "192.0.2.7", 404},
		"another address, on":       {[]Option{WithControl()}, remote, "192.0.2.7", 200},
		"another name, on":          {[]Option{WithControl()}, remote, "emulator", 421},
		"a name of the option":      {[]Option{WithControl("emulator")}, remote, "Emulator:8787", 200},
		"an empty name":             {[]Option{WithControl("")}, remote, "", 421},
		"loopback, off":             {[]Option{WithoutControl()}, local, "127.0.0.1", 404},
		"in memory without an addr": {nil, nil, "127.0.0.1", 200},
	} {
		e, err := New(tt.opts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/_emulator/health"} {
			req := httptest.NewRequest("GET", "http://x"+path, http.NoBody)
			req.Host = tt.host
			if tt.addr != nil {
				req = req.WithContext(context.WithValue(req.Context(), http.LocalAddrContextKey, tt.addr))
			}
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req)
			if rec.Code != tt.want {
				t.Errorf("%s, %s: %d, want %d", name, path, rec.Code, tt.want)
			}
		}
	}
	e, _ := New()
	resp, err := e.Client().Get("https://api.clerk.com/_emulator/health")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("in memory: %v, %v", resp, err)
	}
}

// A body that is too long, or of another shape, is refused and changes nothing.
func TestControlBodies(t *testing.T) {
	long := `{"advance":"` + strings.Repeat("1", 1<<20) + `"}`
	for _, tt := range []struct {
		method, path, body, media string
		status                    int
		want                      string
	}{
		{"POST", "clock", long, "", 413, "too long"},
		{"POST", "faults", long, "", 413, "too long"},
		{"PUT", "deliveries", long, "", 413, "too long"},
		{"PUT", "state", strings.Repeat(" ", 16<<20+1), "", 413, "too long"},
		{"POST", "clock", ``, "", 400, "the body is empty"},
		{"POST", "clock", `{"advance":"1h"} x`, "", 400, "more after the value"},
		{"POST", "clock", `{"advance":"-1h"}`, "", 400, "advance: expected"},
		{"POST", "clock", `{"advance":"900000h"}`, "", 400, "advance: expected"},
		{"POST", "clock", `{"advance":"soon"}`, "", 400, "advance: expected a duration"},
		{"POST", "clock", `{"back":"1h"}`, "", 400, "back"},
		{"POST", "clock", strings.Repeat("[", 100000), "", 400, "too deep"},
		{"POST", "faults", `{}`, "", 400, "expected a status, drop or delay"},
		{"POST", "faults", `{"status":503,"path":"/none"}`, "", 400, "path"},
		{"POST", "faults", `{"status":503,"colour":"blue"}`, "", 400, "colour"},
		{"POST", "faults", `[]`, "", 400, "expected an object, found array"},
		{"POST", "faults", `{"status":"500"}`, "", 400, "status: expected a whole number, found string"},
		{"POST", "faults", `{"status":500,"status":200}`, "", 400, "the key status comes twice"},
		{"POST", "faults", `{"status":500,"Status":200}`, "", 400, "the key Status comes twice"},
		{"POST", "faults", `{"status":500,"headers":{"a\r\nb":"c"}}`, "", 400, "headers: a name or value is not valid"},
		{"POST", "faults", `{"status":500,"headers":{"a":"b\r\nc: d"}}`, "", 400, "headers: a name or value is not valid"},
		{"POST", "clock", `{"advance":"1h","advance":"2h"}`, "", 400, "the key advance comes twice"},
		{"PUT", "deliveries", `{"box":{"url":"http://127.0.0.1:9/"},"box":{"url":"http://127.0.0.1:8/"}}`, "", 400, "the key box comes twice"},
		{"POST", "reset", long, "", 413, "too long"},
		{"POST", "reset", `x`, "", 400, "expected JSON"},
		{"POST", "reset", `{"clock":true}`, "", 400, "clock"},
		{"DELETE", "faults", long, "", 413, "too long"},
		{"POST", "clerk/invitations/INVITATION/accept", long, "", 413, "too long"},
		{"DELETE", "faults?id=1;x", ``, "", 400, "query"},
		{"DELETE", "faults?ID=1", ``, "", 400, "query"},
		{"DELETE", "faults?id=1&id=2", ``, "", 400, "query"},
		{"DELETE", "faults?id=7", ``, "", 404, "no fault with this id"},
		{"DELETE", "faults?id=x", ``, "", 400, "id of a fault"},
		{"PUT", "deliveries", `{"clerk":{"url":"http://127.0.0.1","secret":"whsec_c2VjcmV0"}}`, "", 400, "clerk.secret: expected whsec_"},
		{"PUT", "deliveries", `{"webex":{"url":"http://127.0.0.1"}}`, "", 400, "webex"},
		{"PUT", "state", `{"people":[]}`, "", 400, "expected at least one person"},
		{"PUT", "state", "people: [{name: Ada, email: ada}]", "application/yaml", 400, "state:1: people[0].email"},
		{"PUT", "state", `{"people":[{"name":"A","email":"a@b.c"}],"history":[{"at":"2026-01-01T00:00:00Z","provider":"box","method":"POST","uri":"/2.0/groups","status":201}]}`, "", 400, "history[0]: POST /2.0/groups gets status 400, and got 201"},
		{"PUT", "state", `{"people":[{"name":"A","email":"a@b.c"}],"history":[{"at":"2026-01-01T00:00:00Z","provider":"box","method":"POST","uri":"/v1/rooms","status":200}]}`, "", 400, "is no path of box"},
	} {
		e := subject(t)
		tt.path = invited(e, tt.path)
		before := look(t, e)
		req := httptest.NewRequest(tt.method, "http://localhost/_emulator/"+tt.path, strings.NewReader(tt.body))
		req.Header.Set("Content-Type", "application/json")
		if tt.media != "" {
			req.Header.Set("Content-Type", tt.media)
		}
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, req)
		if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.want) || strings.Contains(rec.Body.String(), "c2VjcmV0") {
			t.Errorf("%s %s %.60s: %d %.200s, want %d %s", tt.method, tt.path, tt.body, rec.Code, rec.Body, tt.status, tt.want)
		}
		if diff := cmp.Diff(before, look(t, e)); diff != "" {
			t.Errorf("%s %s %.60s: something happened:\n%s", tt.method, tt.path, tt.body, diff)
		}
	}
}

// A HEAD of the live stream has an answer that ends.
func TestLiveStreamHead(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "HEAD", "http://127.0.0.1/_emulator/events", http.NoBody))
	if ctx.Err() != nil || rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("%v: %d %v", ctx.Err(), rec.Code, rec.Header())
	}
}

// The live stream has every request and delivery, and ends for a reader that does not read.
func TestLiveStream(t *testing.T) {
	srv := NewServer()
	defer srv.Close()
	open := func() *http.Response {
		resp, err := http.Get(srv.URL + "/_emulator/events")
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	resp := open()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if line := lines.Text(); line != "" && !strings.HasPrefix(line, ":") {
				return line
			}
		}
		return "end"
	}
	for srv.hub.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	req, _ := http.NewRequest("GET", srv.URL+"/v1/rooms?access_token=topsecret", http.NoBody)
	req.Header.Set("Authorization", "Bearer topsecret")
	if _, err := http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
	if event, data := next(), next(); event != "event: request" || !strings.Contains(data, `"path":"/v1/rooms?access_token=redacted"`) || strings.Contains(data, "topsecret") {
		t.Errorf("got %s, %s", event, data)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	// A reader in memory whose writer is stuck has its queue filled and then no stream.
	slow, _ := srv.hub.subscribe()
	for i := range maxQueued + 1 {
		srv.hub.send("request", i)
	}
	n := 0
	for range slow {
		n++
	}
	if n != maxQueued {
		t.Errorf("the slow reader has %d messages, want %d", n, maxQueued)
	}
	// The server closes although a reader is connected.
	resp = open()
	defer func() { _ = resp.Body.Close() }()
	for srv.hub.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	closed := make(chan struct{})
	go func() {
		srv.Close()
		close(closed)
	}()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the server does not close")
	}
}

// stuck is a response whose writes fail after the deadline that the stream sets.
type stuck struct {
	httptest.ResponseRecorder
	deadlines []time.Time
}

func (s *stuck) SetWriteDeadline(at time.Time) error {
	s.deadlines = append(s.deadlines, at)
	return nil
}

func (s *stuck) FlushError() error {
	if len(s.deadlines) > 1 {
		return fmt.Errorf("deadline exceeded")
	}
	return nil
}

// Every message of the live stream has a write deadline, and a write that fails ends it.
func TestLiveStreamDeadline(t *testing.T) {
	e := subject(t)
	w := &stuck{ResponseRecorder: httptest.ResponseRecorder{Body: &bytes.Buffer{}}}
	done := make(chan struct{})
	go func() {
		e.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/_emulator/events", http.NoBody))
		close(done)
	}()
	for e.hub.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	e.hub.send("request", 1)
	<-done
	if len(w.deadlines) != 2 || time.Until(w.deadlines[1]) > 5*time.Second || time.Until(w.deadlines[1]) <= 0 {
		t.Errorf("deadlines %v", w.deadlines)
	}
	if e.hub.count() != 0 {
		t.Error("the reader is not removed")
	}
}

// More changes than a dump holds are no dump, until a reset, and cost no more memory.
func TestHistoryIsBounded(t *testing.T) {
	e := subject(t)
	for range 3 {
		req := httptest.NewRequest("POST", "http://127.0.0.1/v1/rooms", strings.NewReader(`{"title":"`+strings.Repeat("x", maxHistory/2)+`"}`))
		req.Header.Set("Authorization", "Bearer any")
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, req)
		if rec.Code != 200 {
			t.Fatalf("%d %.200s", rec.Code, rec.Body)
		}
	}
	state := func() int {
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest("GET", "http://127.0.0.1/_emulator/state", http.NoBody))
		return rec.Code
	}
	if got := state(); got != http.StatusConflict || e.current().history != nil {
		t.Errorf("the dump is answered %d, %d changes are kept", got, len(e.current().history))
	}
	e.Reset()
	if got := state(); got != 200 {
		t.Errorf("after a reset, the dump is answered %d", got)
	}
}

// Deliveries go to other machines only with the option, also after a reset.
func TestRemoteDeliveries(t *testing.T) {
	for want, opts := range map[bool][]Option{false: nil, true: {WithRemoteDeliveries()}} {
		e, err := New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		e.Reset()
		if got := e.current().seed.Outbox.Allowed("http://192.0.2.1/"); got != want {
			t.Errorf("allowed: %v, want %v", got, want)
		}
	}
}
