package main

import (
	"context"
	"fmt"
	"time"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
	"github.com/memberships-go/memberships/bench/internal/server"
)

// fanout reads many small groups concurrently. The ideal is a server that is never idle:
// one response after another in every lane.
func fanout(ctx context.Context, s settings) (report.Report, error) {
	const (
		latency = 50 * time.Millisecond
		members = 25
	)
	var groups []corpus.Group
	for i := range s.groups {
		groups = append(groups, corpus.Group{Size: members, Index: i})
	}
	var jobs []measure.Job
	for _, concurrency := range []int{8, 32} {
		for _, client := range []string{clients.Drain, clients.Typed, clients.Portable} {
			jobs = append(jobs, measure.Job{
				Client: client, Provider: "box", Page: corpus.MaxPage["box"], Groups: groups, Wire: server.Wire{Latency: latency}, Concurrency: concurrency,
			})
		}
	}
	var r report.Report
	samples, err := s.measured(ctx, &r, "fanout", jobs)
	if err != nil {
		return r, err
	}
	t := report.Table{
		Title:   fmt.Sprintf("fan-out: %d Box groups of %d members, %v to an answer", s.groups, members, latency),
		Columns: []string{"at a time", "client", "wall ms", "ideal ms", "×"},
	}
	limits := map[int]float64{8: 1.05, 32: 1.08}
	for i, j := range jobs {
		rounds := (s.groups + j.Concurrency - 1) / j.Concurrency
		ideal := (time.Duration(rounds) * latency).Seconds()
		wall := samples[i].Of(measure.Wall)
		t.Rows = append(t.Rows, []string{
			fmt.Sprint(j.Concurrency), j.Client, ms(samples[i]), fmt.Sprintf("%.0f", ideal*1e3), fmt.Sprintf("%.3f", wall/ideal),
		})
		if j.Client == clients.Portable {
			r.Targets = append(r.Targets, report.Target{
				What: fmt.Sprintf("fan-out: wall clock of %d groups at a time, as a share of the ideal", j.Concurrency), Got: wall / ideal, Limit: limits[j.Concurrency],
			})
		}
	}
	r.Tables = append(r.Tables, t)
	return r, nil
}
