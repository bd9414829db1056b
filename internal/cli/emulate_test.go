//go:build unix

package cli

import (
	"bufio"
	"errors"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A signal goes on to the command, whose status is that of emulate. The emulator is there
// until the command ends, and no longer.
func TestEmulateForwardsSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd := exec.CommandContext(t.Context(), "memberships", "emulate", "--", "child", "signal")
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		url := strings.TrimSpace(strings.TrimPrefix(line, "ready "))
		if resp, err := http.Get(url + "/_emulator/health"); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%v: the emulator answers %v, %v", s, resp, err)
		}
		time.Sleep(20 * time.Millisecond)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		var failed *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &failed) || failed.ExitCode() != int(s) {
			t.Errorf("%v: got %v, want exit code %d", s, err, int(s))
		}
		if _, err := http.Get(url); err == nil {
			t.Errorf("%v: the emulator is still there", s)
		}
	}
}
