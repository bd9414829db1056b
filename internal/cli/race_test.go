//go:build race

package cli

// manyMembers: the race detector is slow, and memory another under it.
const manyMembers = 20_000
