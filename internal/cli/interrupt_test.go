//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// gate is an emulator that blocks the first request of one method.
type gate struct {
	*emulator.Server
	began chan struct{} // closed when the request arrives
	open  func()        // unblocks the request
}

func newGate(t *testing.T, method string) *gate {
	t.Helper()
	g := &gate{Server: emulator.NewServer(), began: make(chan struct{})}
	held := make(chan struct{})
	g.open = sync.OnceFunc(func() { close(held) })
	var once sync.Once
	g.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == method {
			once.Do(func() {
				close(g.began)
				select {
				case <-held:
				case <-r.Context().Done():
				}
			})
		}
		return false
	})
	t.Cleanup(func() {
		g.open()
		g.Close()
	})
	return g
}

// process is the command in its own process.
type process struct {
	*exec.Cmd
	out    bytes.Buffer
	stderr *bufio.Reader
}

// onLine calls fn with the first write.
type onLine struct {
	fn   func(string)
	once sync.Once
}

func (l *onLine) Write(p []byte) (int, error) {
	l.once.Do(func() { l.fn(string(p)) })
	return len(p), nil
}

func start(t *testing.T, url, stdin string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(t.Context(), "memberships", args...)}
	p.Stdin, p.Stdout = strings.NewReader(stdin), &p.out
	p.run(t, url)
	return p
}

func (p *process) run(t *testing.T, url string) {
	t.Helper()
	p.Env = append(os.Environ(), emulatorVariable+"="+url)
	p.begin(t)
}

