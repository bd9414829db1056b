package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
	"github.com/memberships-go/memberships/internal/trips"
)

// The program starts itself, which is the test binary here.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == measure.ServeCommand || os.Args[1] == measure.ClientCommand) {
		main()
		return
	}
	os.Exit(m.Run())
}

// Every client is measured for every provider that it supports over every wire, as often as
// requested.
func TestCPU(t *testing.T) {
	for _, w := range []wire{http2Gzip, http2TLS, http1} {
		testCPU(t, w)
	}
}

func testCPU(t *testing.T, w wire) {
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"-scenario", w.scenario, "-members", "300", "-runs", "2", "-o", "json"}, nil, &out, &errs); err != nil {
		t.Fatalf("%s: %v: %s", w.about, err, errs.Bytes())
	}
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]int{}, map[string]int{}
	for _, c := range clients.All {
		for provider := range c.New {
			want[c.Name+" "+provider] = 2
		}
	}
	for _, provider := range corpus.Providers {
		want[clients.Portable+" "+provider] *= 2 // in smaller pages too
	}
	for _, m := range r.Measured {
		for _, s := range m.Samples {
			if s.Wall <= 0 || s.Mallocs == 0 || s.Bytes == 0 || s.Text == 0 || m.Job.Wire != w.Wire {
				t.Errorf("%s of %s over %s: %+v", m.Job.Client, m.Job.Provider, w.about, s)
			}
		}
		got[m.Job.Client+" "+m.Job.Provider] += len(m.Samples)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs of each client over %s: (-want +got)\n%s", w.about, diff)
	}
	targets := map[wire]int{http2Gzip: 2 * 4, http1: 4 * len(corpus.Providers)}
	if n := targets[w]; len(r.Targets) < n {
		t.Errorf("%d targets over %s, want %d or more", len(r.Targets), w.about, n)
	}
}

func TestMarkdown(t *testing.T) {
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"-scenario", "cpu", "-provider", "box,webex", "-members", "50", "-runs", "1", "-o", "markdown"}, nil, &out, &errs); err != nil {
		t.Fatalf("%v: %s", err, errs.Bytes())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if lines[0] != "<!-- bench -->" || lines[len(lines)-1] != "<!-- end -->" {
		t.Errorf("the table stands between %q and %q", lines[0], lines[len(lines)-1])
	}
	rows := slices.DeleteFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "|") })
	if len(rows) != 2+len(clients.All) || rows[0] != "|  | Box | Webex |" {
		t.Errorf("the table has %d rows and begins %q", len(rows), rows[0])
	}
}

