package wrappertest

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
)

// InBubbles runs a test for every name, each in a bubble of its own: time is virtual.
func InBubbles[T any](t *testing.T, cases map[string]T, test func(*testing.T, T)) {
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, cases[name]) })
		})
	}
}
