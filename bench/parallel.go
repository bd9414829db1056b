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

// parallel reads one list with several pages in flight, from providers that page by
// offset. The pages are small, so that a Box list has enough of them.
func parallel(ctx context.Context, s settings) (report.Report, error) {
	const (
		latency = 50 * time.Millisecond
		page    = 50
	)
	pages := 2 * s.pages
	faster := []struct {
		pages int
		times float64
	}{{8, 7}, {16, 12}, {32, 18}}
	r := report.Report{Tables: []report.Table{{
		Title:   fmt.Sprintf("parallel pages: %d pages of %d, %v to an answer", pages, page, latency),
		Columns: []string{"provider", "at a time", "wall ms", "times faster"},
	}}}
	for _, provider := range s.among("clerk", "box") {
		one := measure.Job{
			Client: clients.Typed, Provider: provider, Page: page, Groups: corpus.Split(provider, pages*page), Wire: server.Wire{Latency: latency}, Parallel: 1,
		}
		jobs := []measure.Job{one}
		for _, f := range faster {
			some := one
			some.Parallel = f.pages
			jobs = append(jobs, some)
		}
		samples, err := s.measured(ctx, &r, "parallel", jobs)
		if err != nil {
			return r, err
		}
		for i, j := range jobs {
			r.Tables[0].Rows = append(r.Tables[0].Rows, []string{
				provider, fmt.Sprint(j.Parallel), ms(samples[i]), fmt.Sprintf("%.1f", samples[0].Ratio(samples[i], measure.Wall)),
			})
		}
		for i, f := range faster {
			r.Targets = append(r.Targets, report.Target{
				What: fmt.Sprintf("%s: times faster with %d pages at a time", provider, f.pages),
				Got:  samples[0].Ratio(samples[i+1], measure.Wall), Limit: f.times, AtLeast: true,
			})
		}
	}
	return r, nil
}
