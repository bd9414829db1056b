//go:build !race

package core

// thin: all of what takes long.
const thin = 1
