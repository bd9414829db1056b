// Command mutate changes a package in one place after the other and runs tests on each
// change. A change that no test notices is a gap in the tests, or has no effect. The
// source tree stays untouched.
//
//	go run ./scripts/mutate ./wrappers/webex
//	go run ./scripts/mutate -n 50 ./internal/paging ./internal/client ./wrappers/box
//
// The command changes the first package and runs its tests and those of the other
// packages.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// least is the minimum time limit of a test run.
const least = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run writes the survivors and a summary to out, and progress messages to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(progress)
	n := flags.Int("n", 0, "try that many mutations, a sample of all; 0 is all")
	seed := flags.Uint64("seed", 1, "what the sample depends on")
	files := flags.String("files", "", "a pattern of the names of the files to change, such as provider.go")
	tests := flags.String("run", "", "run these tests alone, as go test does")
	timeout := flags.Duration("timeout", 0, "how long the tests of a package may take, where a mutation that takes longer is noticed; 0 is four times what they take")
	jobs := flags.Int("j", runtime.GOMAXPROCS(0), "how many mutations are tried at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no package is named")
	}
	sources, err := sourcesOf(ctx, flags.Arg(0), *files)
	if err != nil {
		return err
	}
	var all []mutation
	for _, name := range sources {
		found, err := mutationsOf(name)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	tried := sample(all, *n, *seed)
	t := runner{packages: flags.Args(), run: *tests, timeout: cmp.Or(*timeout, 10*time.Minute)}
	start := time.Now()
	if verdict, text := t.try(ctx, mutation{}); verdict != survived {
		return fmt.Errorf("the tests fail without a mutation:\n%s", text)
	}
	t.timeout = cmp.Or(*timeout, least+4*time.Since(start).Round(time.Second))
	counts, err := t.all(ctx, tried, *jobs, progress)
	for _, m := range counts.survivors {
		fmt.Fprintln(out, m)
	}
	fmt.Fprintf(out, "%s: tried %d of %d, killed %d (%d by the time they took), not built %d, survived %d\n",
		flags.Arg(0), counts.tried(), len(all), counts.of[killed]+counts.of[timedOut], counts.of[timedOut], counts.of[notBuilt], counts.of[survived])
	return err
}
