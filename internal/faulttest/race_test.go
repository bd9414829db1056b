//go:build race

package faulttest

// step selects every fourth fault, because the race detector is six times slower.
const step = 4
