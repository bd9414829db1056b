//go:build unix

package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// savedPlan returns the file of a plan that adds three people to org_solo.
func savedPlan(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	desired, plan := filepath.Join(dir, "groups.yaml"), filepath.Join(dir, "plan.json")
	const text = "version: 1\ngroups:\n  solo: {in: {clerk: org_solo}, members: {joan@example.com: member, hedy@example.com: member, radia@example.com: member}}\n"
	if err := os.WriteFile(desired, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if res := runWith(t.Context(), nil, url, "plan", "-f", desired, "--out", plan, "-q"); res.code != exit.Done {
		t.Fatalf("plan: %+v", res)
	}
	return plan
}

// resumed resumes a plan, and fails unless its three people are members then and the journal
// is whole.
func resumed(t *testing.T, url, plan string) {
	t.Helper()
	for _, args := range [][]string{{"apply", plan, "--yes", "--resume"}, {"journal", "verify", journalOf(plan)}} {
		if res := runWith(t.Context(), nil, url, args...); res.code != exit.Done {
			t.Errorf("%q: %+v", args, res)
		}
	}
	if got := members(t, url, "org_solo"); got != 4 {
		t.Errorf("the group has %d members, want 4", got)
	}
}

// awaitFinishing reads stderr to the line after a first Ctrl-C.
func (p *process) awaitFinishing(t *testing.T) {
	t.Helper()
	for line := ""; line != finishingLine; {
		var err error
		if line, err = p.stderr.ReadString('\n'); err != nil {
			t.Fatalf("got %q, %v", line, err)
		}
	}
}

// Ctrl-C lets the change of an apply that is in flight end, and lists the others as not made. A
// resume makes them.
func TestInterruptedApply(t *testing.T) {
	g := newGate(t, http.MethodPost)
	plan := savedPlan(t, g.URL)
	p := start(t, g.URL, "", "apply", plan, "--yes", "--concurrency", "1", "-o", "csv")
	<-g.began
	p.signal(t, os.Interrupt)
	p.awaitFinishing(t)
	g.open()
	if status, stderr := p.end(t); status.ExitStatus() != exit.Interrupted {
		t.Errorf("got exit code %d, %q", status.ExitStatus(), stderr)
	}
	if out := p.out.String(); strings.Count(out, "\ndone,") != 1 || strings.Count(out, "\nnot_begun,") != 2 {
		t.Errorf("got %s", out)
	}
	if got := members(t, g.URL, "org_solo"); got != 2 {
		t.Errorf("the group has %d members, want 2", got)
	}
	resumed(t, g.URL, plan)
}

// A second Ctrl-C leaves the change in flight open in the journal. A resume settles it.
func TestInterruptedApplyTwice(t *testing.T) {
	g := newGate(t, http.MethodPost)
	plan := savedPlan(t, g.URL)
	p := start(t, g.URL, "", "apply", plan, "--yes", "--concurrency", "1")
	<-g.began
	p.signal(t, os.Interrupt)
	p.awaitFinishing(t)
	p.signal(t, os.Interrupt)
	if status, stderr := p.end(t); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("got %v, %q", p.ProcessState, stderr)
	}
	if res := runWith(t.Context(), nil, g.URL, "journal", "show", journalOf(plan), "-o", "csv"); res.code != exit.Done || strings.Count(res.stdout, ",intent,") != 1 || strings.Contains(res.stdout, ",result,") {
		t.Errorf("journal show: %+v", res)
	}
	g.open()
	resumed(t, g.URL, plan)
}
