package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/memberships-go/memberships/bench/internal/report"
	"github.com/memberships-go/memberships/internal/trips"
)

// A chain of more than longChain requests waits for most of its time. The scenario trips
// measures sideBySide of these jobs at the same time, and the others alone.
const (
	longChain  = 40
	sideBySide = 8
)

// roundTrips does every job of the selected providers once, with the emulator behind a
// latency.
func roundTrips(ctx context.Context, s settings) (report.Report, error) {
	const latency = 50 * time.Millisecond
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(r trips.Row) bool { return !slices.Contains(s.providers, r.Provider) })
	got, err := measureTrips(ctx, rows, trips.Conditions{Latency: latency, Network: true})
	if err != nil {
		return report.Report{}, err
	}
	all := report.Table{
		Title:   fmt.Sprintf("trips: requests of a job, and the longest chain of requests that waited for each other, %v to an answer", latency),
		Columns: []string{"job", "provider", "size", "requests", "budget", "least", "chain", "budget", "ms", "above its budget because"},
	}
	doc := report.Table{
		Title:   fmt.Sprintf("Requests of a job, of its goal and of the provider's minimum, and the time with %d ms to an answer:", latency.Milliseconds()),
		Columns: trips.Columns(),
		Note:    "This is `cd bench && go run . -scenario trips -o markdown`.",
	}
	above, other := 0, 0
	for i, r := range rows {
		if r.AboveBudget() {
			above++
		}
		if got[i].Requests != r.Now.Requests {
			other++
		}
		all.Rows = append(all.Rows, []string{
			r.Job.Name, r.Provider, r.Size.String(),
			strconv.Itoa(got[i].Requests), strconv.Itoa(r.Budget.Requests), strconv.Itoa(r.Least),
			strconv.Itoa(got[i].Chain), strconv.Itoa(r.Budget.Chain), milliseconds(got[i].wall), r.Over,
		})
		if largest(rows, i) {
			doc.Rows = append(doc.Rows, r.Cells(got[i].Trips, got[i].wall))
		}
	}
	return report.Report{
		Tables: []report.Table{all}, Trips: doc,
		Targets: []report.Target{
			{What: fmt.Sprintf("trips: jobs above their budgets, of %d", len(rows)), Got: float64(above), Limit: 0},
			{What: "trips: jobs with another number of requests than the tests hold", Got: float64(other), Limit: 0},
		},
	}, nil
}

// largest reports whether a row has the largest size of its job and provider, which comes
// last.
func largest(rows []trips.Row, i int) bool {
	return i == len(rows)-1 || rows[i+1].Job != rows[i].Job || rows[i+1].Provider != rows[i].Provider
}

// walked are the requests of a job, and the time that it took.
type walked struct {
	trips.Trips
	wall time.Duration
}

// measureTrips measures rows: short ones alone, and then long ones at the same time. It
// measures the first row once more at the beginning, to warm up.
func measureTrips(ctx context.Context, rows []trips.Row, cond trips.Conditions) ([]walked, error) {
	got, errs := make([]walked, len(rows)), make([]error, len(rows))
	measure := func(i int) { got[i].Trips, got[i].wall, errs[i] = rows[i].Measure(ctx, cond) }
	var long []int
	for i, r := range rows {
		if r.Now.Chain > longChain {
			long = append(long, i)
			continue
		}
		if i == 0 {
			measure(i)
		}
		measure(i)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range sideBySide {
		wg.Go(func() {
			for i := range next {
				measure(i)
			}
		})
	}
	for _, i := range long {
		next <- i
	}
	close(next)
	wg.Wait()
	return got, errors.Join(errs...)
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
