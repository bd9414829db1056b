package main

import (
	"context"
	"fmt"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
)

// Limits of the portable API in small groups: its CPU in terms of the other SDK's, its
// allocations in terms of bare net/http's, and the CPU of ListMany in terms of List's.
const (
	sdkOfSmall  = 1.0
	bareOfSmall = 1.2
	manyOfSmall = 1.1
)

// small reads many groups of a few members, where a request costs more than its members.
// The last job reads the groups by ListMany.
func small(ctx context.Context, s settings) (report.Report, error) {
	const (
		members     = 5
		concurrency = 8
	)
	t := report.Table{
		Title:   fmt.Sprintf("small groups: %d groups of %d members", s.small, members),
		Note:    "a group's share; the CPU's × is the ratio to the other SDK, the allocations' × that to net/http with encoding/json",
		Columns: []string{"provider", "client", "CPU µs", "×", "allocs", "×"},
	}
	var r report.Report
	for _, provider := range s.providers {
		var groups []corpus.Group
		for i := range s.small {
			groups = append(groups, corpus.Group{Size: members, Index: i})
		}
		var jobs []measure.Job
		names := []string{clients.Unmarshal, clients.SDK, clients.Typed, clients.Portable}
		for _, client := range names {
			if clients.Reads(client, provider) {
				jobs = append(jobs, measure.Job{Client: client, Provider: provider, Page: corpus.MaxPage[provider], Groups: groups})
			}
		}
		many := jobs[len(jobs)-1]
		many.Concurrency = concurrency
		samples, err := s.measured(ctx, &r, "small", append(jobs, many))
		if err != nil {
			return r, err
		}
		read := smallReading{provider: provider, groups: s.small, of: map[string]measure.Samples{}, many: samples[len(jobs)]}
		for i, j := range jobs {
			read.of[j.Client] = samples[i]
		}
		for _, client := range names {
			if samples, ok := read.of[client]; ok {
				t.Rows = append(t.Rows, read.row(client, samples))
			}
		}
		t.Rows = append(t.Rows, read.row("portable, ListMany", read.many))
		r.Targets = append(r.Targets, read.targets()...)
	}
	r.Tables = append(r.Tables, t)
	return r, nil
}

// smallReading holds the samples of every client for the small groups of one provider.
type smallReading struct {
	provider string
	groups   int
	of       map[string]measure.Samples // by the client's name
	many     measure.Samples            // of ListMany
}

func (r smallReading) row(name string, s measure.Samples) []string {
	n, ratio := float64(r.groups), "–"
	if other, ok := r.of[clients.SDK]; ok {
		ratio = fmt.Sprintf("%.2f", s.Ratio(other, measure.CPU))
	}
	return []string{
		r.provider, name, fmt.Sprintf("%.0f", s.Of(measure.CPU)/n*1e6), ratio,
		fmt.Sprintf("%.0f", s.Of(measure.Mallocs)/n), fmt.Sprintf("%.2f", s.Ratio(r.of[clients.Unmarshal], measure.Mallocs)),
	}
}

func (r smallReading) targets() []report.Target {
	portable := r.of[clients.Portable]
	targets := []report.Target{
		{What: r.provider + ", small groups: allocations of portable, in times of net/http", Got: portable.Ratio(r.of[clients.Unmarshal], measure.Mallocs), Limit: bareOfSmall},
		{What: r.provider + ", small groups: CPU of ListMany, in times of List", Got: r.many.Ratio(portable, measure.CPU), Limit: manyOfSmall},
	}
	if sdk, ok := r.of[clients.SDK]; ok {
		targets = append(targets, report.Target{What: r.provider + ", small groups: CPU of portable, in times of the other SDK", Got: portable.Ratio(sdk, measure.CPU), Limit: sdkOfSmall})
	}
	return targets
}
