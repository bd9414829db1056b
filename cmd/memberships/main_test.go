package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
)

func execute(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	cmd := rootCommand()
	cmd.SetOut(&out)
	cmd.SetErr(io.Discard)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestDemo(t *testing.T) {
	got, err := execute(t, "demo")
	if err != nil {
		t.Fatal(err)
	}
	want := `
PROVIDER    GROUP              MEMBERS  ADDED niklaus@example.com AS  PROMOTED TO              REMOVED, LEAVING
box         group Demo         25       member                        admin                    25
clerk       organization Demo  25       org:member                    org:admin                25
googlechat  space Demo         25       ROLE_MEMBER                   ROLE_MANAGER             25
pubnub      channel Demo       25       custom {"role":"member"}      custom {"role":"owner"}  25
webex       room Demo          25       member                        moderator                25
`
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Wrong usage is told from failure: the former exits with 2.
func TestUsage(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(bad, []byte("people:\n  - {name: Ada, mail: ada@example.com}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args  []string
		usage bool
		want  string
	}{
		{[]string{"bogus"}, true, `no command "bogus"`},
		{[]string{"demo", "x"}, true, "takes no arguments"},
		{[]string{"emulate", "--nope"}, true, "--nope"},
		{[]string{"emulate", "--state", bad}, false, "state.yaml:2"},
		{[]string{"emulate", "--faults", "nowhere.yaml"}, false, "nowhere.yaml"},
		{[]string{"emulate", "--listen", "256.0.0.1:1"}, false, "--listen 256.0.0.1:1"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args[:1], " "), func(t *testing.T) {
			_, err := execute(t, tt.args...)
			var usage *usageError
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.As(err, &usage) != tt.usage {
				t.Errorf("got %v, want %q, wrong usage %v", err, tt.want, tt.usage)
			}
		})
	}
}

func TestPrintState(t *testing.T) {
	got, err := execute(t, "emulate", "--print-state")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(emulator.BuiltInState()), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := emulator.New(emulator.WithState("printed", []byte(got))); err != nil {
		t.Errorf("the printed state cannot be read: %v", err)
	}
}

// The first line on stdout says where, and requests are answered from then on.
func TestEmulateSaysWhenItIsReady(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	cmd := rootCommand()
	cmd.SetOut(w)
	cmd.SetArgs([]string{"emulate", "--listen", "127.0.0.1:0"})
	done := make(chan error, 1)
	go func() { done <- cmd.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct{ URL string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	resp, err := http.Get(ready.URL + "/v1/rooms")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", resp.StatusCode)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
