// Command bench compares this module with the other ways to list memberships from Go in
// one run; see Usage below. A server process serves pages as the providers do. Every
// client runs in its own process, in turn with the others.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/measure"
	"github.com/memberships-go/memberships/bench/internal/report"
	"github.com/memberships-go/memberships/internal/trips"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are the values of the flags.
type settings struct {
	bench     *measure.Bench
	providers []string
	members   int
	page      int
	sizes     []int       // of the listings in the scenario memory
	pages     int         // of the listing in the scenario prefetch; half of those in parallel
	groups    int         // to list in the scenario fanout
	small     int         // groups to list in the scenario small
	rows      []trips.Row // of the scenario trips
}

// among returns the selected providers that a scenario covers.
func (s settings) among(providers ...string) []string {
	return slices.DeleteFunc(providers, func(p string) bool { return !slices.Contains(s.providers, p) })
}

// measured runs the jobs of a scenario and records the samples in r.
func (s settings) measured(ctx context.Context, r *report.Report, scenario string, jobs []measure.Job) ([]measure.Samples, error) {
	samples, err := s.bench.Run(ctx, jobs)
	for i := range samples {
		r.Measured = append(r.Measured, report.Measured{Scenario: scenario, Job: jobs[i], Samples: samples[i]})
	}
	return samples, err
}

// pageOf returns the page size for a provider: its maximum, unless a flag overrides it.
func (s settings) pageOf(provider string) int {
	return min(cmp.Or(s.page, corpus.MaxPage[provider]), corpus.MaxPage[provider])
}

// scenarios in the order of the report.
var scenarios = []struct {
	name, about string
	run         func(context.Context, settings) (report.Report, error)
}{
	{http2Gzip.scenario, "CPU, wall clock and allocations of every client without latency, over " + http2Gzip.about, http2Gzip.cpu},
	{http2TLS.scenario, "the same over " + http2TLS.about, http2TLS.cpu},
	{http1.scenario, "the same over " + http1.about, http1.cpu},
	{"small", "2,000 groups of 5, one by one and with ListMany", small},
	{"memory", "the most memory held while 10,000 to 1,000,000 members pass", memory},
	{"prefetch", "a caller whose work on a page takes as long as the next page", prefetch},
	{"parallel", "8, 16 and 32 pages of a listing on their way at once, at 50 ms", parallel},
	{"fanout", "200 groups, 8 and 32 at a time, at 50 ms", fanout},
	{"trips", "the requests of everyday jobs with the emulator, at 50 ms", roundTrips},
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	if len(args) == 2 && args[0] == measure.ServeCommand {
		return measure.Serve(args[1], in, out)
	}
	if len(args) == 2 && args[0] == measure.ClientCommand {
		return measure.Child(ctx, args[1], out)
	}
	var names []string
	about := "scenarios to run:"
	for _, s := range scenarios {
		names = append(names, s.name)
		about += fmt.Sprintf("\n%s: %s", s.name, s.about)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errs)
	runs := flags.Int("runs", 5, "how often each client runs; the report has medians")
	members := flags.Int("members", 200_000, "how many members the scenarios of CPU read of each provider")
	page := flags.Int("pages", 0, "page size of the scenarios of CPU, the provider's largest by default")
	providers := flags.String("provider", strings.Join(corpus.Providers, ","), "providers to read")
	wanted := flags.String("scenario", strings.Join(names, ","), about)
	format := flags.String("o", "text", "text, json, or markdown: the tables of docs/speed.md and docs/roundtrips.md")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *runs < 1 || *members < 1 || *page < 0 {
		return errors.New("runs and members are 1 or more, a page size is not below zero")
	}
	s := settings{providers: strings.Split(*providers, ","), members: *members, page: *page, sizes: []int{10_000, 100_000, 1_000_000}, pages: 100, groups: 200, small: 2000, rows: trips.Rows()}
	chosen := strings.Split(*wanted, ",")
	for _, check := range []struct{ what, known []string }{{s.providers, corpus.Providers}, {chosen, names}, {[]string{*format}, []string{"text", "json", "markdown"}}} {
		for _, w := range check.what {
			if !slices.Contains(check.known, w) {
				return fmt.Errorf("%q is none of %s", w, strings.Join(check.known, ", "))
			}
		}
	}
	var err error
	if s.bench, err = measure.New(*runs, progress(errs)); err != nil {
		return err
	}
	r := report.Report{Machine: machine(*runs)}
	for _, sc := range scenarios {
		if !slices.Contains(chosen, sc.name) {
			continue
		}
		part, err := sc.run(ctx, s)
		if err != nil {
			_ = s.bench.Close()
			return err
		}
		r.Add(part)
	}
	if err := s.bench.Close(); err != nil {
		return err
	}
	switch *format {
	case "json":
		return r.JSON(out)
	case "markdown":
		return r.Markdown(out)
	}
	return r.Text(out)
}

// progress returns w if it is a terminal.
func progress(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return w
		}
	}
	return io.Discard
}

// machine describes the machine on which the numbers depend.
func machine(runs int) string {
	name := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range bytes.Lines(info) {
			if k, v, _ := strings.Cut(string(l), ":"); strings.TrimSpace(k) == "model name" {
				name = strings.TrimSpace(v)
				break
			}
		}
	}
	return fmt.Sprintf("%s %s, %d cores of %s; medians of %d runs in turn", runtime.Version(), runtime.GOOS, runtime.NumCPU(), name, runs)
}
