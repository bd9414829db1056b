// Package snapshot has the memberships of providers at one time, with their coverage. [Read]
// and [Write] hold them as NDJSON, and [Diff] compares two of them.
package snapshot

import (
	"time"

	"github.com/memberships-go/memberships"
)

// Snapshot is the memberships of one or several providers.
type Snapshot struct {
	// Taken is the time of the end of the reading.
	Taken time.Time
	// Providers are the names of the providers whose groups were all asked for, in
	// alphabetical order. Of another provider, the snapshot knows the groups of its rows.
	Providers []string
	// Rows are the memberships, in the order of the reading.
	Rows []memberships.Membership
	// Coverage lists the parts that were not seen. The text of a gap that concerns one
	// provider begins with the provider's name.
	Coverage memberships.Coverage
	// Hash is the SHA-256 hash of the rows, the providers and the coverage, whatever the
	// order of the rows, in lower-case hexadecimal digits.
	Hash string
}

// GapUnreadProvider is the code of a gap at the level GapHidden: reading a provider failed.
const GapUnreadProvider memberships.GapCode = "unread_provider"

// ProviderGaps returns the gaps of one provider's listing for a snapshot, each with the
// provider's name before its text.
func ProviderGaps(provider string, gaps []memberships.Gap) []memberships.Gap {
	named := make([]memberships.Gap, len(gaps))
	for i, g := range gaps {
		if g.Text == "" {
			g.Text = string(g.Code)
		}
		g.Text = provider + ": " + g.Text
		named[i] = g
	}
	return named
}

// UnreadGap returns the gap of a provider that failed with err.
func UnreadGap(provider string, err error) memberships.Gap {
	return memberships.Gap{
		Level: memberships.GapHidden, Code: GapUnreadProvider,
		Text: provider + ": the provider could not be read: " + err.Error(),
	}
}
