package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// verdict is the result of a mutation.
type verdict int

const (
	survived verdict = iota // the tests pass
	killed
	timedOut // the tests exceed their time limit
	notBuilt
	broken // the run decided nothing
)

// runner runs tests on mutations.
type runner struct {
	packages []string
	run      string
	timeout  time.Duration
}

// summary counts the verdicts.
type summary struct {
	of        [broken + 1]int
	survivors []mutation
}

func (c summary) tried() (n int) {
	for _, some := range c.of {
		n += some
	}
	return n
}

// sourcesOf returns the non-test files of a package whose names match a pattern.
func sourcesOf(ctx context.Context, pkg, pattern string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-json=Dir,GoFiles", pkg)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	b, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", pkg, err, errs.String())
	}
	var listed struct {
		Dir     string
		GoFiles []string
	}
	if err := json.Unmarshal(b, &listed); err != nil {
		return nil, fmt.Errorf("%s is not one package: %w", pkg, err)
	}
	var names []string
	for _, name := range listed.GoFiles {
		if fits, err := path.Match(pattern, name); err != nil {
			return nil, err
		} else if fits || pattern == "" {
			names = append(names, filepath.Join(listed.Dir, name))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no file %s", pkg, pattern)
	}
	return names, nil
}

// all runs mutations concurrently and returns the survivors in order, also after an
// error.
func (t runner) all(ctx context.Context, mutations []mutation, jobs int, progress io.Writer) (summary, error) {
	var (
		mu     sync.Mutex
		group  sync.WaitGroup
		counts summary
		failed error
		next   = make(chan mutation)
	)
	for range max(jobs, 1) {
		group.Go(func() {
			for m := range next {
				v, text := t.try(ctx, m)
				if ctx.Err() != nil {
					continue // it was cancelled and decides nothing
				}
				mu.Lock()
				counts.of[v]++
				switch {
				case v == survived:
					counts.survivors = append(counts.survivors, m)
				case v == broken && failed == nil:
					failed = fmt.Errorf("%s: %s", m, text)
				}
				if tried := counts.tried(); v == survived || tried%25 == 0 {
					fmt.Fprintf(progress, "tried %d of %d, %d survived\n", tried, len(mutations), counts.of[survived])
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutations {
		if ctx.Err() != nil {
			break
		}
		next <- m
	}
	close(next)
	group.Wait()
	slices.SortStableFunc(counts.survivors, func(a, b mutation) int {
		return slices.Index(mutations, a) - slices.Index(mutations, b)
	})
	return counts, errors.Join(context.Cause(ctx), failed)
}

// try runs the tests on one mutation, or on the original code.
func (t runner) try(ctx context.Context, m mutation) (verdict, string) {
	args := []string{"test", "-failfast", "-vet=off", "-timeout", t.timeout.String()}
	if t.run != "" {
		args = append(args, "-run", t.run)
	}
	if m.file != "" {
		dir, err := os.MkdirTemp("", "mutate")
		if err != nil {
			return broken, err.Error()
		}
		defer func() { _ = os.RemoveAll(dir) }()
		name, err := m.write(dir)
		if err != nil {
			return broken, err.Error()
		}
		args = append(args, "-overlay", name)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, t.packages...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return judge(string(out), err), string(out)
}

// write writes the changed file and its overlay into a directory.
func (m mutation) write(dir string) (overlayName string, _ error) {
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "changed.go")
	overlayName = filepath.Join(dir, "overlay.json")
	return overlayName, errors.Join(
		os.WriteFile(changed, m.apply(), 0o600),
		os.WriteFile(overlayName, overlay(file, changed), 0o600))
}

// judge interprets the output of go test.
func judge(out string, err error) verdict {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return survived
	case !errors.As(err, &exit) || exit.ExitCode() < 0:
		return broken
	case strings.Contains(out, "[build failed]"), strings.Contains(out, "[setup failed]"):
		return notBuilt
	case strings.Contains(out, "panic: test timed out after"):
		return timedOut
	}
	return killed
}
