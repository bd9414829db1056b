package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/position"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// running is a command that runs until it is interrupted.
type running struct {
	t      *testing.T
	stop   context.CancelCauseFunc
	code   chan int
	out    *bufio.Reader
	closer io.Closer
	errs   *lockedBuffer
}

// lockedBuffer is stderr.
type lockedBuffer struct {
	lines chan string
	all   bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.all.Write(p)
	for l := range strings.Lines(string(p)) {
		b.lines <- strings.TrimSpace(l)
	}
	return len(p), nil
}

// startEvents starts a command with variables.
func startEvents(t *testing.T, env map[string]string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	r, w := io.Pipe()
	home := t.TempDir()
	c := &running{t: t, stop: cancel, code: make(chan int, 1), out: bufio.NewReader(r), closer: r, errs: &lockedBuffer{lines: make(chan string, 100)}}
	go func() {
		c.code <- Run(ctx, Process{Args: args, Stdin: strings.NewReader(""), Stdout: w, Stderr: c.errs, Getenv: func(k string) string {
			if k == "HOME" {
				return home
			}
			return env[k]
		}})
		_ = w.Close()
	}()
	t.Cleanup(func() { cancel(nil) })
	return c
}

// event returns the next printed event.
func (c *running) event() map[string]string {
	c.t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		c.t.Fatalf("no event was printed: %v", err)
	}
	var e map[string]string
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	return e
}

// interrupt ends the command as Ctrl-C does, and returns its exit code and the rest of its
// output.
func (c *running) interrupt() (code int, rest string) {
	c.t.Helper()
	c.stop(&interruption{syscall.SIGINT})
	b, _ := io.ReadAll(c.out)
	return <-c.code, string(b)
}

// line returns the next line of stderr.
func (c *running) line() string {
	c.t.Helper()
	select {
	case l := <-c.errs.lines:
		return l
	case <-time.After(10 * time.Second):
		c.t.Fatal("stderr has no further line")
	}
	return ""
}

// boxMember adds the user with an address to the demo group and removes it, as another
// client.
func boxMember(t *testing.T, url, email string) (add, remove func()) {
	t.Helper()
	c, err := box.New(option.WithBaseURL(url), option.WithToken("t"))
	if err != nil {
		t.Fatal(err)
	}
	client := memberships.New(c.Provider())
	g, m := memberships.Group{ID: "9000001"}, memberships.Member{Email: email}
	return func() {
			t.Helper()
			if _, err := client.Add(t.Context(), g, m, memberships.RoleMember); err != nil {
				t.Fatal(err)
			}
		}, func() {
			t.Helper()
			if _, err := client.Remove(t.Context(), memberships.Ref{Group: g, Member: m}); err != nil {
				t.Fatal(err)
			}
		}
}

// waitFor waits until a file exists.
func waitFor(t *testing.T, path string) {
	t.Helper()
	for range 500 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s was not written", path)
}