// Every row of the selected providers is measured, with the requests of the table, and
// the document has the largest size of each.
func TestTrips(t *testing.T) {
	s := newSettings(t)
	for _, r := range trips.Rows() {
		if r.Now.Chain <= 2 && r.Size.G <= 1 {
			s.rows = append(s.rows, r)
		}
	}
	r, err := roundTrips(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var want, got [][]string
	documented := map[string]int{}
	for _, row := range s.rows {
		if slices.Contains(s.providers, row.Provider) {
			want = append(want, []string{row.Job.Name, row.Provider, row.Size.String(), strconv.Itoa(row.Now.Requests)})
			documented[row.Job.Name+row.Provider]++
		}
	}
	for _, cells := range r.Tables[0].Rows {
		got = append(got, cells[:4])
		if ms, err := strconv.Atoi(cells[8]); err != nil || ms < 50 {
			t.Errorf("%q took %q ms, want 50 or more", cells[:3], cells[8])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-table +report):\n%s", diff)
	}
	if len(r.Trips.Rows) != len(documented) || len(want) == len(documented) {
		t.Errorf("%d rows for the document, want %d of %d", len(r.Trips.Rows), len(documented), len(want))
	}
	if len(r.Targets) != 2 || !r.Targets[1].Met() {
		t.Errorf("targets %+v", r.Targets)
	}
}

// A job that fails ends the scenario, and so does the end of the context.
func TestTripsFail(t *testing.T) {
	s := newSettings(t)
	s.rows = trips.Rows()[:1]
	s.providers = []string{s.rows[0].Provider}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := roundTrips(ctx, s); err == nil {
		t.Error("a cancelled job is measured")
	}
}

// newSettings returns settings that are small enough for a test.
func newSettings(t *testing.T) settings {
	t.Helper()
	b, err := measure.New(1, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return settings{bench: b, providers: []string{"clerk", "webex"}, members: 100, sizes: []int{50, 1100}, pages: 3, groups: 9, small: 4}
}

func TestMemory(t *testing.T) {
	r, err := memory(t.Context(), newSettings(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Tables) != 1 {
		t.Fatalf("%d tables, want 1", len(r.Tables))
	}
	if r.Tables[0].Note != "" { // nothing is claimed of a system that does not tell
		if len(r.Targets) > 0 {
			t.Errorf("%s, and yet %+v", r.Tables[0].Note, r.Targets)
		}
		return
	}
	if rows, want := len(r.Tables[0].Rows), 2*len(streaming); rows != want {
		t.Errorf("%d rows, want %d", rows, want)
	}
	if targets, want := len(r.Targets), 2*2*(len(streaming)-1); targets != want {
		t.Errorf("%d targets, want %d", targets, want)
	}
}

// The report has a row for every pair of client and provider.
func TestLatencies(t *testing.T) {
	for _, tt := range []struct {
		name          string
		run           func(context.Context, settings) (report.Report, error)
		rows, targets int
	}{
		{"prefetch", prefetch, 4, 4},
		{"parallel", parallel, 4, 3}, // no Box among the providers
		{"fanout", fanout, 6, 2},
		{"small", small, 10, 6},
	} {
		r, err := tt.run(t.Context(), newSettings(t))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if rows := len(r.Tables[0].Rows); rows != tt.rows || len(r.Targets) != tt.targets {
			t.Errorf("%s has %d rows and %d targets, want %d and %d", tt.name, rows, len(r.Targets), tt.rows, tt.targets)
		}
	}
}

// Offset-based lists remember their members until the end of a group, but no longer.
func TestPeakTargets(t *testing.T) {
	peaks := map[string][]float64{clients.Drain: {10, 11}, clients.Typed: {12, 20}}
	for provider, want := range map[string]float64{"webex": 3, "clerk": 3 + 16*1e6/mib, "box": 3 + 16*corpus.BoxReach/float64(mib)} {
		got := peakTargets(provider, clients.Typed, []int{10_000, 1_000_000}, peaks)
		if len(got) != 2 || got[0].Got != 9 || got[1].Got != 8 || got[0].Limit != want || got[1].Limit != want {
			t.Errorf("%s: %+v, want 9 and 8 of %g", provider, got, want)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-provider", "slack"}, {"-scenario", "sleep"}, {"-o", "xml"}, {"-runs", "many"}, {"-runs", "0"}, {"-members", "0"}, {"-pages", "-1"}} {
		if err := run(t.Context(), args, nil, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

// A failed client fails the run, and the error has the client's message.
func TestAFailureIsTold(t *testing.T) {
	s := newSettings(t)
	job := measure.Job{Client: clients.SDK, Provider: "box", Page: 10, Groups: []corpus.Group{{Size: 10}}}
	if _, err := s.bench.Run(t.Context(), []measure.Job{job}); err == nil || !strings.Contains(err.Error(), "sdk does not read box") {
		t.Errorf("Run says %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	job.Client = clients.Drain
	if _, err := s.bench.Run(ctx, []measure.Job{job}); err == nil {
		t.Error("a run that was given up is none")
	}
}

// The faster use of encoding/json is the baseline. The generated client replaces a
// missing SDK.
func TestReading(t *testing.T) {
	took := func(cpu time.Duration, mallocs uint64) measure.Samples {
		return measure.Samples{{CPU: cpu, Mallocs: mallocs}}
	}
	r := reading{wire: http1, provider: "box", members: 10, page: 1000, few: took(0, 15), of: map[string]measure.Samples{
		clients.Unmarshal: took(1000, 0), clients.Decoder: took(500, 0), clients.Generated: took(1000, 0),
		clients.Typed: took(100, 0), clients.Portable: took(110, 12),
	}}
	want := []report.Target{
		{What: "box: CPU of typed, as a share of encoding/json", Got: 0.2, Limit: 0.20},
		{What: "box: CPU of oapi-codegen, as there is no other SDK, in times of typed", Got: 10, Limit: 7, AtLeast: true},
		{What: "box: CPU of portable, as a share of typed", Got: 1.1, Limit: 1.15},
		{What: "box: allocations a member of portable, in pages of 1000", Got: 1.2, Limit: 0.3},
		{What: "box: allocations a member of portable, in pages of 100", Got: 1.5, Limit: 1.6},
	}
	if diff := cmp.Diff(want, r.targets(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("targets of box: (-want +got)\n%s", diff)
	}
	r.provider, r.page = "pubnub", 100
	r.of[clients.SDK] = took(700, 0)
	want = []report.Target{
		{What: "pubnub: CPU of typed, as a share of encoding/json", Got: 0.2, Limit: 0.35},
		{What: "pubnub: CPU of the other SDK, in times of typed", Got: 7, Limit: 6, AtLeast: true},
		{What: "pubnub: CPU of portable, as a share of typed", Got: 1.1, Limit: 1.15},
		{What: "pubnub: allocations a member of portable, in pages of 100", Got: 1.5, Limit: 1.6},
	}
	if diff := cmp.Diff(want, r.targets(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("targets of pubnub: (-want +got)\n%s", diff)
	}
}
