package main

import (
	"context"
	"fmt"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
)

const mib = 1 << 20

// allowance is the maximum memory in MiB beyond drain's, and the maximum growth from a
// short list to a long one.
const allowance = 3

// remembered is the number of additional bytes for each member in lists that page by
// offset, including PubNub's. Such a list remembers the yielded members to avoid
// duplicates.
var remembered = map[string]int{"clerk": 16, "box": 16, "pubnub": 16}

// memory reads lists of growing length and measures the peak memory of the process.
func memory(ctx context.Context, s settings) (report.Report, error) {
	var r report.Report
	t := report.Table{
		Title:   "memory: the most that a process held while members passed, in MiB",
		Columns: []string{"provider", "client"},
	}
	for _, n := range s.sizes {
		t.Columns = append(t.Columns, fmt.Sprint(n))
	}
	for _, provider := range s.providers {
		var jobs []measure.Job
		for _, client := range streaming {
			for _, n := range s.sizes {
				jobs = append(jobs, measure.Job{
					Client: client, Provider: provider, Page: corpus.MaxPage[provider], Groups: corpus.Split(provider, n),
				})
			}
		}
		samples, err := s.measured(ctx, &r, "memory", jobs)
		if err != nil {
			return r, err
		}
		peaks := map[string][]float64{}
		for i, j := range jobs {
			peak := samples[i].Of(measure.Peak) / mib
			if peak == 0 {
				t.Note = "This system does not tell."
				r.Tables = append(r.Tables, t)
				return r, nil
			}
			peaks[j.Client] = append(peaks[j.Client], peak)
		}
		for _, client := range streaming {
			row := []string{provider, client}
			for _, peak := range peaks[client] {
				row = append(row, fmt.Sprintf("%.1f", peak))
			}
			t.Rows = append(t.Rows, row)
			if client != clients.Drain {
				r.Targets = append(r.Targets, peakTargets(provider, client, s.sizes, peaks)...)
			}
		}
	}
	r.Tables = append(r.Tables, t)
	return r, nil
}

// streaming are the clients whose memory is independent of the length of a list.
var streaming = []string{clients.Drain, clients.Typed, clients.Portable}

func peakTargets(provider, client string, sizes []int, peaks map[string][]float64) []report.Target {
	last := len(sizes) - 1
	longest := 0 // the ids of members are remembered to the end of their group
	for _, g := range corpus.Split(provider, sizes[last]) {
		longest = max(longest, g.Size)
	}
	limit := allowance + float64(longest*remembered[provider])/mib
	held, drained := peaks[client], peaks[clients.Drain]
	return []report.Target{{
		What: fmt.Sprintf("%s: MiB that %s holds beyond draining, for %d members", provider, client, sizes[last]),
		Got:  held[last] - drained[last], Limit: limit,
	}, {
		What: fmt.Sprintf("%s: MiB that %s holds more for %d members than for %d", provider, client, sizes[last], sizes[0]),
		Got:  held[last] - held[0], Limit: limit,
	}}
}
