package wrappertest

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
)

// RunSynctest runs a subtest for every case in testing/synctest, with virtual time.
func RunSynctest[T any](t *testing.T, cases map[string]T, test func(*testing.T, T)) {
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, cases[name]) })
		})
	}
}