// A run with a position file continues with the changes since the last one.
func TestEventsFollow(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{"MEMBERSHIPS_EMULATOR": srv.URL}
	file := filepath.Join(t.TempDir(), "box.position")
	add, remove := boxMember(t, srv.URL, "niklaus@example.com")
	c := startEvents(t, env, "events", "follow", "-p", "box", "--position-file", file)
	waitFor(t, file) // the stream stands
	second := startEvents(t, env, "events", "follow", "-p", "box", "--position-file", file)
	if code := <-second.code; code != exit.Usage || !strings.Contains(second.errs.all.String(), "another run of the command uses the file") {
		t.Errorf("a second run: got %d, stderr %q", code, second.errs.all.String())
	}
	if code, rest := c.interrupt(); code != exit.Interrupted || rest != "" {
		t.Fatalf("got %d, %q, stderr %s", code, rest, c.errs.all.String())
	}
	add()
	remove()
	c = startEvents(t, env, "events", "follow", "-p", "box", "--position-file", file)
	want := map[string]string{"event": "created", "provider": "box", "group_kind": "group", "group_id": "9000001", "email": "niklaus@example.com", "state": "active"}
	for i, e := range []map[string]string{c.event(), c.event()} {
		got := map[string]string{}
		for k := range want {
			got[k] = e[k]
		}
		if i == 1 {
			want["event"], want["state"] = "deleted", "absent"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event %d (-want +got):\n%s", i, diff)
		}
		if e["delivery_id"] == "" || e["time"] == "" || e["member_id"] == "" {
			t.Errorf("event %d lacks a field: %v", i, e)
		}
	}
	if code, rest := c.interrupt(); code != exit.Interrupted || rest != "" {
		t.Errorf("got %d, %q", code, rest)
	}
	add()
	c = startEvents(t, env, "events", "follow", "-p", "box", "--position-file", file)
	if e := c.event(); e["event"] != "created" { // and neither of the first two again
		t.Errorf("after the printed events: got %v", e)
	}
	if code, _ := c.interrupt(); code != exit.Interrupted {
		t.Errorf("got %d", code)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
}

func TestEventsFollowRefuses(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := filepath.Join(dir, "other")
	if err := position.Write(other, "box", memberships.SealPosition("x", "another stream")); err != nil {
		t.Fatal(err)
	}
	future := filepath.Join(dir, "future")
	at := memberships.SealPosition(fmt.Sprintf("%d 99999999", time.Now().Unix()), "box", "admin_logs_streaming")
	if err := position.Write(future, "box", at); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no stream", []string{"-p", "webex"}, exit.Usage, "webex has no stream of events; 'memberships events listen' receives its webhooks"},
		{"a group where none is needed", []string{"-p", "box", "-g", "1"}, exit.Usage, "--group: the stream of box has the events of all groups"},
		{"a damaged file", []string{"-p", "box", "--position-file", write("damaged", "{")}, exit.Usage, "the file is damaged, or holds no position; remove it to begin now, or name another file"},
		{"an empty file", []string{"-p", "box", "--position-file", write("empty", "")}, exit.Usage, "the file is damaged, or holds no position"},
		{"a file of another provider", []string{"-p", "box", "--position-file", write("pubnub", `{"format":"memberships position 1","provider":"pubnub","position":"p1"}`)}, exit.Usage, "the file has the position of another provider than box"},
		{"a position of another stream", []string{"-p", "box", "--position-file", other}, exit.Usage, "the position belongs to another stream; remove it to begin now, or name another file"},
		{"a position that is not served", []string{"-p", "box", "--position-file", future}, exit.Failed, "events missed"},
		{"a folder", []string{"-p", "box", "--position-file", dir}, exit.Usage, "--position-file " + dir},
		{"a format", []string{"-p", "box", "-o", "xml"}, exit.Usage, `there is no output format "xml"`},
		{"a query", []string{"-p", "box", "--jq", "."}, exit.Usage, "unknown flag: --jq"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, _ := os.ReadFile(tc.args[len(tc.args)-1])
			c := startEvents(t, map[string]string{"MEMBERSHIPS_EMULATOR": srv.URL}, append([]string{"events", "follow"}, tc.args...)...)
			rest, _ := io.ReadAll(c.out)
			if code := <-c.code; code != tc.code || !strings.Contains(c.errs.all.String(), tc.want) || len(rest) > 0 {
				t.Errorf("got %d, stdout %q, stderr %q, want %d, %q", code, rest, c.errs.all.String(), tc.code, tc.want)
			}
			if after, _ := os.ReadFile(tc.args[len(tc.args)-1]); !bytes.Equal(before, after) {
				t.Errorf("the file has changed from %q to %q", before, after)
			}
		})
	}
}

const delivery = `{"id":"hook","resource":"memberships","event":"created","data":{"id":"%s","roomId":"r","personId":"p","personEmail":"ada@example.com","isModerator":true,"created":"2026-01-02T03:04:05.678Z"}}`

