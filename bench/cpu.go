package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
	"github.com/memberships-go/memberships/bench/internal/server"
)

// promises are the maximum CPU time as a share of net/http with encoding/json, and the
// minimum ratio to the best other SDK.
var promises = map[string]struct{ json, sdk float64 }{
	"clerk": {0.20, 10}, "webex": {0.20, 10}, "box": {0.20, 7}, "googlechat": {0.20, 7}, "pubnub": {0.35, 6},
}

// Maximum allocations for each member in the portable API, in pages of 500 or more and in
// smaller pages.
const (
	fewer          = 100
	mallocsOfMany  = 0.3
	mallocsOfFewer = 1.6
)

// Maximum CPU time over HTTP/2 with gzip in pages of 500 or more, as a share of net/http
// with encoding/json and in times of draining.
const (
	jsonOfGzip  = 0.40
	drainOfGzip = 1.8
)

// wires are the ways of the answers: those of real providers first, then the least that
// HTTP costs.
var (
	http2Gzip = wire{server.Wire{TLS: true, Gzip: true}, "h2-gzip", "HTTP/2 with TLS and gzip"}
	http2TLS  = wire{server.Wire{TLS: true}, "h2", "HTTP/2 with TLS"}
	http1     = wire{server.Wire{}, "cpu", "plain HTTP/1.1"}
)

// wire is a way of the answers with the name of its scenario.
type wire struct {
	server.Wire
	scenario, about string
}

// cpu reads the same list of each provider with every client, from a server without
// latency. The portable client, which is the last, also reads smaller pages.
func (w wire) cpu(ctx context.Context, s settings) (report.Report, error) {
	r := report.Report{Tables: []report.Table{legend()}}
	readme := readmeTable{wire: w}
	for _, provider := range s.providers {
		var jobs []measure.Job
		for _, c := range clients.All {
			if c.New[provider] != nil {
				jobs = append(jobs, measure.Job{
					Client: c.Name, Provider: provider, Page: s.pageOf(provider), Groups: corpus.Split(provider, s.members), Wire: w.Wire,
				})
			}
		}
		few := jobs[len(jobs)-1]
		few.Page = min(few.Page, fewer)
		samples, err := s.measured(ctx, &r, w.scenario, append(jobs, few))
		if err != nil {
			return r, err
		}
		read := reading{wire: w, provider: provider, members: s.members, page: s.pageOf(provider), of: map[string]measure.Samples{}}
		for i, j := range jobs {
			read.of[j.Client] = samples[i]
		}
		read.few = samples[len(jobs)]
		r.Tables = append(r.Tables, read.table())
		r.Targets = append(r.Targets, read.targets()...)
		readme.add(read)
	}
	if w != http2TLS {
		r.Readme = []report.Table{readme.table()}
	}
	return r, nil
}

// legend describes the clients.
func legend() report.Table {
	t := report.Table{Title: "clients", Columns: []string{"name", "what it is"}}
	for _, c := range clients.All {
		t.Rows = append(t.Rows, []string{c.Name, c.About})
	}
	return t
}

// reading holds the samples of every client for one list.
type reading struct {
	wire          wire
	provider      string
	members, page int
	of            map[string]measure.Samples // by the client's name
	few           measure.Samples            // of the portable client, in pages of fewer
}

// mallocs returns the number of allocations for each member.
func (r reading) mallocs(s measure.Samples) float64 {
	return s.Of(measure.Mallocs) / float64(r.members)
}

// baseline returns the samples of the faster use of encoding/json.
func (r reading) baseline() measure.Samples {
	a, b := r.of[clients.Unmarshal], r.of[clients.Decoder]
	if a.Of(measure.CPU) < b.Of(measure.CPU) {
		return a
	}
	return b
}

// other returns the samples of the other SDK, or of the generated client if there is
// none.
func (r reading) other() (string, measure.Samples) {
	if s, ok := r.of[clients.SDK]; ok {
		return "the other SDK", s
	}
	return "oapi-codegen, as there is no other SDK", r.of[clients.Generated]
}

