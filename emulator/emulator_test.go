package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func client(t *testing.T, e *emulator.Emulator, opts ...option.Option) *webex.Client {
	t.Helper()
	c, err := webex.New(append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken("token"), option.WithAttempts(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func firstRoom(t *testing.T, c *webex.Client) (string, error) {
	t.Helper()
	for r, err := range c.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
		if err != nil {
			return "", err
		}
		return r.ID, nil
	}
	return "", errors.New("no room")
}

func create(t *testing.T, opts ...emulator.Option) *emulator.Emulator {
	t.Helper()
	e, err := emulator.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestFaults(t *testing.T) {
	e := create(t, emulator.WithFaults(
		emulator.Fault{Provider: "webex", Method: "GET", Path: "/v1/rooms", After: 1, Times: 2, Status: 429, RetryAfter: 1},
		emulator.Fault{Path: "/v1/teams", Status: 503, Body: new("<html>down</html>")},
		emulator.Fault{Method: "POST", Path: "/v1/rooms", Apply: true, Drop: true},
	))
	c := client(t, e)
	if _, err := firstRoom(t, c); err != nil {
		t.Fatalf("the first request passes: %v", err)
	}
	for range 2 {
		_, err := firstRoom(t, c)
		var fault *memberships.Error
		if !errors.As(err, &fault) || !errors.Is(err, memberships.ErrRateLimited) || fault.RetryAfter != time.Second || fault.Message == "" {
			t.Errorf("got %v, want rate limited in the provider's own shape", err)
		}
	}
	if _, err := firstRoom(t, c); err != nil {
		t.Errorf("the fault is over: %v", err)
	}
	for _, err := range c.Teams.List(t.Context(), webex.ListTeamsParams{}) {
		if !errors.Is(err, memberships.ErrUnavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
	}
	// The response is lost, but the room exists.
	if _, err := c.Rooms.Create(t.Context(), webex.CreateRoomRequest{Title: "lost"}); !errors.Is(err, memberships.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
	found := false
	for r, err := range c.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		found = found || r.Title == "lost"
	}
	if !found {
		t.Error("the request whose answer was lost was not carried out")
	}
}

func TestControl(t *testing.T) {
	e := create(t)
	var seen []string
	e.Control(func(w http.ResponseWriter, r *http.Request) bool {
		seen = append(seen, r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusTeapot)
		return true
	})
	if _, err := firstRoom(t, client(t, e)); err == nil || len(seen) != 1 || seen[0] != "GET /v1/rooms" {
		t.Errorf("got %v after %q", err, seen)
	}
}

// The emulator's own API accepts an invitation, and has no other path.
func TestAcceptInvitation(t *testing.T) {
	e := create(t)
	c, err := clerk.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	const group = "org_demo"
	i, err := c.Invitations.Create(t.Context(), group, clerk.CreateInvitationRequest{Email: "new@example.com", Role: clerk.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	path := "/_emulator/clerk/invitations/" + i.ID + "/accept"
	for _, call := range []struct {
		method, path string
		status       int
	}{
		{"GET", path, 405}, {"POST", path + "/", 404}, {"POST", "/_emulator/webex", 404}, {"POST", path, 200}, {"POST", path, 404},
	} {
		if status, body := steer(e, call.method, call.path, ""); status != call.status {
			t.Errorf("%s %s: %d %s, want %d", call.method, call.path, status, body, call.status)
		}
	}
	u, err := c.Users.FindByEmail(t.Context(), "new@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.Memberships.Find(t.Context(), group, u.ID); err != nil || m.Role != clerk.RoleAdmin {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	tests := map[string]struct {
		opt  emulator.Option
		want string
	}{
		"no state file":      {emulator.WithStateFile(filepath.Join(dir, "none.yaml")), "none.yaml"},
		"bad state file":     {emulator.WithStateFile(write("s.yaml", "people:\n  - {name: A}\n")), "s.yaml:2"},
		"no faults file":     {emulator.WithFaultsFile(filepath.Join(dir, "none.yaml")), "none.yaml"},
		"unknown fault key":  {emulator.WithFaultsFile(write("f.yaml", "- status: 500\n  colour: red\n")), "f.yaml:2"},
		"fault of what":      {emulator.WithFaultsFile(write("g.yaml", "- {path: /v1/rooms}\n")), "expected a status, drop or delay"},
		"fault of whom":      {emulator.WithFaults(emulator.Fault{Provider: "slack", Status: 500}), "expected one of box"},
		"fault status":       {emulator.WithFaults(emulator.Fault{Status: 42}), "200 to 599"},
		"fault pattern":      {emulator.WithFaults(emulator.Fault{Status: 500, Path: "["}), "pattern"},
		"fault of no path":   {emulator.WithFaultsFile(write("p.yaml", "- {path: /v1/rooms/*, status: 500}\n- {path: /v9/rooms, status: 500}\n")), `p.yaml: fault 2: path: no provider has a path like "/v9/rooms"`},
		"fault deeper":       {emulator.WithFaultsFile(write("q.json", `[{"path":"/v1/memberships/*/*","status":500}]`)), `q.json: fault 1: path: no provider has a path like "/v1/memberships/*/*"`},
		"fault shorter":      {emulator.WithFaults(emulator.Fault{Status: 500, Path: "/v1"}), `fault 1: path: no provider has a path like "/v1"`},
		"fault of another":   {emulator.WithFaults(emulator.Fault{Status: 500, Provider: "webex", Path: "/2.0/groups"}), `webex does not have a path like "/2.0/groups"`},
		"fault without root": {emulator.WithFaults(emulator.Fault{Status: 500, Path: "v1/rooms"}), `no provider has a path like "v1/rooms"`},
		"fault of a method":  {emulator.WithFaults(emulator.Fault{Status: 500, Path: "/v1/spaces:search"}), `like "/v1/spaces:search"`},
		"fault of no method": {emulator.WithFaults(emulator.Fault{Status: 500, Method: "FETCH"}), `method: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, found "FETCH"`},
		"fault delay":        {emulator.WithFaults(emulator.Fault{Delay: "soon"}), "duration"},
		"fault never begins": {emulator.WithFaults(emulator.Fault{Status: 500, After: -1}), "below zero"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := emulator.New(tt.opt); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// An emulator with named credentials accepts no other token, and each acts as its person.
func TestCredentials(t *testing.T) {
	e := create(t, emulator.WithState("state", []byte(`
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Outside, email: bob@example.com}
  - {name: Compliance Officer, email: officer@example.com}
groups:
  - {name: Club, members: [{email: ada@example.com}]}
credentials:
  webex:
    - {token: of-ada}
    - {token: of-bob, email: bob@example.com}
    - {token: of-officer, email: officer@example.com, scopes: ["spark-compliance:rooms_read"]}
`)))
	rooms := func(token string) (int, error) {
		n := 0
		for _, err := range client(t, e, option.WithToken(token)).Rooms.List(t.Context(), webex.ListRoomsParams{}) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	for token, want := range map[string]int{"of-ada": 1, "of-bob": 0, "of-officer": 1} {
		if n, err := rooms(token); n != want || err != nil {
			t.Errorf("%s sees %d rooms, %v, want %d", token, n, err, want)
		}
	}
	if _, err := rooms("of-nobody"); !errors.Is(err, memberships.ErrUnauthenticated) {
		t.Errorf("got %v, want unauthenticated", err)
	}
}

// The state and faults files in docs/emulator.md are valid.
func TestDocumentedFiles(t *testing.T) {
	doc, err := os.ReadFile("../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, rest := range strings.Split(string(doc), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(rest, "```")
		name := filepath.Join(t.TempDir(), "documented.yaml")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	if len(files) != 3 {
		t.Fatalf("%d examples, want a state, its section oauth and a list of faults", len(files))
	}
	e := create(t, emulator.WithStateFile(files[0]), emulator.WithFaultsFile(files[2]))
	c := client(t, e, option.WithToken("secret"))
	if _, err := firstRoom(t, c); !errors.Is(err, memberships.ErrUnavailable) {
		t.Errorf("got %v, want an answer that is lost", err)
	}
	if _, err := c.People.GetMe(t.Context(), webex.GetMeParams{}); !errors.Is(err, memberships.ErrPermissionDenied) {
		t.Errorf("got %v, want a scope that is missing", err)
	}
}

// The section oauth in docs/emulator.md is valid with keys in it, and its clients sign in.
func TestDocumentedSignIn(t *testing.T) {
	doc, err := os.ReadFile("../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(doc), "```yaml\nauthorize:")
	text, _, _ = strings.Cut("authorize:"+text, "```")
	key, err := json.Marshal(publicPEM(keys()[0]))
	if err != nil {
		t.Fatal(err)
	}
	s := beginSignIn(t, strings.ReplaceAll(text, `"-----BEGIN PUBLIC KEY-----..."`, string(key)))
	webex := servers[2]
	r := s.send("POST", webex.token, webex.refresh("R1", "client_id", "C1", "client_secret", "s1"))
	if r.status != 200 || s.as(r.str("access_token"), "/v1/rooms") != 200 {
		t.Errorf("%d %s", r.status, r.text)
	}
	s.code(&webex, "client_id", "C1")
	s.code(&servers[1], "client_id", "G1")
}

// closedWriter is the response writer of a client that has hung up.
type closedWriter struct {
	header   http.Header
	statuses int
}

func (h *closedWriter) Header() http.Header       { return h.header }
func (h *closedWriter) Write([]byte) (int, error) { return 0, net.ErrClosed }
func (h *closedWriter) WriteHeader(int)           { h.statuses++ }

// The emulator writes the status of a failed response once.
func TestClientHangsUp(t *testing.T) {
	e := create(t)
	for _, path := range []string{"/2.0/groups", "/v1/organizations", "/v1/spaces", "/v2/objects/demo/channels", "/v1/rooms"} {
		req := httptest.NewRequest(http.MethodGet, "http://emulator.example"+path, nil)
		req.Header.Set("Authorization", "Bearer token")
		w := &closedWriter{header: http.Header{}}
		e.ServeHTTP(w, req)
		if w.statuses != 1 || w.header.Get("Content-Type") == "" {
			t.Errorf("%s: the status was written %d times, with %v", path, w.statuses, w.header)
		}
	}
}

func TestUnknownPath(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/v9/nothing")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 404 || !strings.Contains(string(b), "no provider") {
		t.Errorf("got %d %s", resp.StatusCode, b)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- create(t).Serve(ctx, l) }()
	if _, err := firstRoom(t, func() *webex.Client {
		c, err := webex.New(option.WithBaseURL("http://"+l.Addr().String()), option.WithToken("x"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}()); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// BenchmarkNewServer starts servers after the first one, which parses the documents and
// the built-in state.
func BenchmarkNewServer(b *testing.B) {
	emulator.NewServer().Close()
	for b.Loop() {
		srv := emulator.NewServer()
		b.StopTimer()
		srv.Close()
		b.StartTimer()
	}
}
