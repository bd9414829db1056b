package output

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// Hidden parts are reported one by one up to ten, and end with the exit code for a part of the
// result. Parts outside the scope end with it only if the listing has to be complete.
func TestReportCoverage(t *testing.T) {
	hidden := func(n int) (gaps []memberships.Gap) {
		for i := range n {
			gaps = append(gaps, memberships.Gap{Level: memberships.GapHidden, Text: fmt.Sprintf("part %d", i+1)})
		}
		return gaps
	}
	lines := func(prefix string, n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf("memberships: %shidden: part %d", prefix, i+1))
		}
		return all
	}
	scope := []memberships.Gap{{Level: memberships.GapScope, Text: "teams"}, {Level: memberships.GapScope, Text: "direct rooms"}}
	const outside = "memberships: not searched: teams; direct rooms"
	for name, tt := range map[string]struct {
		of       string
		gaps     []memberships.Gap
		complete bool
		quiet    bool
		want     []string
		code     int
	}{
		"complete":                {},
		"complete, as required":   {complete: true},
		"hidden":                  {gaps: hidden(1), want: lines("", 1), code: exit.Partly},
		"of one of several":       {of: "webex", gaps: hidden(1), want: lines("webex: ", 1), code: exit.Partly},
		"ten hidden":              {gaps: hidden(10), want: lines("", 10), code: exit.Partly},
		"many hidden":             {gaps: hidden(1234), want: append(lines("", 10), "memberships: hidden: 1,224 more"), code: exit.Partly},
		"outside":                 {gaps: scope, want: []string{outside}},
		"outside, quiet":          {gaps: scope, quiet: true},
		"outside, to be complete": {gaps: scope, complete: true, quiet: true, want: []string{outside}, code: exit.Partly},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			c := &Console{Stderr: &stderr, Quiet: tt.quiet}
			err := c.ReportCoverageOf(tt.of, memberships.Coverage{Gaps: tt.gaps}, tt.complete)
			var got []string
			if text := strings.TrimSuffix(stderr.String(), "\n"); text != "" {
				got = strings.Split(text, "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			code, e := 0, (*exit.Error)(nil)
			if errors.As(err, &e) {
				code = e.Code
			}
			if code != tt.code || (err == nil) != (tt.code == 0) {
				t.Errorf("got %v with the code %d, want %d", err, code, tt.code)
			}
		})
	}
}
