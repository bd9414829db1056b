//go:build !race

package faulttest

// step: every fault.
const step = 1
