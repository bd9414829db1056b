package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// The command line in the row runs and reports the outcome of the change.
func TestFindOutRuns(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil && runtime.GOOS == "windows" {
		t.Skip("Windows has no POSIX shell")
	} else if err != nil {
		t.Fatal(err)
	}
	srv := emulator.NewServer(emulator.WithFaults(emulator.Fault{Method: "PATCH", Apply: true, Drop: true}))
	defer srv.Close()
	var blind atomic.Bool // no read succeeds after a write
	srv.Control(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch {
			blind.Store(true)
		}
		if r.Method != http.MethodGet || !blind.Load() {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	for _, format := range []string{"json", "ndjson", "csv", "table"} {
		member := fmt.Sprintf("o'%s@example.com", format)
		res := runWith(t.Context(), nil, srv.URL, "add", "-p", "pubnub", "-g", "demo", "-m", "id:"+member, "-o", format)
		if res.code != exit.Failed {
			t.Fatalf("%+v", res)
		}
		_, command, _ := strings.Cut(strings.TrimSpace(res.stderr), "; to find out: ")
		want := `memberships check --provider pubnub --group demo --member 'id:o'\''` + format + "@example.com'"
		if diff := cmp.Diff(want, command); diff != "" {
			t.Errorf("stderr (-want +got):\n%s", diff)
		}
		quoted, _ := json.Marshal(want)
		if inJSON := strings.Trim(string(quoted), `"`); !strings.Contains(res.stdout, want) && !strings.Contains(res.stdout, inJSON) {
			t.Errorf("the %s row does not say %s:\n%s", format, want, res.stdout)
		}
		blind.Store(false)
		cmd := exec.CommandContext(t.Context(), shell, "-c", command)
		cmd.Env = append(cmd.Environ(), emulatorVariable+"="+srv.URL)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "member\n" {
			t.Errorf("%s: got %q, %v", command, out, err)
		}
	}
}

// Ctrl-C preserves the outcome of a change.
func TestInterruptedOutcome(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	unknown := &memberships.Error{Provider: "box", Op: "Memberships.Create", Kind: context.Canceled, Err: memberships.ErrOutcomeUnknown}
	for want, err := range map[string]error{
		"memberships: interrupted\n": &memberships.Error{Kind: context.Canceled},
		"memberships: box: Memberships.Create: context canceled: outcome unknown; to find out: memberships check\n": fmt.Errorf("%w; to find out: memberships check", unknown),
	} {
		var errs strings.Builder
		a := newApp(Process{Stderr: &errs, Getenv: func(string) string { return "" }})
		if code := a.exit(ctx, exit.With(exit.Failed, err)); code != exit.Interrupted || errs.String() != want {
			t.Errorf("got %d, %q, want %q", code, errs.String(), want)
		}
	}
}

// An error of permission has the hint about the credential; an unknown outcome has none.
func TestHint(t *testing.T) {
	denied := &memberships.Error{Provider: "box", Kind: memberships.ErrPermissionDenied}
	for want, err := range map[string]error{
		" ('memberships doctor --provider box' tells what the credential may do)": denied,
		"": &memberships.Error{Provider: "box", Kind: memberships.ErrOutcomeUnknown, Err: denied},
	} {
		if got := hint(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
