package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// A file with 100,000 levels is an error with its position, found before memory or time
// grow with the depth.
func TestDeepFiles(t *testing.T) {
	const levels, most = 100_000, 16 << 20
	tests := []struct {
		name, unit string
		args       string // FILE is the file
		variable   string // a variable that names the file too
		want       string
	}{
		{"a state file", "[", "emulate --state FILE", "", "--state: FILE:1:101: the value is nested deeper than 100 levels"},
		{"a state file of objects", `{"people":`, "emulate --state FILE", "", "--state: FILE:1:1001: the value is nested deeper than 100 levels"},
		{"a state file, line by line", "[\n", "emulate --state FILE", "", "--state: FILE:101:1: the value is nested deeper than 100 levels"},
		{"a state file of entries", "- ", "emulate --state FILE", "", "--state: FILE:1:201: the value is nested deeper than 100 levels"},
		{"a fault file", "[", "emulate --faults FILE", "", "--faults: FILE:1:101: the value is nested deeper than 100 levels"},
		{"a config file", "[", "list -p clerk -g org_demo --config FILE", "", "--config: FILE:1:101: the value is nested deeper than 100 levels"},
		{
			"a credentials file", "[", "groups -p googlechat", "GOOGLE_APPLICATION_CREDENTIALS",
			"googlechat: GOOGLE_APPLICATION_CREDENTIALS: FILE is not JSON",
		},
		{"an input file", "[", "add -p clerk -g org_demo --from FILE", "", "FILE:1:2: expected an object for each row; nothing was sent"},
		{
			"an input file of objects", `{"member":`, "add -p clerk -g org_demo --from FILE", "",
			"FILE:1:100001: this is not JSON: exceeded max depth; nothing was sent",
		},
		{
			"an input file of arrays", `[{"member":`, "add -p clerk -g org_demo --from FILE", "",
			"FILE:1:55001: this is not JSON: exceeded max depth; nothing was sent",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "deep")
			if err := os.WriteFile(file, []byte(strings.Repeat(tt.unit, levels)), 0o600); err != nil {
				t.Fatal(err)
			}
			env := map[string]string{"CLERK_SECRET_KEY": "sk_test_made_up"}
			if tt.variable != "" {
				env[tt.variable] = file
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			res := runEnv(t, env, strings.Fields(strings.ReplaceAll(tt.args, "FILE", file))...)
			runtime.ReadMemStats(&after)
			want := result{code: exit.Usage, stderr: "memberships: " + strings.ReplaceAll(tt.want, "FILE", file) + "\n"}
			if diff := cmp.Diff(want, res, cmp.AllowUnexported(result{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("it takes %d MiB, want at most %d", n>>20, most>>20)
			}
		})
	}
}
