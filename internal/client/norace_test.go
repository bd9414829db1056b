//go:build !race

package client

// thin divides the counts of slow tests: by one without the race detector.
const thin = 1
