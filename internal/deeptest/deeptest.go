// Package deeptest says how much of what takes long a test run does: a sample by default,
// all of it in make deep.
package deeptest

import "os"

// Enabled reports whether the run is that of make deep, which sets MEMBERSHIPS_DEEP.
func Enabled() bool { return os.Getenv("MEMBERSHIPS_DEEP") != "" }

// Count returns sample, or all in make deep.
func Count(sample, all int) int {
	if Enabled() {
		return all
	}
	return sample
}
