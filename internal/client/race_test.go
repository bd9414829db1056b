//go:build race

package client

// thin divides the counts of slow tests: by ten under the race detector.
const thin = 10
