package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/bench/internal/report"
)

func TestTargets(t *testing.T) {
	tests := []struct {
		target report.Target
		met    bool
	}{
		{report.Target{Got: 0.2, Limit: 0.2}, true},
		{report.Target{Got: 0.21, Limit: 0.2}, false},
		{report.Target{Got: 10, Limit: 10, AtLeast: true}, true},
		{report.Target{Got: 9.9, Limit: 10, AtLeast: true}, false},
	}
	for _, tt := range tests {
		if got := tt.target.Met(); got != tt.met {
			t.Errorf("%+v: Met() = %t", tt.target, got)
		}
	}
}

func TestText(t *testing.T) {
	var r report.Report
	r.Machine = "one core"
	r.Add(report.Report{
		Tables:  []report.Table{{Title: "title", Note: "note", Columns: []string{"client", "µs"}, Rows: [][]string{{"typed", "1"}, {"json", "10"}}}},
		Targets: []report.Target{{What: "fast", Got: 0.25, Limit: 0.2}, {What: "far", Got: 12, Limit: 10, AtLeast: true}},
	})
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	want := `one core

title
note
  client  µs
  typed   1
  json    10

targets
  missed  fast  0.25  at most 0.2
  met     far   12    at least 10
1 of 2 met
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMarkdown(t *testing.T) {
	var r report.Report
	var b strings.Builder
	if err := r.Markdown(&b); err == nil {
		t.Error("a report without a table of a document is written")
	}
	r.Add(report.Report{Readme: []report.Table{{Title: "CPU:", Note: "made by hand", Columns: []string{"", "Box"}, Rows: [][]string{{"ours", "0.2"}}}}})
	r.Add(report.Report{Readme: []report.Table{{Title: "More:", Columns: []string{"", "Webex"}, Rows: [][]string{{"ours", "0.3"}}}}})
	r.Add(report.Report{Trips: report.Table{Title: "Trips:", Note: "too", Columns: []string{"job", "provider", "n"}, Rows: [][]string{{"list", "box", "1"}}}})
	r.Add(report.Report{})
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	want := "<!-- bench -->\nCPU:\n\n|  | Box |\n|---|--:|\n| ours | 0.2 |\n\nmade by hand\n\nMore:\n\n|  | Webex |\n|---|--:|\n| ours | 0.3 |\n<!-- end -->\n" +
		"<!-- trips -->\nTrips:\n\n| job | provider | n |\n|---|---|--:|\n| list | box | 1 |\n\ntoo\n<!-- end -->\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
