package measure

import "slices"

// Samples are the runs of one job.
type Samples []Sample

// Of returns the median of a number over the runs.
func (s Samples) Of(number func(Sample) float64) float64 {
	values := make([]float64, len(s))
	for i := range s {
		values[i] = number(s[i])
	}
	return median(values)
}

// Ratio returns the median over the runs of the ratio of s to other.
func (s Samples) Ratio(other Samples, number func(Sample) float64) float64 {
	values := make([]float64, min(len(s), len(other)))
	for i := range values {
		values[i] = number(s[i]) / number(other[i])
	}
	return median(values)
}

// Numbers of a sample; times are in seconds.
var (
	CPU     = func(s Sample) float64 { return s.CPU.Seconds() }
	Wall    = func(s Sample) float64 { return s.Wall.Seconds() }
	Mallocs = func(s Sample) float64 { return float64(s.Mallocs) }
	Bytes   = func(s Sample) float64 { return float64(s.Bytes) }
	Peak    = func(s Sample) float64 { return float64(s.Peak) }
)

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}
