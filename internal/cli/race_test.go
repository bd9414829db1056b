//go:build race

package cli

// manyMembers is lower under the race detector, which is slow.
const manyMembers = 20_000
