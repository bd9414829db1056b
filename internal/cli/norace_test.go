//go:build !race

package cli

// manyMembers are enough to see whether memory grows with them.
const manyMembers = 200_000