func (r reading) table() report.Table {
	t := report.Table{
		Title:   fmt.Sprintf("%s over %s: %d members in pages of %d", r.provider, r.wire.about, r.members, r.page),
		Note:    "a member's share; × is the ratio to the faster use of encoding/json",
		Columns: []string{"client", "CPU µs", "×", "wall µs", "×", "allocs", "bytes", "peak MiB"},
	}
	base, n := r.baseline(), float64(r.members)
	for _, c := range clients.All {
		s, ok := r.of[c.Name]
		if !ok {
			continue
		}
		t.Rows = append(t.Rows, []string{
			c.Name,
			fmt.Sprintf("%.3f", s.Of(measure.CPU)/n*1e6), fmt.Sprintf("%.3f", s.Ratio(base, measure.CPU)),
			fmt.Sprintf("%.3f", s.Of(measure.Wall)/n*1e6), fmt.Sprintf("%.3f", s.Ratio(base, measure.Wall)),
			fmt.Sprintf("%.2f", r.mallocs(s)), fmt.Sprintf("%.0f", s.Of(measure.Bytes)/n),
			fmt.Sprintf("%.1f", s.Of(measure.Peak)/(1<<20)),
		})
	}
	return t
}

func (r reading) targets() []report.Target {
	switch r.wire {
	case http2Gzip:
		return r.gzipTargets()
	case http2TLS:
		return nil
	}
	p, typed, portable := promises[r.provider], r.of[clients.Typed], r.of[clients.Portable]
	name, other := r.other()
	targets := []report.Target{
		{What: fmt.Sprintf("%s: CPU of typed, as a share of encoding/json", r.provider), Got: typed.Ratio(r.baseline(), measure.CPU), Limit: p.json},
		{What: fmt.Sprintf("%s: CPU of %s, in times of typed", r.provider, name), Got: other.Ratio(typed, measure.CPU), Limit: p.sdk, AtLeast: true},
		{What: fmt.Sprintf("%s: CPU of portable, as a share of typed", r.provider), Got: portable.Ratio(typed, measure.CPU), Limit: 1.15},
	}
	if r.page >= 500 {
		targets = append(targets, report.Target{
			What: fmt.Sprintf("%s: allocations a member of portable, in pages of %d", r.provider, r.page), Got: r.mallocs(portable), Limit: mallocsOfMany,
		})
	}
	return append(targets, report.Target{
		What: fmt.Sprintf("%s: allocations a member of portable, in pages of %d", r.provider, min(r.page, fewer)), Got: r.mallocs(r.few), Limit: mallocsOfFewer,
	})
}

// gzipTargets are the targets of large pages over HTTP/2 with gzip.
func (r reading) gzipTargets() []report.Target {
	if r.page < 500 {
		return nil
	}
	portable := r.of[clients.Portable]
	return []report.Target{
		{What: fmt.Sprintf("%s over %s: CPU of portable, as a share of encoding/json", r.provider, r.wire.about), Got: portable.Ratio(r.baseline(), measure.CPU), Limit: jsonOfGzip},
		{What: fmt.Sprintf("%s over %s: CPU of portable, in times of draining", r.provider, r.wire.about), Got: portable.Ratio(r.of[clients.Drain], measure.CPU), Limit: drainOfGzip},
	}
}

// readmeTable has a row for each client and a column for each provider.
type readmeTable struct {
	wire     wire
	readings []reading
}

func (t *readmeTable) add(r reading) { t.readings = append(t.readings, r) }

// titles are the providers' names in prose.
var titles = map[string]string{"clerk": "Clerk", "webex": "Webex", "box": "Box", "pubnub": "PubNub", "googlechat": "Google Chat"}

func (t *readmeTable) table() report.Table {
	out := report.Table{
		Title:   "CPU time to list a membership over " + t.wire.about + ", in terms of `net/http` with `encoding/json` (and allocations):",
		Columns: []string{""},
	}
	for _, r := range t.readings {
		out.Columns = append(out.Columns, titles[r.provider])
	}
	all := slices.Clone(clients.All)
	slices.Reverse(all) // ours first
	for _, c := range all {
		row := []string{c.About}
		for _, r := range t.readings {
			s, ok := r.of[c.Name]
			if !ok {
				row = append(row, "–")
				continue
			}
			row = append(row, fmt.Sprintf("%.2f (%.1f)", s.Ratio(r.baseline(), measure.CPU), r.mallocs(s)))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
