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

// prefetch works on every page for as long as the server delays the next one. Done
// concurrently, the two take half of the sequential time.
func prefetch(ctx context.Context, s settings) (report.Report, error) {
	const (
		latency = 5 * time.Millisecond
		page    = 100
		limit   = 0.52
	)
	r := report.Report{Tables: []report.Table{{
		Title:   fmt.Sprintf("prefetch: %d pages of %d, %v to an answer, %v of work on each", s.pages, page, latency, latency),
		Note:    "× is the ratio to asking for a page when the one before has been consumed",
		Columns: []string{"provider", "work", "one by one ms", "ahead ms", "×"},
	}}}
	for _, provider := range s.among("clerk", "webex") {
		for _, busy := range []bool{false, true} {
			ahead := measure.Job{
				Client: clients.Typed, Provider: provider, Page: page, Groups: corpus.Split(provider, s.pages*page),
				Wire: server.Wire{Latency: latency}, Work: latency, Busy: busy,
			}
			after := ahead
			after.NoPrefetch = true
			samples, err := s.measured(ctx, &r, "prefetch", []measure.Job{after, ahead})
			if err != nil {
				return r, err
			}
			ratio := samples[1].Ratio(samples[0], measure.Wall)
			work := map[bool]string{false: "waits", true: "computes"}[busy]
			r.Tables[0].Rows = append(r.Tables[0].Rows, []string{
				provider, work, ms(samples[0]), ms(samples[1]), fmt.Sprintf("%.3f", ratio),
			})
			r.Targets = append(r.Targets, report.Target{
				What: fmt.Sprintf("%s: wall clock of prefetch for a caller that %s, as a share of one by one", provider, work), Got: ratio, Limit: limit,
			})
		}
	}
	return r, nil
}

// ms formats the median wall-clock time in milliseconds.
func ms(s measure.Samples) string { return fmt.Sprintf("%.0f", s.Of(measure.Wall)*1e3) }
