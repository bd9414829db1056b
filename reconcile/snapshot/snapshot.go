// Package snapshot has the memberships of providers at one time, with their coverage.
package snapshot

import (
	"time"

	"github.com/memberships-go/memberships"
)

// Snapshot is the memberships of one or several providers.
type Snapshot struct {
	// Taken is the time of the end of the reading.
	Taken time.Time
	// Rows are the memberships, in the order of the reading.
	Rows []memberships.Membership
	// Coverage lists the parts that were not seen. The text of a gap that concerns one
	// provider begins with the provider's name.
	Coverage memberships.Coverage
	// Hash is the SHA-256 hash of the rows and the coverage, whatever the order of the rows,
	// in lower-case hexadecimal digits.
	Hash string
}
