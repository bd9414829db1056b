package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// A table fits the width of the terminal, and a pipe gets whole cells.
func TestTableOfTheCommand(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{emulatorVariable: srv.URL, "TERM": "xterm"}
	for _, width := range []int{0, 40, 60, 200} {
		for _, terminal := range []bool{true, false} {
			var out, errs bytes.Buffer
			code := Run(t.Context(), Process{
				Args: []string{"list", "-p", "clerk", "-g", "org_demo", "-q"}, Stdout: &out, Stderr: &errs, StdoutTerminal: terminal, StdoutWidth: width,
				Getenv: func(name string) string { return env[name] },
			})
			name := fmt.Sprintf("width %d, terminal %v", width, terminal)
			if code != exit.Done || errs.Len() > 0 || strings.Count(out.String(), "\n") != 26 {
				t.Fatalf("%s: %d, %q, %q", name, code, out.String(), errs.String())
			}
			shown := strings.NewReplacer("\x1b[32m", "", "\x1b[33m", "", "\x1b[0m", "").Replace(out.String())
			if coloured := shown != out.String(); coloured != terminal {
				t.Errorf("%s: coloured %v", name, coloured)
			}
			cut := terminal && width > 0 && width < 100
			if !strings.Contains(shown, "user_3emu00000000000000000000001\n") {
				t.Errorf("%s: the id is not whole:\n%s", name, shown)
			}
			if strings.Contains(shown, "…") != cut {
				t.Errorf("%s: cut %v, want %v:\n%s", name, !cut, cut, shown)
			}
			for line := range strings.Lines(shown) {
				if got := output.CellWidth(strings.TrimSuffix(line, "\n")); cut && width > 50 && got > width {
					t.Errorf("%s: %d columns in %q", name, got, line)
				}
			}
		}
	}
}
