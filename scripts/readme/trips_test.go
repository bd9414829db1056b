package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/trips"
)

// tripsTable matches the table in docs/roundtrips.md, which bench prints.
var tripsTable = regexp.MustCompile(`(?s)<!-- trips -->\n(.*?)<!-- end -->`)

// TestTripsAreThoseOfTheTable compares docs/roundtrips.md with the numbers that tests hold.
// The chain and the time are measured, so they are not compared.
func TestTripsAreThoseOfTheTable(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "roundtrips.md"))
	if err != nil {
		t.Fatal(err)
	}
	part := tripsTable.FindSubmatch(doc)
	if part == nil {
		t.Fatal("docs/roundtrips.md has no part <!-- trips -->")
	}
	var got, want [][]string
	for line := range strings.Lines(string(part[1])) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == len(trips.Columns()) {
			got = append(got, unmeasured(cells))
		}
	}
	want = append(want, unmeasured(trips.Columns()))
	for _, r := range trips.Documented() {
		want = append(want, unmeasured(r.Cells(r.Now, 0)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("put the output of cd bench && go run . -scenario trips -o markdown into docs/roundtrips.md (-table +document):\n%s", diff)
	}
}

// unmeasured returns the cells of a row without its chain and time.
func unmeasured(cells []string) []string {
	var kept []string
	for i, c := range trips.Columns() {
		if c != "chain" && c != "ms" {
			kept = append(kept, cells[i])
		}
	}
	return kept
}