// deliver sends a signed delivery, and returns the status.
func deliver(t *testing.T, addr, path, secret, id string) int {
	t.Helper()
	body := fmt.Sprintf(delivery, id)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range webex.SignDelivery(secret, []byte(body)) {
		req.Header[k] = v
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// address waits for the line that names the address.
func (c *running) address() string {
	c.t.Helper()
	_, rest, ok := strings.Cut(c.line(), "listening on ")
	if !ok {
		c.t.Fatalf("stderr is %q", c.errs.all.String())
	}
	return strings.TrimSuffix(strings.Fields(rest)[0], ":")
}

func TestEventsListen(t *testing.T) {
	const secret = "a secret of the test"
	env := map[string]string{"WEBEX_WEBHOOK_SECRET": secret}
	file := filepath.Join(t.TempDir(), "deliveries")
	c := startEvents(t, env, "events", "listen", "--addr", "127.0.0.1:0", "--deliveries-file", file)
	addr := c.address()
	if l := c.line(); !strings.Contains(l, "this is the first run with this --deliveries-file") {
		t.Errorf("stderr: %q", l)
	}
	if l := c.line(); l != "memberships: webex: Webex does not document that it sends a request again" {
		t.Errorf("stderr: %q", l)
	}
	status := make(chan int)
	go func() { status <- deliver(t, addr, "/webex", secret, "m1") }()
	e := c.event()
	if code := <-status; code != http.StatusNoContent {
		t.Errorf("status %d", code)
	}
	want := map[string]string{
		"event": "created", "provider": "webex", "delivery_id": e["delivery_id"], "time": e["time"], "id": "m1",
		"group_kind": "room", "group_id": "r", "group_name": "", "member_kind": "user", "member_id": "p", "email": "ada@example.com", "name": "",
		"role": "manager", "role_name": e["role_name"], "state": "active", "created": "2026-01-02T03:04:05Z", "updated": "", "expires": "",
	}
	if diff := cmp.Diff(want, e); diff != "" || e["delivery_id"] == "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	for path, want := range map[string]int{"/webex": http.StatusUnauthorized, "/clerk": http.StatusNotFound} {
		if code := deliver(t, addr, path, "another secret", "m2"); code != want {
			t.Errorf("%s with another secret: status %d, want %d", path, code, want)
		}
	}
	if code, rest := c.interrupt(); code != exit.Interrupted || rest != "" {
		t.Errorf("got %d, %q", code, rest)
	}
	if strings.Contains(c.errs.all.String(), secret) {
		t.Error("stderr has the secret")
	}

	// The next run answers the same delivery and does not print it.
	c = startEvents(t, env, "events", "listen", "--addr", "127.0.0.1:0", "--deliveries-file", file)
	addr = c.address()
	if l := c.line(); !strings.Contains(l, "there was no run between 20") {
		t.Errorf("stderr: %q", l)
	}
	if code := deliver(t, addr, "/webex", secret, "m1"); code != http.StatusNoContent {
		t.Errorf("a repetition: status %d", code)
	}
	go func() { status <- deliver(t, addr, "/webex", secret, "m3") }()
	if e := c.event(); e["id"] != "m3" {
		t.Errorf("after a repetition: got %v", e)
	}
	<-status
	if code, _ := c.interrupt(); code != exit.Interrupted {
		t.Errorf("got %d", code)
	}
}

// A delivery that cannot be printed is not acknowledged, and ends the command.
func TestEventsListenBrokenPipe(t *testing.T) {
	const secret = "a secret of the test"
	c := startEvents(t, map[string]string{"WEBEX_WEBHOOK_SECRET": secret}, "events", "listen", "--addr", "127.0.0.1:0")
	addr := c.address()
	_ = c.closer.Close()
	if code := deliver(t, addr, "/webex", secret, "m1"); code != http.StatusInternalServerError {
		t.Errorf("status %d", code)
	}
	if code := <-c.code; code != exit.BrokenPipe {
		t.Errorf("exit code %d, want %d", code, exit.BrokenPipe)
	}
}

// Ctrl-C ends the command although nobody reads its output. The delivery is not acknowledged.
func TestEventsListenStalledOutput(t *testing.T) {
	defer func(d time.Duration) { answerGrace = d }(answerGrace)
	answerGrace = 200 * time.Millisecond
	const secret = "a secret of the test"
	c := startEvents(t, map[string]string{"WEBEX_WEBHOOK_SECRET": secret}, "events", "listen", "--addr", "127.0.0.1:0")
	addr := c.address()
	body := fmt.Sprintf(delivery, "m1")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, addr+"/webex", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range webex.SignDelivery(secret, []byte(body)) {
		req.Header[k] = v
	}
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return // as the end of the process would have it
		}
		_ = resp.Body.Close()
		if resp.StatusCode < http.StatusInternalServerError {
			t.Errorf("status %d for an event that was not printed", resp.StatusCode)
		}
	}()
	time.Sleep(500 * time.Millisecond) // the row waits for a reader
	c.stop(&interruption{syscall.SIGINT})
	select {
	case code := <-c.code:
		if code != exit.Interrupted {
			t.Errorf("exit code %d, want %d", code, exit.Interrupted)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the command does not end")
	}
	_ = c.closer.Close()
}

