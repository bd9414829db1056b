package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
)

// leavers is evidence whose every text is s.
func leavers(s string) *evidence.Evidence {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	return &evidence.Evidence{
		Actor: s, Started: at, Finished: at.Add(time.Minute), People: []evidence.Person{{Key: s, Email: s + "@example.com"}},
		Searches: []evidence.Search{
			{Provider: "box", Person: s, Verdict: evidence.VerdictFound, Caller: s, Gaps: []evidence.Gap{{Level: memberships.GapScope, Text: s}}},
			{Provider: "clerk", Person: s, Verdict: evidence.VerdictUnknown},
			{Provider: s, Person: s, Verdict: evidence.VerdictUndetermined, Error: s, Gaps: []evidence.Gap{{Level: memberships.GapHidden, Text: s}}},
		},
		Memberships: []evidence.Membership{
			{Provider: "box", GroupID: "1", GroupName: s, Person: s, Op: memberships.OpRemove, Role: "member", Since: at, Outcome: reconcile.OutcomeDone, RequestID: s, ReadBack: reconcile.ReadBackAbsent},
			{Provider: "box", GroupID: s, Person: s, Role: s, Left: s},
			{Provider: s, GroupID: s, Email: s, Op: memberships.OpRemove, Role: s, Invited: true, Outcome: reconcile.OutcomeFailed, Error: s, ReadBack: reconcile.ReadBackPresent},
			{Provider: s, GroupID: s, MemberID: s, Op: memberships.OpAdd, To: s, Outcome: reconcile.OutcomeDone},
		},
	}
}

func evidencePage(t *testing.T, e *evidence.Evidence) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteEvidence(&b, e, strings.Repeat("0", 64)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEvidenceGolden(t *testing.T) {
	path := filepath.Join("testdata", "evidence.html")
	got := evidencePage(t, leavers("bob"))
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A hostile text changes no element and no attribute that a browser acts on.
func TestEvidenceHostileTexts(t *testing.T) {
	parsed := func(s string) []string {
		root, err := html.Parse(strings.NewReader(evidencePage(t, leavers(s))))
		if err != nil {
			t.Fatal(err)
		}
		return skeleton(root)
	}
	want := parsed("bob")
	for _, s := range hostile {
		got := parsed(s)
		var kept []string // bdi elements protect the text around
		for _, e := range got {
			if !strings.HasPrefix(e, "bdi") {
				kept = append(kept, e)
			}
		}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("%q (-want +got):\n%s", s, diff)
		}
	}
}

// Complete evidence says that nothing is left.
func TestEvidenceComplete(t *testing.T) {
	e := leavers("bob")
	e.Searches, e.Memberships = e.Searches[:2], e.Memberships[:1]
	got := evidencePage(t, e)
	if !strings.Contains(got, "Nothing is left") || strings.Contains(got, "Something is left") {
		t.Error("the page does not say that nothing is left")
	}
}

// Excluded memberships do not make the rest incomplete, and the page names them.
func TestExcludedMemberships(t *testing.T) {
	e := &evidence.Evidence{
		Searches:    []evidence.Search{{Provider: "box", Person: "ada", Verdict: evidence.VerdictFound}},
		Memberships: []evidence.Membership{{Provider: "box", GroupID: "7", Person: "ada", Left: "the group is not selected", Excluded: true}},
	}
	var out strings.Builder
	if err := WriteEvidence(&out, e, "sum"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Nothing is left but the excluded memberships", "stays: the group is not selected"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Contains(out.String(), "Something is left") {
		t.Error("the page has something left")
	}
}
