//go:build unix

package cli

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// fifo creates a FIFO.
func fifo(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// feed waits for a reader of a FIFO and writes text into it. The reader waits for more
// until the returned file is closed.
func feed(t *testing.T, path, text string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return f
}

// A signal ends a command that reads an endless file or waits for a writer.
func TestInterruptedReading(t *testing.T) {
	const (
		list  = "list -p clerk -g org_demo"
		add   = "add -p clerk -g org_demo --from "
		state = "people: [{name: Ada, email: ada@example.com}]\n"
		chat  = "profiles: {default: {googlechat: {credentials_file: FILE}}}\n"
	)
	tests := []struct {
		name string
		// args are the arguments. FIFO is a file that has a writer, FILE one without.
		// variable may name FIFO too.
		args, variable string
		// content is the content of FIFO; ends closes FIFO after it.
		content string
		ends    bool
		stdin   bool // FIFO is stdin
	}{
		{name: "a config file", args: list + " --config FIFO"},
		{name: "a config file of a variable", args: list, variable: "MEMBERSHIPS_CONFIG"},
		{name: "half a config file", args: "of ada@example.com --config FIFO", content: "profiles:\n"},
		{name: "a config file of doctor", args: "doctor --config FIFO"},
		{name: "a credentials file", args: "groups -p googlechat", variable: "GOOGLE_APPLICATION_CREDENTIALS"},
		{name: "a credentials file of doctor", args: "doctor -p googlechat", variable: "GOOGLE_APPLICATION_CREDENTIALS"},
		{name: "a credentials file without a writer", args: "groups -p googlechat --config FIFO", content: chat, ends: true},
		{name: "a state file", args: "emulate --listen 127.0.0.1:0 --state FIFO"},
		{name: "a fault file", args: "emulate --listen 127.0.0.1:0 --faults FIFO", content: "["},
		{name: "a fault file without a writer", args: "emulate --listen 127.0.0.1:0 --state FIFO --faults FILE", content: state, ends: true},
		{name: "an input file", args: add + "FIFO"},
		{name: "half an input file", args: add + "FIFO", content: "member\nada@example.com\n"},
		{name: "a file of desired state", args: "plan -f FIFO"},
		{name: "desired state in stdin", args: "plan -f -", content: strings.Repeat("# version\n", 10_000), stdin: true},
		{name: "a plan", args: "apply FIFO --yes"},
		{name: "a file of leavers", args: "offboard --yes --from FIFO"},
		{name: "a key", args: "offboard ada@example.com --yes --evidence no/file --sign FIFO"},
		{name: "a journal", args: "journal show FIFO"},
		{name: "a journal to verify", args: "journal verify FIFO"},
		{name: "an earlier snapshot", args: "report --since FIFO"},
		{name: "a side of a difference", args: "diff FIFO clerk/org_demo"},
		// The content exceeds the capacity of a pipe, so the command has read some of it
		// once all is written.
		{name: "stdin", args: add + "-", content: "member\n" + strings.Repeat("ada@example.com\n", 10_000), stdin: true},
	}
	for _, tt := range tests {
		for s, want := range map[os.Signal]int{os.Interrupt: exit.Interrupted, syscall.SIGTERM: exit.Terminated} {
			t.Run(tt.name+"/"+s.String(), func(t *testing.T) {
				path := fifo(t, "fifo")
				names := strings.NewReplacer("FIFO", path, "FILE", fifo(t, "file"))
				p := &process{Cmd: exec.CommandContext(t.Context(), "memberships", strings.Fields(names.Replace(tt.args))...)}
				p.Env = append(os.Environ(), "HOME="+t.TempDir(), "CLERK_SECRET_KEY=sk_test_made_up", cmp.Or(tt.variable, "UNUSED")+"="+path)
				p.Stdout = &p.out
				if tt.stdin {
					f, err := os.OpenFile(path, os.O_RDWR, 0) // does not wait for a writer
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = f.Close() }()
					p.Stdin = f
				}
				p.begin(t)
				if f := feed(t, path, names.Replace(tt.content)); tt.ends {
					_ = f.Close()
				}
				p.signal(t, s)
				status, stderr := p.end(t)
				if status.ExitStatus() != want || stderr != "memberships: interrupted\n" {
					t.Errorf("got %v, %q", p.ProcessState, stderr)
				}
			})
		}
	}
}
