//go:build !race

package cli

// manyMembers is large enough to show memory that grows with the number of members.
const manyMembers = 200_000
