// Package deeptest returns the counts of slow tests: a sample by default, all in make deep.
package deeptest

import "os"

// Enabled reports whether make deep runs the test: it sets MEMBERSHIPS_DEEP.
func Enabled() bool { return os.Getenv("MEMBERSHIPS_DEEP") != "" }

// Count returns sample, or all in make deep.
func Count(sample, all int) int {
	if Enabled() {
		return all
	}
	return sample
}
