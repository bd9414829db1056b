// Package trips counts the requests of everyday jobs with every provider, against the
// emulator, and holds their numbers in one table.
package trips

import (
	"context"
	"fmt"
	"time"
)

// Size is the size of a job.
type Size struct {
	// N is the number of members, G the number of groups.
	N, G int
}

// String returns "n=25", "g=250", or "" for a job without a size.
func (s Size) String() string {
	switch {
	case s.G > 0:
		return fmt.Sprintf("g=%d", s.G)
	case s.N > 0:
		return fmt.Sprintf("n=%d", s.N)
	}
	return ""
}

// Conditions are the circumstances of a measurement.
type Conditions struct {
	// Latency delays every request.
	Latency time.Duration
	// Network reports that requests go through a listener. Without it, they reach the
	// emulator in memory, except for those of a command.
	Network bool
}

// Measure does the job of a row once and returns its requests and the time that it took.
func (r Row) Measure(ctx context.Context, cond Conditions) (Trips, time.Duration, error) {
	c := &counter{latency: cond.Latency}
	s, stop, err := open(r.Provider, r.Size, r.Job.seed(r.Size), c, cond.Network || r.Job.command)
	if err != nil {
		return Trips{}, 0, err
	}
	defer stop()
	if err := s.find(ctx, r.Job.people); err != nil {
		return Trips{}, 0, err
	}
	start := time.Now()
	err = r.Job.run(ctx, s)
	took := time.Since(start)
	if err != nil {
		err = fmt.Errorf("%s: %w", r.Name(), err)
	}
	return c.trips(), took, err
}

// seed returns the seed data of a job.
func (j *Job) seed(s Size) []byte {
	switch {
	case j.many:
		return state(-1, 0, s.G)
	case j.people == crowd:
		return state(0, s.N, 0)
	case j.people == club:
		return state(s.N, 0, 0)
	}
	return state(s.N-1, 0, 0)
}
