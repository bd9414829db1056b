package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is a command for emulate to run.
func child() {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(99)
		}
	}
	switch args := os.Args[1:]; args[0] {
	case "url":
		fmt.Println(os.Getenv(emulatorVariable))
	case "echo":
		_, err := io.Copy(os.Stdout, os.Stdin)
		fail(err)
		fmt.Fprintln(os.Stderr, "to stderr")
		fmt.Println(strings.Join(args[1:], " "))
	case "exit":
		code, err := strconv.Atoi(args[1])
		fail(err)
		os.Exit(code)
	case "kill":
		number, err := strconv.Atoi(args[1])
		fail(err)
		fail(syscall.Kill(os.Getpid(), syscall.Signal(number)))
		select {}
	case "health":
		resp, err := http.Get(os.Getenv(emulatorVariable) + "/_emulator/health")
		fail(err)
		fmt.Println(resp.StatusCode)
	case "signal": // ends with the number of the first signal
		signals := make(chan os.Signal, 1)
		signal.Notify(signals)
		fmt.Println("ready", os.Getenv(emulatorVariable))
		for s := range signals {
			if s != syscall.SIGURG { // the runtime's own
				os.Exit(int(s.(syscall.Signal)))
			}
		}
	}
}

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
