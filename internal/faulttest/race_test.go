//go:build race

package faulttest

// step: under the race detector, which is six times slower, every fourth fault has to do.
const step = 4