// begin starts the process.
func (p *process) begin(t *testing.T) {
	t.Helper()
	pipe, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stderr = bufio.NewReader(pipe)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// end waits for the process and returns its state and the rest of stderr.
func (p *process) end(t *testing.T) (syscall.WaitStatus, string) {
	t.Helper()
	rest, err := io.ReadAll(p.stderr)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the state has the result
	return p.ProcessState.Sys().(syscall.WaitStatus), string(rest)
}

const threePeople = "member\njoan@example.com\nhedy@example.com\nradia@example.com\n"

const finishingLine = "memberships: finishing what is under way; Ctrl-C again ends at once\n"

// Ctrl-C lets the change in flight finish and prints the report.
func TestInterruptedChange(t *testing.T) {
	g := newGate(t, http.MethodPost)
	p := start(t, g.URL, threePeople, "add", "-p", "clerk", "-g", "org_solo", "--from", "-", "--concurrency", "1", "-o", "csv")
	<-g.began
	p.signal(t, os.Interrupt)
	if line, err := p.stderr.ReadString('\n'); line != finishingLine {
		t.Fatalf("got %q, %v", line, err)
	}
	g.open()
	status, stderr := p.end(t)
	if status.ExitStatus() != exit.Interrupted || stderr != "memberships: interrupted: added 1, not tried 2\n" {
		t.Errorf("got exit code %d, %q", status.ExitStatus(), stderr)
	}
	if got := strings.Count(p.out.String(), "\nadded,"); got != 1 {
		t.Errorf("got %d rows that say added, want 1:\n%s", got, &p.out)
	}
	if got := members(t, g.URL, "org_solo"); got != 2 {
		t.Errorf("the group has %d members, want 2", got)
	}
}

// Ctrl-C lets the look-up in flight of a dry run finish, and begins no other.
func TestInterruptedDryRun(t *testing.T) {
	g := newGate(t, http.MethodGet)
	p := start(t, g.URL, threePeople, "add", "-p", "box", "-g", "9000001", "--from", "-", "--dry-run", "--concurrency", "1", "-o", "csv")
	<-g.began
	p.signal(t, os.Interrupt)
	if line, err := p.stderr.ReadString('\n'); line != finishingLine {
		t.Fatalf("got %q, %v", line, err)
	}
	g.open()
	status, stderr := p.end(t)
	if status.ExitStatus() != exit.Interrupted || stderr != "memberships: interrupted: not tried 3\n" {
		t.Errorf("got exit code %d, %q", status.ExitStatus(), stderr)
	}
	if n := len(g.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// A second Ctrl-C ends the process immediately.
func TestInterruptedTwice(t *testing.T) {
	g := newGate(t, http.MethodPost)
	p := start(t, g.URL, threePeople, "add", "-p", "clerk", "-g", "org_solo", "--from", "-")
	<-g.began
	p.signal(t, os.Interrupt)
	if line, err := p.stderr.ReadString('\n'); line != finishingLine {
		t.Fatalf("got %q, %v", line, err)
	}
	p.signal(t, os.Interrupt)
	if status, stderr := p.end(t); !status.Signaled() || status.Signal() != syscall.SIGINT || stderr != "" {
		t.Errorf("got %v, %q", p.ProcessState, stderr)
	}
}

// Ctrl-C ends a command that only reads immediately.
func TestInterruptedList(t *testing.T) {
	for s, want := range map[os.Signal]int{os.Interrupt: exit.Interrupted, syscall.SIGTERM: exit.Terminated} {
		t.Run(s.String(), func(t *testing.T) {
			for _, command := range []string{"list -p clerk -g org_demo", "of ada@example.com", "export -p webex --keep-going", "doctor"} {
				g := newGate(t, http.MethodGet)
				p := start(t, g.URL, "", append(strings.Fields(command), "-o", "json")...)
				<-g.began
				p.signal(t, s)
				status, stderr := p.end(t)
				if status.ExitStatus() != want || stderr != "memberships: interrupted\n" {
					t.Errorf("%s: got exit code %d, %q", command, status.ExitStatus(), stderr)
				}
			}
		})
	}
}

// Ctrl-C ends the emulator with success.
func TestInterruptedEmulator(t *testing.T) {
	ready := make(chan string, 1)
	p := &process{Cmd: exec.CommandContext(t.Context(), "memberships", "emulate", "--listen", "127.0.0.1:0")}
	p.Stdout = &onLine{fn: func(s string) { ready <- s }}
	p.run(t, "")
	if line := <-ready; !strings.HasPrefix(line, `{"url":"http://127.0.0.1:`) {
		t.Errorf("got %q", line)
	}
	p.signal(t, os.Interrupt)
	if status, stderr := p.end(t); status.ExitStatus() != exit.Done || stderr != "" {
		t.Errorf("got exit code %d, %q", status.ExitStatus(), stderr)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Ctrl-C ends a command that reads stdin.
func TestInterruptedInput(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan struct{})
	defer close(end)
	endless := readerFunc(func([]byte) (int, error) {
		cancel()
		<-end
		return 0, io.EOF
	})
	res := runWith(ctx, endless, "http://127.0.0.1:1", "add", "-p", "clerk", "-g", "org_solo", "--from", "-")
	if res.code != exit.Interrupted || res.stdout+res.stderr != "memberships: interrupted\n" {
		t.Errorf("got %+v", res)
	}
}

// The report of an interrupted change passes through --jq.
func TestInterruptedChangeWithQuery(t *testing.T) {
	g := newGate(t, http.MethodPost)
	p := start(t, g.URL, threePeople, "add", "-p", "clerk", "-g", "org_solo", "--from", "-", "--concurrency", "1", "--jq", ".[] | .result + \" \" + .email")
	<-g.began
	p.signal(t, os.Interrupt)
	if line, err := p.stderr.ReadString('\n'); line != finishingLine {
		t.Fatalf("got %q, %v", line, err)
	}
	g.open()
	status, stderr := p.end(t)
	if status.ExitStatus() != exit.Interrupted || stderr != "memberships: interrupted: added 1, not tried 2\n" || p.out.String() != "added joan@example.com\n" {
		t.Errorf("got exit code %d, %q, %q", status.ExitStatus(), &p.out, stderr)
	}
}
