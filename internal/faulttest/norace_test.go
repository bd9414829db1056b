//go:build !race

package faulttest

// step selects every fault.
const step = 1