// A second run that finds the address taken leaves the file to the first one.
func TestEventsListenTwice(t *testing.T) {
	const secret = "a secret of the test"
	env, file := map[string]string{"WEBEX_WEBHOOK_SECRET": secret}, filepath.Join(t.TempDir(), "deliveries")
	c := startEvents(t, env, "events", "listen", "--addr", "127.0.0.1:0", "--deliveries-file", file)
	addr := c.address()
	second := startEvents(t, env, "events", "listen", "--addr", strings.TrimPrefix(addr, "http://"), "--deliveries-file", file)
	if code := <-second.code; code != exit.Failed {
		t.Errorf("the second run ends with %d", code)
	}
	status := make(chan int)
	go func() { status <- deliver(t, addr, "/webex", secret, "m1") }()
	_ = c.event()
	if code := <-status; code != http.StatusNoContent {
		t.Errorf("status %d", code)
	}
	if code, _ := c.interrupt(); code != exit.Interrupted {
		t.Errorf("got %d", code)
	}
	if b, err := os.ReadFile(file); err != nil || strings.Count(string(b), "\n") != 2 {
		t.Errorf("the file is %q, %v", b, err)
	}
}

func TestEventsListenRefuses(t *testing.T) {
	dir := t.TempDir()
	strange := filepath.Join(dir, "strange")
	if err := os.WriteFile(strange, []byte("a diary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := map[string]string{"WEBEX_WEBHOOK_SECRET": "a secret of the test"}
	for _, tc := range []struct {
		name string
		env  map[string]string
		args []string
		want string
	}{
		{"no secret", nil, nil, "there is no secret of a webhook: set BOX_WEBHOOK_PRIMARY_KEY"},
		{"a provider without a secret", secret, []string{"-p", "clerk"}, "clerk: "},
		{"a provider without webhooks", secret, []string{"-p", "pubnub"}, "pubnub: the provider has no webhooks"},
		{"a secret that is too short", map[string]string{"CLERK_WEBHOOK_SIGNING_SECRET": "whsec_AAAA"}, nil, "clerk: "},
		{"an address", secret, []string{"--addr", "8080"}, "--addr 8080 is not of the form host:port"},
		{"a file of something else", secret, []string{"--deliveries-file", strange}, "the file has no deliveries of this command; remove it, or name another file"},
		{"a folder", secret, []string{"--deliveries-file", dir}, "it is no regular file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := startEvents(t, tc.env, append([]string{"events", "listen"}, tc.args...)...)
			if code := <-c.code; code != exit.Usage || !strings.Contains(c.errs.all.String(), tc.want) {
				t.Errorf("got %d, stderr %q, want %d, %q", code, c.errs.all.String(), exit.Usage, tc.want)
			}
		})
	}
	if b, _ := os.ReadFile(strange); string(b) != "a diary\n" {
		t.Errorf("the file became %q", b)
	}
}

// The stream of PubNub has the events of the named channels.
func TestEventsFollowGroups(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{"MEMBERSHIPS_EMULATOR": srv.URL}
	file := filepath.Join(t.TempDir(), "pubnub.position")
	c := startEvents(t, env, "events", "follow", "-p", "pubnub", "-g", "demo", "--position-file", file)
	waitFor(t, file) // the stream stands
	other := startEvents(t, env, "add", "-p", "pubnub", "-g", "demo", "-m", "user-x", "-r", "manager", "-o", "ndjson")
	_, _ = io.ReadAll(other.out)
	if code := <-other.code; code != exit.Done {
		t.Fatalf("add: %d, %s", code, other.errs.all.String())
	}
	if e := c.event(); e["event"] != "set" || e["group_id"] != "demo" || e["member_id"] != "user-x" || e["role"] != "manager" {
		t.Errorf("got %v", e)
	}
	if code, rest := c.interrupt(); code != exit.Interrupted || rest != "" {
		t.Errorf("got %d, %q", code, rest)
	}
	without := startEvents(t, env, "events", "follow", "-p", "pubnub")
	if code := <-without.code; code != exit.Usage || !strings.Contains(without.errs.all.String(), "--group is missing: the groups to follow") {
		t.Errorf("without a group: %d, %q", code, without.errs.all.String())
	}
}
