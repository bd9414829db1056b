// Windows has no POSIX shell.

//go:build !windows

package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// The command line in the row runs and reports the outcome of the change.
func TestFindOutRuns(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
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
